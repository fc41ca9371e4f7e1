import type { Session } from '../hub/answer.ts'
import { useFailureInfo } from '../hub/board.ts'
import { useSessionHealth, useSessionTasks } from '../hub/session.ts'
import { isLive } from '../hub/session-state.ts'
import { Ago } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/session.ts'
import { toAdvice } from './advice.ts'
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
  const done = useSessionTasks(session.session_id).data?.tasks.completed ?? []
  const advice = toAdvice(
    [...(unseen ? [] : (health.data?.recommendations ?? [])), ...(info?.analysis.recovery_recommendations ?? [])],
    (id) => done.find(({ task_id }) => task_id === id)?.task_name,
  )
  return (
    <Panel title={t.health} className="health">
      <p className="figure">
        {isLive(session) ? (
          <>
            <small>{t.lastSeen}</small>
            <span>{t.ago(<HeartbeatAge id={session.session_id} known={session.last_heartbeat} />)}</span>
          </>
        ) : (
          <>
            <small>{t.ended}</small>
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
              {t.inProgress(info.analysis.stuck_task_count === 1 ? t.oneTaskWas : t.tasksWere(info.analysis.stuck_task_count))}
            </p>
          )}
        </div>
      )}
      {advice.length > 0 ? (
        <ul className="health-advice small">
          {advice.map(({ text, lang }) => (
            <li key={text} className="breakable" lang={lang}>
              {text}
            </li>
          ))}
        </ul>
      ) : (
        <p className="small muted">
          {health.data === undefined ? t.loading : unseen ? t.itsStateIsNot : isLive(session) ? t.healthy : t.noIssues}
        </p>
      )}
    </Panel>
  )
}
