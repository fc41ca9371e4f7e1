import { useMachines } from '../hub/machine.ts'
import { Button } from '../ui/button.tsx'
import { Picker } from '../ui/picker.tsx'
import { t } from '../words/events.ts'
import { type EventNoun, type EventSearch, type EventSpanName, eventNouns, eventSpans } from './event-search.ts'
import '../ui/filter-bar.css'

const nounNames: Record<EventNoun, string> = {
  sessions: t.sessions,
  tasks: t.tasks,
  machines: t.machines,
  usage: t.usage,
  limits: t.limits,
  alerts: t.alerts,
  questions: t.questions,
  budgets: t.budgets,
  hub: t.hub,
}
const spanNames: Record<EventSpanName, string> = { '1h': t.lastHour, '24h': t.last24Hours, '7d': t.last7Days }

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
    <Button className="filter-chip" onClick={() => change(without(name))} aria-label={t.removeFilter(text)}>
      {text} ×
    </Button>
  )
  return (
    <search className="filter-bar" aria-label={t.filters}>
      <Picker
        label={t.about}
        all={t.allEvents}
        text={search.about === undefined ? t.allEvents : nounNames[search.about]}
        value={search.about}
        highlighted={search.about !== undefined}
        options={(Object.keys(eventNouns) as EventNoun[]).map((value) => ({ value, label: nounNames[value] }))}
        onPick={pick('about')}
      />
      <Picker
        label={t.machine}
        all={t.allMachines}
        text={search.machine ?? t.allMachines}
        value={search.machine}
        highlighted={search.machine !== undefined}
        options={machines.map((value) => ({ value, label: value }))}
        onPick={pick('machine')}
      />
      <Picker
        label={t.time}
        all={t.allTime}
        text={search.last === undefined ? t.allTime : spanNames[search.last]}
        value={search.last}
        highlighted={search.last !== undefined}
        options={(Object.keys(eventSpans) as EventSpanName[]).map((value) => ({ value, label: spanNames[value] }))}
        onPick={pick('last')}
      />
      {search.project !== undefined && chip('project', t.project(search.project))}
      {search.session !== undefined && chip('session', t.session(search.session.slice(0, 8)))}
      {Object.keys(search).length > 0 && (
        <Button variant="bare" onClick={() => change({})}>
          {t.clearFilters}
        </Button>
      )}
    </search>
  )
}
