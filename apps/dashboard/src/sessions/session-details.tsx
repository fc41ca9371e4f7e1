import type { Session } from '../hub/answer.ts'
import { CopyLine } from '../ui/copy-line.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone, formatDuration } from '../ui/time-format.ts'
import { t } from '../words/session.ts'
import { Age } from './heartbeat-age.tsx'
import './session-details.css'

/** Longer metadata values are truncated, in characters. */
const MAX_VALUE_LENGTH = 4_000

/** The properties of a session that rarely change. */
export function SessionDetails({ session }: { readonly session: Session }) {
  const zone = browserTimeZone()
  const { completed_at: ended, heartbeat_interval_ms: interval } = session
  const metadata = Object.entries(session.metadata)
  return (
    <Panel title={t.details}>
      <dl className="session-details">
        <div>
          <dt>{t.project}</dt>
          <dd className="breakable">{session.project_id}</dd>
        </div>
        <div>
          <dt>{t.machine}</dt>
          <dd className="breakable">
            {session.machine_id}
            {session.docker_slot !== undefined && t.slot(session.docker_slot)}
          </dd>
        </div>
        <div>
          <dt>{t.started}</dt>
          <dd>
            <Moment at={session.started_at} zone={zone} />
          </dd>
        </div>
        {ended === undefined ? (
          <div>
            <dt>{t.runningFor}</dt>
            <dd>
              <Age at={session.started_at} />
            </dd>
          </div>
        ) : (
          <>
            <div>
              <dt>{t.endedLabel}</dt>
              <dd>
                <Moment at={ended} zone={zone} />
              </dd>
            </div>
            <div>
              <dt>{t.duration}</dt>
              <dd>{formatDuration(Date.parse(ended) - Date.parse(session.started_at))}</dd>
            </div>
          </>
        )}
        {session.stalled_since !== undefined && (
          <div>
            <dt>{t.stalledSince}</dt>
            <dd>
              <Moment at={session.stalled_since} zone={zone} />
            </dd>
          </div>
        )}
        {session.attempt > 1 && (
          <div>
            <dt>{t.attempt}</dt>
            <dd>{session.attempt}</dd>
          </div>
        )}
        {interval !== undefined && (
          <div>
            <dt>{t.heartbeatInterval}</dt>
            <dd>{formatDuration(interval)}</dd>
          </div>
        )}
        {metadata.map(([name, value]) => (
          <div key={name}>
            <dt className="breakable">
              <code>{name}</code>
            </dt>
            <dd className="breakable">{(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, MAX_VALUE_LENGTH)}</dd>
          </div>
        ))}
      </dl>
      <CopyLine text={session.session_id} label={t.theSessionId} />
    </Panel>
  )
}
