import { memo } from 'react'
import type { BoardSession } from '../../hub/answer.ts'
import { Link } from '../../router/link.tsx'
import { Money } from '../../ui/amount.tsx'
import { formatModelName } from '../../ui/model-name.ts'
import { RecentMoment } from '../../ui/moment.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { t } from '../../words/board.ts'
import { RowCheckbox, RowControls } from '../actions/row-controls.tsx'
import { ContextMeter } from '../context-meter.tsx'
import { Age, HeartbeatAge } from '../heartbeat-age.tsx'
import { needsAttention, toSessionState } from '../session-state.ts'
import { StateMark } from '../state-mark.tsx'
import { StateSince } from '../state-since.tsx'

interface TableRowProps {
  readonly session: BoardSession
  readonly rowIndex: number
  /** Its distance from the top of the table, in pixels. */
  readonly top: number
  /** What it is called, for screen readers. */
  readonly title: string
  readonly project: string
  /** Its name and current task. */
  readonly detail: string
}

/**
 * One line of the table. Renders when the session changes; heartbeats render only their age. It may become that of another session:
 * what can have the focus, or is open, does not.
 */
export const TableRow = memo(function TableRow({ session, rowIndex, top, title, project, detail }: TableRowProps) {
  const { session_id: id, machine_id, docker_slot: slot, completed_at: ended, claude_code: claude } = session
  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table element cannot be placed by their position
    // biome-ignore lint/a11y/useFocusableInteractive: its link has the focus
    <div
      role="row"
      aria-rowindex={rowIndex}
      className="session-table-row"
      data-session={id}
      data-state={toSessionState(session)}
      data-attention={needsAttention(session) || undefined}
      data-ended={ended !== undefined || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Cell name="state">
        <RowCheckbox key={id} session={session} name={title} />
        <StateMark session={session} />
        <StateSince session={session} />
      </Cell>
      <Cell name="project">
        <Link key={id} to="/sessions/$id" params={{ id }} className="session-table-link" title={session.project_id}>
          {project}
        </Link>
      </Cell>
      <Cell name="detail" title={detail}>
        {detail}
      </Cell>
      <Cell name="branch" title={claude?.branch}>
        {claude?.branch}
      </Cell>
      <Cell name="machine" title={machine_id}>
        {machine_id}
        {slot !== undefined && `, ${slot}`}
      </Cell>
      <Cell name="model" title={claude?.model}>
        {claude?.model !== undefined && formatModelName(claude.model)}
      </Cell>
      <Cell name="context">{claude !== undefined && ended === undefined && <ContextMeter claude={claude} short />}</Cell>
      <Cell name="cost">{claude?.cost_usd !== undefined && <Money value={claude.cost_usd} />}</Cell>
      <Cell name="seen">{t.ago(ended === undefined ? <HeartbeatAge id={id} known={session.last_heartbeat} /> : <Age at={ended} />)}</Cell>
      <Cell name="started">
        <RecentMoment at={session.started_at} zone={browserTimeZone()} />
      </Cell>
      <Cell name="actions">
        <RowControls key={id} session={session} name={title} />
      </Cell>
    </div>
  )
})

interface CellProps {
  readonly name: string
  readonly title?: string | undefined
  readonly children: React.ReactNode
}

function Cell({ name, title, children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table element cannot be placed by their position
    <span role="cell" data-cell={name} title={title}>
      {children}
    </span>
  )
}
