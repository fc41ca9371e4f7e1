import type { SessionCheck } from '../hub/answer.ts'
import { Link } from '../router/link.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/session.ts'
import { VerificationPanel } from './verification-panel.tsx'
import './session-details.css'

/** A session of which the hub has usage alone, such as one from before Signalbox. */
export function ReportedSession({ check }: { readonly check: SessionCheck }) {
  const zone = browserTimeZone()
  const { session, project, calls, first_call_at: first, last_call_at: last, models } = check
  return (
    <div className="session-board dims">
      <div className="session-main">
        <p className="muted">{t.onlyUsageOfThis}</p>
        <VerificationPanel session={session} />
      </div>
      <div className="session-side">
        <Panel title={t.details}>
          <dl className="session-details">
            <div>
              <dt>{t.session}</dt>
              <dd className="breakable">{session}</dd>
            </div>
            {project !== '' && (
              <div>
                <dt>{t.folder}</dt>
                <dd className="breakable">{project}</dd>
              </div>
            )}
            {first !== null && (
              <div>
                <dt>{t.firstCall}</dt>
                <dd>
                  <Moment at={first} zone={zone} />
                </dd>
              </div>
            )}
            {last !== null && (
              <div>
                <dt>{t.lastCall}</dt>
                <dd>
                  <Moment at={last} zone={zone} />
                </dd>
              </div>
            )}
            <div>
              <dt>{t.calls}</dt>
              <dd>{t.callCount(calls)}</dd>
            </div>
            {models.length > 0 && (
              <div>
                <dt>{t.models}</dt>
                <dd>{models.map(({ model }) => formatModelName(model)).join(', ')}</dd>
              </div>
            )}
          </dl>
          <p>
            <Link to="/usage" search={{ range: 'all', table: 'session', find: session }}>
              {t.showItOnUsage}
            </Link>
          </p>
        </Panel>
      </div>
    </div>
  )
}
