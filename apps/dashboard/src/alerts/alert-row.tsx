import { alertConditionNames, alertConditionOf, alertSummaryOf } from '../hub/alert-words.ts'
import type { Alert } from '../hub/answer.ts'
import { Link } from '../router/link.tsx'
import { Moment } from '../ui/moment.tsx'
import { browserTimeZone, formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/alerts.ts'
import { ruleName } from '../words/rule-forms.ts'
import { AlertActions } from './alert-actions.tsx'
import { SeverityMark } from './severity-mark.tsx'
import './alert-row.css'

interface AlertRowProps {
  readonly alert: Alert
  readonly mayWrite: boolean
}

/** An alert in a list: what it is about, since when, and what can be done. */
export function AlertRow({ alert, mayWrite }: AlertRowProps) {
  const now = useNow(10_000)
  const condition = alertConditionOf(alert, now)
  const over = alert.state === 'closed'
  const { text, lang } = alertSummaryOf(alert)
  return (
    <li className="alert-row" data-condition={condition}>
      <SeverityMark severity={alert.severity} over={over} />
      <div className="alert-what">
        <Link to="/alerts/$id" params={{ id: alert.alert_id }} className="alert-link breakable" lang={lang}>
          {text}
        </Link>
        <p className="small muted breakable">
          {ruleName(alert.kind, alert.rule_name)} · <AlertTime alert={alert} now={now} />
          {condition !== 'open' && condition !== 'acknowledged' && condition !== 'snoozed' && ` · ${alertConditionNames[condition]}`}
          {alert.flapping && t.opensAndClosesAgain}
        </p>
      </div>
      <AlertActions alert={alert} mayWrite={mayWrite} />
    </li>
  )
}

/** When it began, and how long it is or was open. */
export function AlertTime({ alert, now }: { readonly alert: Alert; readonly now: number }) {
  const end = alert.closed_at === undefined ? now : Date.parse(alert.closed_at)
  const duration = formatDuration(end - Date.parse(alert.occurred_at))
  return (
    <>
      <Moment at={alert.occurred_at} zone={browserTimeZone()} />, {alert.closed_at === undefined ? t.forTime(duration) : t.lasted(duration)}
    </>
  )
}
