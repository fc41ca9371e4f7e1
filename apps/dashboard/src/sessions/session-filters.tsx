import type { BoardSession } from '../hub/answer.ts'
import { Button } from '../ui/button.tsx'
import { Picker } from '../ui/picker.tsx'
import { hasStatus, isOfProject } from './board-view.ts'
import { type SessionSearch, type StatusFilter, statusFilters } from './session-search.ts'
import type { Board } from './use-board.ts'
import '../ui/filter-bar.css'

const statusNames: Record<StatusFilter, string> = {
  attention: 'Needs attention',
  active: 'Active',
  waiting: 'Waiting',
  paused: 'Paused',
  stalled: 'Stalled',
  unseen: 'Not seen',
  failed: 'Failed in the last hour',
  completed: 'Completed in the last hour',
}

interface SessionFiltersProps {
  readonly board: Board
  readonly search: SessionSearch
  readonly change: (next: SessionSearch) => void
}

/** Filters of the sessions screen; each choice is a query parameter. */
export function SessionFilters({ board, search, change }: SessionFiltersProps) {
  const sessions = board.sessions ?? []
  const { status, machine, project } = search
  const without = (name: keyof SessionSearch) => Object.fromEntries(Object.entries(search).filter(([key]) => key !== name)) as SessionSearch
  const pick = (name: keyof SessionSearch) => (value: string | undefined) =>
    change(value === undefined ? without(name) : { ...search, [name]: value })
  const machineIds = [...new Set([...board.machines.keys(), ...sessions.map(({ machine_id }) => machine_id)])].sort()
  const projects = [...board.projects].filter(([id]) => id !== '').sort((a, b) => a[1].localeCompare(b[1]))
  return (
    <search className="filter-bar" aria-label="Filters">
      <Picker
        label="Status"
        all="All statuses"
        text={status === undefined ? 'All statuses' : statusNames[status]}
        value={status}
        highlighted={status !== undefined}
        options={statusFilters.map((value) => ({
          value,
          label: statusNames[value],
          aside: sessions.filter((session) => hasStatus(session, value)).length,
        }))}
        onPick={pick('status')}
      />
      <Picker
        label="Machine"
        all="All machines"
        text={machine ?? 'All machines'}
        value={machine}
        highlighted={machine !== undefined}
        options={machineIds.map((id) => ({ value: id, label: id, aside: count(sessions, ({ machine_id }) => machine_id === id) }))}
        onPick={pick('machine')}
      />
      <Picker
        label="Project"
        all="All projects"
        text={project === undefined ? 'All projects' : (board.projects.get(project) ?? board.projectNames.get(project) ?? project)}
        value={project}
        highlighted={project !== undefined}
        options={projects.map(([id, name]) => ({
          value: id,
          label: name,
          title: id,
          aside: count(sessions, (session) => isOfProject(session, id)),
        }))}
        onPick={pick('project')}
      />
      {Object.keys(search).length > 0 && (
        <Button variant="bare" onClick={() => change({})}>
          Clear filters
        </Button>
      )}
    </search>
  )
}

function count(sessions: readonly BoardSession[], predicate: (session: BoardSession) => boolean): number {
  return sessions.filter(predicate).length
}
