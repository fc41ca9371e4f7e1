import { memo } from 'react'
import type { BoardSession } from '../../hub/answer.ts'
import { Link } from '../../router/link.tsx'
import { t } from '../../words/board.ts'
import { RowCheckbox, RowControls } from '../actions/row-controls.tsx'
import { FailureReason } from '../failure-reason.tsx'
import { Age, HeartbeatAge } from '../heartbeat-age.tsx'
import { SessionFacts } from '../session-facts.tsx'
import { needsAttention, toSessionState } from '../session-state.ts'
import { detailOf, titleOf } from '../session-title.ts'
import { StateMark } from '../state-mark.tsx'
import { StateSince } from '../state-since.tsx'
import type { Board } from '../use-board.ts'

interface SessionCardProps {
  readonly session: BoardSession
  readonly board: Board
  /** The name of the budget that holds it. */
  readonly heldBy: string | undefined
}

/** One session of the Kanban. Heartbeats render only their age. */
export const SessionCard = memo(Card, (a, b) => a.session === b.session && a.heldBy === b.heldBy && isSameText(a, b))

/** The names of tasks and projects arrive after the sessions. */
function isSameText({ session, board }: SessionCardProps, next: SessionCardProps): boolean {
  return detailOf(session, board) === detailOf(next.session, next.board) && titleOf(session, board) === titleOf(next.session, next.board)
}

function Card({ session, board, heldBy }: SessionCardProps) {
  const { session_id: id, machine_id, docker_slot: slot, completed_at: ended, claude_code: claude } = session
  const project = board.projectNames.get(session.project_id) ?? session.project_id
  const detail = detailOf(session, board)
  return (
    <li
      className="session-card"
      data-session={id}
      data-state={toSessionState(session)}
      data-attention={needsAttention(session) || undefined}
    >
      <div className="session-card-head">
        <RowCheckbox session={session} name={titleOf(session, board)} />
        <Link to="/sessions/$id" params={{ id }} className="session-card-link breakable" title={session.project_id}>
          {project}
        </Link>
        <RowControls session={session} name={titleOf(session, board)} />
      </div>
      {detail !== '' && <p className="small session-card-detail">{detail}</p>}
      <p className="small session-card-state">
        <StateMark session={session} /> <StateSince session={session} />
      </p>
      {session.status === 'failed' && (
        <p className="small muted session-card-detail">
          <FailureReason session={session} />
        </p>
      )}
      {heldBy !== undefined && <p className="small">{t.heldByBudget(heldBy)}</p>}
      {claude !== undefined && <SessionFacts claude={claude} ended={ended !== undefined} />}
      <p className="small muted session-card-foot">
        <span className="breakable">
          {machine_id}
          {slot !== undefined && t.slot(slot)}
        </span>
        <span className="session-card-seen">
          {ended === undefined ? t.seenAgo(<HeartbeatAge id={id} known={session.last_heartbeat} />) : t.endedAgo(<Age at={ended} />)}
        </span>
      </p>
    </li>
  )
}
