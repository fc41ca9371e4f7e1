import { MAX_OPEN_ALERTS, useOpenAlerts } from '../hub/alerts.ts'
import type { AlertSummary } from '../hub/answer.ts'
import { toProblem } from '../hub/problem.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import { CountAnnouncer } from '../ui/count-announcer.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useMedia } from '../ui/use-media.ts'
import { t } from '../words/alerts.ts'
import { AlertRow } from './alert-row.tsx'
import { bySeverity } from './by-severity.ts'
import { PauseNote } from './pause-note.tsx'
import './open-alerts-panel.css'

/** Alerts listed on Today; the others are one link away. On a phone more would push everything else off the screen. */
const MAX_ROWS = 8
const MAX_PHONE_ROWS = 3

/** What is open now, the worst first, with what can be done about it. */
export function OpenAlertsPanel({ summary }: { readonly summary: AlertSummary }) {
  const alerts = useOpenAlerts()
  const mayWrite = useWhoAmI().data?.scopes.includes('write') === true
  const count = summary.open.info + summary.open.warning + summary.open.critical
  const rows = bySeverity(alerts.data ?? [])
  const maxRows = useMedia('(width <= 40rem)') ? MAX_PHONE_ROWS : MAX_ROWS
  const problem = alerts.error === null ? undefined : toProblem(alerts.error)
  return (
    <Panel
      title={t.openAlerts}
      className="open-alerts"
      aside={
        <Link to="/alerts" className="small">
          {t.allAlerts}
        </Link>
      }
    >
      <CountAnnouncer count={count} describe={describeCount} />
      {summary.paused !== undefined && <PauseNote pause={summary.paused} />}
      {problem !== undefined && !(problem.offline && alerts.data !== undefined) && (
        <ProblemNote {...problem} onRetry={() => alerts.refetch()} />
      )}
      {alerts.data === undefined && problem === undefined && count > 0 && <Skeleton height={52} label={t.loadingOpenAlerts} />}
      {rows.length > 0 && (
        <ul>
          {rows.slice(0, maxRows).map((alert) => (
            <AlertRow key={alert.alert_id} alert={alert} mayWrite={mayWrite} />
          ))}
        </ul>
      )}
      {rows.length > maxRows && (
        <p className="small">
          <Link to="/alerts" search={{ state: 'open' }}>
            {count > MAX_OPEN_ALERTS ? t.allOpenAlerts(count) : t.moreOpenAlerts(rows.length - maxRows)}
          </Link>
        </p>
      )}
    </Panel>
  )
}

function describeCount(count: number): string {
  return count === 0 ? t.noAlertIsOpenAny : t.alertsAreOpen(count)
}
