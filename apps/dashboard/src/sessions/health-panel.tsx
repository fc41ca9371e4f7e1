import type { Session } from '../hub/answer.ts'
import { useFailureInfo } from '../hub/board.ts'
import { useSessionHealth } from '../hub/session.ts'
import { isLive } from '../hub/session-board.ts'
import { Ago } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { HeartbeatAge } from './heartbeat-age.tsx'
import { toSessionState } from './session-state.ts'
import './health-panel.css'

/** The health of a session: its last heartbeat, its failure, and the hub's recommendations. */
export function HealthPanel({ session }: { readonly session: Session }) {
  const zone = browserTimeZone()
  const health = useSessionHealth(session.session_id)
  const unhealthy = session.status === 'failed' || session.status === 'stalled'
  const failure = useFailureInfo(session.session_id, { enabled: unhealthy })
  const info = unhealthy ? failure.data : undefined
  // What the hub recommends for the last known state may be wrong by now.
  const unseen = toSessionState(session) === 'unseen'
  const advice = [...new Set([...(unseen ? [] : (health.data?.recommendations ?? [])), ...(info?.analysis.recovery_recommendations ?? [])])]
  return (
    <Panel title="Health" className="health">
      <p className="figure">
        {isLive(session) ? (
          <>
            <small>last seen</small>
            <span>
              <HeartbeatAge id={session.session_id} known={session.last_heartbeat} /> ago
            </span>
          </>
        ) : (
          <>
            <small>ended</small>
            <Ago at={session.completed_at ?? session.last_heartbeat} zone={zone} />
          </>
        )}
      </p>
      {info !== undefined && (
        <div className="health-failure">
          <p>
            <b className="breakable">{info.failure_reason}</b>, <Ago at={info.failed_at} zone={zone} />
          </p>
          {info.error_details !== undefined && <p className="small breakable">{info.error_details}</p>}
          {info.analysis.stuck_task_count > 0 && (
            <p className="small muted">
              {info.analysis.stuck_task_count === 1 ? 'One task was' : `${info.analysis.stuck_task_count} tasks were`} in progress.
            </p>
          )}
        </div>
      )}
      {advice.length > 0 ? (
        <ul className="health-advice small">
          {advice.map((line) => (
            <li key={line} className="breakable">
              {line}
            </li>
          ))}
        </ul>
      ) : (
        <p className="small muted">
          {health.data === undefined
            ? 'Loading …'
            : unseen
              ? 'Its state is not known at the moment.'
              : isLive(session)
                ? 'Healthy'
                : 'No issues'}
        </p>
      )}
    </Panel>
  )
}
