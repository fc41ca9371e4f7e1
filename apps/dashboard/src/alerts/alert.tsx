import { alertConditionNames, alertConditionOf, alertSummaryOf } from '../hub/alert-words.ts'
import { useAlert } from '../hub/alerts.ts'
import { toProblem } from '../hub/problem.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import { useParams } from '../router/use-router.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Icon } from '../ui/icon.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/alerts.ts'
import { AlertActions } from './alert-actions.tsx'
import { AlertDetailsPanel } from './alert-details-panel.tsx'
import { AlertTime } from './alert-row.tsx'
import { FlipsPanel } from './flips-panel.tsx'
import { ReceiptsPanel } from './receipts-panel.tsx'
import { SeverityMark } from './severity-mark.tsx'
import './alert.css'

/** One alert: what it is about, what happened, and which channel was notified of what. */
export function AlertScreen() {
  const { id } = useParams({ from: '/alerts/$id' })
  const query = useAlert(id)
  const now = useNow(10_000)
  const mayWrite = useWhoAmI().data?.scopes.includes('write') === true
  const alert = query.data
  const problem = query.error === null ? undefined : toProblem(query.error)
  const { text: name, lang } = alert === undefined ? { text: t.alert } : alertSummaryOf(alert)
  return (
    <div className="screen one-alert">
      <ScreenTitle name={t.alerts(name)} />
      <header className="screen-head">
        <div>
          <p className="alert-back">
            <Link to="/alerts">
              <Icon name="left" size={14} /> {t.backToAlerts}
            </Link>
          </p>
          <h1 className="breakable" lang={lang}>
            {name}
          </h1>
          {alert !== undefined && (
            <p className="alert-now">
              <SeverityMark severity={alert.severity} over={alert.state === 'closed'} />
              <b>{alertConditionNames[alertConditionOf(alert, now)]}</b>
              <span className="muted">
                <AlertTime alert={alert} now={now} />
              </span>
            </p>
          )}
        </div>
        {alert !== undefined && <AlertActions alert={alert} mayWrite={mayWrite} closable />}
      </header>
      {problem !== undefined && !(problem.offline && alert !== undefined) && (
        <ProblemNote {...problem} {...(problem.notFound === true ? { suggestion: t.alertIsGone } : {})} onRetry={() => query.refetch()} />
      )}
      {alert === undefined ? (
        problem === undefined && <Skeleton height={320} label={t.loadingAlert} />
      ) : (
        <div className="alert-board dims">
          <div className="alert-main">
            <ReceiptsPanel alert={alert} />
            <FlipsPanel alert={alert} />
          </div>
          <AlertDetailsPanel alert={alert} />
        </div>
      )}
    </div>
  )
}
