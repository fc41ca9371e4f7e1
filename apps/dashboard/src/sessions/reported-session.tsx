import { countOf } from '@signalbox/contract/plural'
import type { SessionCheck } from '../hub/answer.ts'
import { Link } from '../router/link.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { VerificationPanel } from './verification-panel.tsx'
import './session-details.css'

/** A session of which the hub has usage alone, such as one from before Signalbox. */
export function ReportedSession({ check }: { readonly check: SessionCheck }) {
  const zone = browserTimeZone()
  const { session, project, calls, first_call_at: first, last_call_at: last, models } = check
  return (
    <div className="session-board dims">
      <div className="session-main">
        <p className="muted">Only the usage of this session is known: no collector watched it while it ran.</p>
        <VerificationPanel session={session} />
      </div>
      <div className="session-side">
        <Panel title="Details">
          <dl className="session-details">
            <div>
              <dt>Session</dt>
              <dd className="breakable">{session}</dd>
            </div>
            {project !== '' && (
              <div>
                <dt>Folder</dt>
                <dd className="breakable">{project}</dd>
              </div>
            )}
            {first !== null && (
              <div>
                <dt>First call</dt>
                <dd>
                  <Moment at={first} zone={zone} />
                </dd>
              </div>
            )}
            {last !== null && (
              <div>
                <dt>Last call</dt>
                <dd>
                  <Moment at={last} zone={zone} />
                </dd>
              </div>
            )}
            <div>
              <dt>Calls</dt>
              <dd>{countOf(calls, 'call')}</dd>
            </div>
            {models.length > 0 && (
              <div>
                <dt>Models</dt>
                <dd>{models.map(({ model }) => formatModelName(model)).join(', ')}</dd>
              </div>
            )}
          </dl>
          <p>
            <Link to="/usage" search={{ range: 'all', table: 'session', find: session }}>
              Show it on the usage page
            </Link>
          </p>
        </Panel>
      </div>
    </div>
  )
}
