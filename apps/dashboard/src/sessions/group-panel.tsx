import { countOf } from '@signalbox/contract/plural'
import { useId } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { formatUnseenReason } from '../hub/collector-state.ts'
import type { GroupedSessions } from './session-groups.ts'
import type { RowControlParts } from './session-row.tsx'
import { SessionRows } from './session-rows.tsx'
import type { Board } from './use-board.ts'
import './machine-panel.css'

interface GroupPanelProps {
  readonly group: GroupedSessions
  readonly board: Board
  /** Whether the rows are named by their machine alone, or by project and machine. */
  readonly by: 'project' | 'branch'
  readonly controls: RowControlParts
}

/** The sessions of one project or branch, on whichever machine they run. */
export function GroupPanel({ group: { key, title, sessions }, board, by, controls }: GroupPanelProps) {
  const id = useId()
  const live = sessions.filter(({ completed_at }) => completed_at === undefined)
  const ended = sessions.filter(({ completed_at }) => completed_at !== undefined)
  const machines = new Set(sessions.map(({ machine_id }) => machine_id)).size
  const titleOf = ({ project_id, machine_id }: BoardSession) =>
    by === 'project' ? machine_id : `${board.projectNames.get(project_id) ?? project_id} on ${machine_id}`
  return (
    <section className="machine" data-group={key} data-controls aria-labelledby={id}>
      <header className="machine-head">
        <h2 id={id} title={key === '' ? undefined : key}>
          {title}
        </h2>
        <span>
          {countOf(live.length, 'live session')} on {countOf(machines, 'machine')}
        </span>
      </header>
      <SessionRows
        live={live}
        ended={ended}
        board={board}
        place={`of ${title}`}
        controls={controls}
        titleOf={titleOf}
        titleName={by === 'project' ? 'Machine' : 'Project, machine'}
        unseenReason={({ machine_id }) => formatUnseenReason(machine_id, board.machines.get(machine_id)?.collector)}
      />
    </section>
  )
}
