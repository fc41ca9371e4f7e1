import type { Session } from '../hub/answer.ts'
import { CopyLine } from '../ui/copy-line.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserZone, duration } from '../ui/time-format.ts'
import { Age } from './beat-clock.tsx'
import './session-facts.css'

/** More of its metadata is not drawn, in characters. */
const DRAWN = 4_000

/** What is known of it and does not change by the minute. */
export function SessionFacts({ session }: { readonly session: Session }) {
  const zone = browserZone()
  const { completed_at: ended, heartbeat_interval_ms: interval } = session
  const metadata = Object.entries(session.metadata)
  return (
    <Panel title="Facts">
      <dl className="session-facts">
        <div>
          <dt>Project</dt>
          <dd className="breakable">{session.project_id}</dd>
        </div>
        <div>
          <dt>Machine</dt>
          <dd className="breakable">
            {session.machine_id}
            {session.docker_slot !== undefined && `, slot ${session.docker_slot}`}
          </dd>
        </div>
        <div>
          <dt>Began</dt>
          <dd>
            <Moment at={session.started_at} zone={zone} />
          </dd>
        </div>
        {ended === undefined ? (
          <div>
            <dt>Age</dt>
            <dd>
              <Age at={session.started_at} />
            </dd>
          </div>
        ) : (
          <>
            <div>
              <dt>Ended</dt>
              <dd>
                <Moment at={ended} zone={zone} />
              </dd>
            </div>
            <div>
              <dt>Took</dt>
              <dd>{duration(Date.parse(ended) - Date.parse(session.started_at))}</dd>
            </div>
          </>
        )}
        {interval !== undefined && (
          <div>
            <dt>Beats every</dt>
            <dd>{duration(interval)}, as it promised</dd>
          </div>
        )}
        {metadata.map(([name, value]) => (
          <div key={name}>
            <dt className="breakable">{name}</dt>
            <dd className="breakable">{(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, DRAWN)}</dd>
          </div>
        ))}
      </dl>
      <CopyLine text={session.session_id} label="the id of the session" />
    </Panel>
  )
}
