import { memo, useId } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { formatUnseenReason } from '../hub/collector-state.ts'
import { isSameList } from '../ui/same-list.ts'
import { t } from '../words/board.ts'
import type { GroupedSessions } from './session-groups.ts'
import type { RowControlParts } from './session-row.tsx'
import { rowsStyle, SessionRows } from './session-rows.tsx'
import type { Board } from './use-board.ts'
import './machine-panel.css'

interface GroupPanelProps {
  readonly group: GroupedSessions
  readonly board: Board
  /** Whether the rows are named by their machine alone, or by project and machine. */
  readonly by: 'project' | 'branch'
  readonly controls: RowControlParts
}

/** The sessions of one project or branch, on whichever machine they run. Renders only when one of them changed. */
export const GroupPanel = memo(Panel, (a, b) => {
  const { projectNames, taskNames, machines } = a.board
  return (
    isSameList(a.group.sessions, b.group.sessions) &&
    projectNames === b.board.projectNames &&
    taskNames === b.board.taskNames &&
    machines === b.board.machines &&
    a.group.title === b.group.title &&
    a.group.key === b.group.key &&
    a.by === b.by &&
    a.controls === b.controls
  )
})

function Panel({ group: { key, title, sessions }, board, by, controls }: GroupPanelProps) {
  const id = useId()
  const live = sessions.filter(({ completed_at }) => completed_at === undefined)
  const ended = sessions.filter(({ completed_at }) => completed_at !== undefined)
  const machines = new Set(sessions.map(({ machine_id }) => machine_id)).size
  const titleOf = ({ project_id, machine_id }: BoardSession) =>
    by === 'project' ? machine_id : t.projectOnMachine(board.projectNames.get(project_id) ?? project_id, machine_id)
  return (
    <section className="machine" data-group={key} data-controls aria-labelledby={id} style={rowsStyle(live)}>
      <header className="machine-head">
        <h2 id={id} title={key === '' ? undefined : key}>
          {title}
        </h2>
        <span>{t.liveSessionsOnMachines(live.length, machines)}</span>
      </header>
      <SessionRows
        live={live}
        ended={ended}
        board={board}
        place={t.ofGroup(title)}
        controls={controls}
        titleOf={titleOf}
        titleName={by === 'project' ? t.machine : t.projectMachine}
        unseenReason={({ machine_id }) => formatUnseenReason(machine_id, board.machines.get(machine_id)?.collector)}
      />
    </section>
  )
}
