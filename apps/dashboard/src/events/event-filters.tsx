import { useMachines } from '../hub/machine.ts'
import { Button } from '../ui/button.tsx'
import { Picker } from '../ui/picker.tsx'
import { type EventNoun, type EventSearch, type EventSpanName, eventNouns, eventSpans } from './event-search.ts'
import '../ui/filter-bar.css'

const nounNames: Record<EventNoun, string> = {
  sessions: 'Sessions',
  tasks: 'Tasks',
  machines: 'Machines',
  usage: 'Usage',
  limits: 'Limits',
  alerts: 'Alerts',
  questions: 'Questions',
  budgets: 'Budgets',
  hub: 'Hub',
}
const spanNames: Record<EventSpanName, string> = { '1h': 'Last hour', '24h': 'Last 24 hours', '7d': 'Last 7 days' }

interface EventFiltersProps {
  readonly search: EventSearch
  readonly change: (next: EventSearch) => void
}

/** Filters of the events; each choice is a query parameter. */
export function EventFilters({ search, change }: EventFiltersProps) {
  const machines = [...(useMachines().data?.keys() ?? [])].sort()
  const without = (name: keyof EventSearch) => Object.fromEntries(Object.entries(search).filter(([key]) => key !== name)) as EventSearch
  const pick = (name: keyof EventSearch) => (value: string | undefined) =>
    change(value === undefined ? without(name) : { ...search, [name]: value })
  const chip = (name: 'project' | 'session', text: string) => (
    <Button className="filter-chip" onClick={() => change(without(name))} aria-label={`Remove the filter ${text}`}>
      {text} ×
    </Button>
  )
  return (
    <search className="filter-bar" aria-label="Filters">
      <Picker
        label="About"
        all="All events"
        text={search.about === undefined ? 'All events' : nounNames[search.about]}
        value={search.about}
        highlighted={search.about !== undefined}
        options={(Object.keys(eventNouns) as EventNoun[]).map((value) => ({ value, label: nounNames[value] }))}
        onPick={pick('about')}
      />
      <Picker
        label="Machine"
        all="All machines"
        text={search.machine ?? 'All machines'}
        value={search.machine}
        highlighted={search.machine !== undefined}
        options={machines.map((value) => ({ value, label: value }))}
        onPick={pick('machine')}
      />
      <Picker
        label="Time"
        all="All time"
        text={search.last === undefined ? 'All time' : spanNames[search.last]}
        value={search.last}
        highlighted={search.last !== undefined}
        options={(Object.keys(eventSpans) as EventSpanName[]).map((value) => ({ value, label: spanNames[value] }))}
        onPick={pick('last')}
      />
      {search.project !== undefined && chip('project', `Project ${search.project}`)}
      {search.session !== undefined && chip('session', `Session ${search.session.slice(0, 8)}`)}
      {Object.keys(search).length > 0 && (
        <Button variant="bare" onClick={() => change({})}>
          Clear filters
        </Button>
      )}
    </search>
  )
}
