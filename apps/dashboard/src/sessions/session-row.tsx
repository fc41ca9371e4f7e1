import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { duration } from '../ui/time-format.ts'
import { Age, BeatClock, Waited } from './beat-clock.tsx'
import { FailureReason } from './failure-reason.tsx'
import { needsPerson, stateOf } from './session-state.ts'
import { StateMark } from './state-mark.tsx'
import './session-row.css'

interface SessionRowProps {
  readonly session: BoardSession
  readonly projectName: string
  /** Of its current task; undefined when it has none. */
  readonly taskName: string | undefined
}

/** One session in a line, or in two where there is little room. Drawn anew only when something of it changed, its beat aside. */
export const SessionRow = memo(function SessionRow({ session, projectName, taskName }: SessionRowProps) {
  const { session_id: id, docker_slot: slot, completed_at: ended } = session
  const state = stateOf(session)
  return (
    <li
      className="session-row"
      data-session={id}
      data-state={state}
      data-person={needsPerson(session) || undefined}
      data-ended={ended !== undefined || undefined}
    >
      <span className="session-slot">
        {slot === undefined ? null : (
          <span className="slot-plate" title={`Docker slot ${slot}`}>
            <span className="unseen">Slot </span>
            {slot}
          </span>
        )}
      </span>
      <span className="session-state">
        <StateMark session={session} />
        {state === 'waiting' && session.waiting_since !== undefined && (
          <span className="session-waited">
            <Waited since={session.waiting_since} />
          </span>
        )}
      </span>
      <Link
        to="/sessions/$id"
        params={{ id }}
        className="session-project"
        title={[session.project_id, taskName].filter(Boolean).join(', ')}
      >
        {projectName}
      </Link>
      <span className="session-task">
        {state === 'failed' ? <FailureReason session={session} /> : (taskName ?? <span className="unseen">No task</span>)}
      </span>
      <span className="session-beat">
        {ended === undefined ? (
          <>
            <span className="session-label">beat </span>
            <BeatClock id={id} known={session.last_heartbeat} />
          </>
        ) : (
          <>
            <span className="session-label">ended </span>
            <Age at={ended} />
            {' ago'}
          </>
        )}
      </span>
      <span className="session-age">
        {ended === undefined ? (
          <>
            <span className="session-label">age </span>
            <Age at={session.started_at} />
          </>
        ) : (
          <>
            <span className="session-label">took </span>
            {duration(Date.parse(ended) - Date.parse(session.started_at))}
          </>
        )}
      </span>
    </li>
  )
})
