import { alertValueLabel, closeReasonNames, formatAlertValue, isInstant } from '../hub/alert-words.ts'
import type { AlertDetail } from '../hub/answer.ts'
import { Link } from '../router/link.tsx'
import { type Figure, FigureList } from '../ui/figure-list.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/alerts.ts'
import { ruleForms, ruleName } from '../words/rule-forms.ts'

/** What an alert is about, its figures and its times. */
export function AlertDetailsPanel({ alert }: { readonly alert: AlertDetail }) {
  const zone = browserTimeZone()
  const { about, values } = alert
  const moment = (at: string) => <Moment at={at} zone={zone} />
  const figures: (Figure | undefined)[] = [
    {
      label: t.rule,
      value: (
        <Link to="/alerts" search={{ rule: alert.rule_id }} className="breakable" title={ruleForms[alert.kind].description}>
          {ruleName(alert.kind, alert.rule_name)}
        </Link>
      ),
    },
    about.session_id === undefined
      ? undefined
      : {
          label: t.session,
          value: (
            <Link to="/sessions/$id" params={{ id: about.session_id }} title={about.session_id}>
              {about.session_id.slice(0, 8)}
            </Link>
          ),
        },
    about.machine_id === undefined
      ? undefined
      : {
          label: t.machine,
          value: (
            <Link to="/sessions" search={{ machine: about.machine_id }} className="breakable">
              {about.machine_id}
            </Link>
          ),
        },
    text(t.project, about.project_id),
    text(t.account, about.account),
    text(t.task, about.task_id),
    ...Object.entries(values).map(([name, value]) =>
      isInstant(value)
        ? { label: alertValueLabel(name), value: moment(value) }
        : text(alertValueLabel(name), formatAlertValue(name, value, String)),
    ),
    { label: t.started, value: moment(alert.occurred_at) },
    alert.opened_at === undefined ? undefined : { label: t.opened, value: moment(alert.opened_at) },
    alert.closed_at === undefined ? undefined : { label: t.closed, value: moment(alert.closed_at) },
    alert.close_reason === undefined ? undefined : text(t.why, closeReasonNames[alert.close_reason]),
    alert.flaps === 0 ? undefined : text(t.clearedAndCameBack, `${alert.flaps}×`),
    alert.escalated === 0 ? undefined : text(t.escalated, `${alert.escalated}×`),
  ]
  return (
    <Panel title={t.details}>
      <FigureList figures={figures.filter((figure) => figure !== undefined)} layout="rows" />
    </Panel>
  )
}

function text(label: string, value: string | undefined): Figure | undefined {
  return value === undefined ? undefined : { label, value: <span className="breakable">{value}</span> }
}
