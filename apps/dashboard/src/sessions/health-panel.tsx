import type { Session } from '../hub/answer.ts'
import { useFailureInfo, useSessionHealth } from '../hub/session.ts'
import { isLive } from '../hub/session-board.ts'
import { Ago } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserZone } from '../ui/time-format.ts'
import { BeatClock } from './beat-clock.tsx'
import './health-panel.css'

/** How it is: the last beat, what went wrong, and what the hub says can be done. */
export function HealthPanel({ session }: { readonly session: Session }) {
  const zone = browserZone()
  const health = useSessionHealth(session.session_id)
  const broken = session.status === 'failed' || session.status === 'stalled'
  const failure = useFailureInfo(session.session_id, { enabled: broken })
  const info = broken ? failure.data : undefined
  const advice = [...new Set([...(health.data?.recommendations ?? []), ...(info?.analysis.recovery_recommendations ?? [])])]
  return (
    <Panel title="Health" className="health">
      <p className="figure">
        {isLive(session) ? (
          <>
            <BeatClock id={session.session_id} known={session.last_heartbeat} />
            <small>since the last beat</small>
          </>
        ) : (
          <>
            <Ago at={session.completed_at ?? session.last_heartbeat} zone={zone} />
            <small>it ended</small>
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
            <p className="small quiet">
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
        <p className="small quiet">{health.data === undefined ? 'Being fetched …' : 'Nothing to do.'}</p>
      )}
    </Panel>
  )
}
