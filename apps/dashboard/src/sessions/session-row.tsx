import { type ComponentType, memo } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { Link } from '../router/link.tsx'
import { formatDuration } from '../ui/time-format.ts'
import { t } from '../words/sessions.ts'
import { formatSessionName } from './claude-facts.ts'
import { FailureReason } from './failure-reason.tsx'
import { Age, HeartbeatAge } from './heartbeat-age.tsx'
import { SessionFacts } from './session-facts.tsx'
import { needsAttention, toSessionState } from './session-state.ts'
import { StateMark } from './state-mark.tsx'
import { StateSince } from './state-since.tsx'
import './session-row.css'

interface SessionRowProps {
  readonly session: BoardSession
  readonly projectName: string
  /** Undefined when it has no current task. */
  readonly taskName: string | undefined
  /** Why its machine is not in contact. */
  readonly unseenReason: string
  /** The name of the budget that holds it. */
  readonly heldBy?: string | undefined
  /** The name of the row, where that is not the project. */
  readonly title?: string | undefined
  /** What can be done with it; the screens that only show sessions have none. */
  readonly controls?: RowControlParts | undefined
}

export interface RowControlParts {
  readonly Checkbox: ComponentType<{ readonly session: BoardSession; readonly name: string }>
  readonly Menu: ComponentType<{ readonly session: BoardSession; readonly name: string }>
}

/** One session, on one line or two by the available width. Renders only when the session changed; heartbeats do not count. */
export const SessionRow = memo(function SessionRow({
  session,
  projectName,
  taskName,
  unseenReason,
  heldBy,
  title = projectName,
  controls,
}: SessionRowProps) {
  const { session_id: id, docker_slot: slot, completed_at: ended, claude_code: claude } = session
  const state = toSessionState(session)
  const name = [formatSessionName(session), taskName].filter((part) => part !== undefined).join(' · ')
  return (
    <li
      className="session-row"
      data-session={id}
      data-state={state}
      data-attention={needsAttention(session) || undefined}
      data-ended={ended !== undefined || undefined}
      data-claude={claude !== undefined || undefined}
      data-controls={controls !== undefined || undefined}
    >
      <span className="session-slot">
        {controls && <controls.Checkbox session={session} name={title} />}
        {slot === undefined ? null : (
          <span className="slot-number" title={t.dockerSlot(slot)}>
            <span className="visually-hidden">{t.slot}</span>
            {slot}
          </span>
        )}
      </span>
      <span className="session-state">
        <StateMark session={session} />
        <StateSince session={session} />
      </span>
      <Link
        to="/sessions/$id"
        params={{ id }}
        className="session-project"
        title={[session.project_id, name].filter((part) => part !== '').join(', ')}
      >
        {title}
      </Link>
      <span className="session-task">
        {state === 'failed' ? (
          <FailureReason session={session} />
        ) : state === 'unseen' ? (
          <>
            {name} <span className="session-unseen">({unseenReason})</span>
          </>
        ) : (
          heldLine(name, heldBy) || <span className="visually-hidden">{t.noTask}</span>
        )}
      </span>
      <span className="session-seen">
        {ended === undefined ? (
          <>
            <span className="session-label">{t.lastSeen}</span>
            {t.ago(<HeartbeatAge id={id} known={session.last_heartbeat} />)}
          </>
        ) : (
          <>
            <span className="session-label">{t.ended}</span>
            {t.ago(<Age at={ended} />)}
          </>
        )}
      </span>
      <span className="session-duration">
        {ended === undefined ? (
          <>
            <span className="session-label">{t.runningFor}</span>
            <Age at={session.started_at} />
          </>
        ) : (
          <>
            <span className="session-label">{t.duration}</span>
            {formatDuration(Date.parse(ended) - Date.parse(session.started_at))}
          </>
        )}
      </span>
      {claude !== undefined && <SessionFacts claude={claude} ended={ended !== undefined} />}
      {controls && <controls.Menu session={session} name={title} />}
    </li>
  )
})

function heldLine(name: string, heldBy: string | undefined): string {
  return [name, ...(heldBy === undefined ? [] : [t.heldByBudget(heldBy)])].filter((part) => part !== '').join(' · ')
}
