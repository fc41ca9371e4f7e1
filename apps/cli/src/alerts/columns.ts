import { alertConditionNames, alertConditionOf } from '@signalbox/client/alert-words'
import type { Alert } from '@signalbox/contract/alert'
import { formatDuration, formatRoughDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { shortIds } from '../short-id.ts'
import { severityStyles } from '../status-style.ts'
import type { Column } from '../table.ts'

export interface ColumnContext {
  readonly now: number
  readonly timeOf: (instant: string) => string
}

/** The columns of a list of alerts, from left to right. */
export function alertColumns(rows: readonly Alert[], { now, timeOf }: ColumnContext): Column<Alert>[] {
  const short = shortIds(rows.map(({ alert_id }) => alert_id))
  const length = ({ occurred_at, closed_at }: Alert) =>
    Math.max(0, (closed_at === undefined ? now : Date.parse(closed_at)) - Date.parse(occurred_at))
  return [
    { title: 'Alert', minWidths: [18, 10], cell: ({ alert_id }, compact) => printable(compact ? short(alert_id) : alert_id) },
    {
      title: 'Severity',
      style: ({ severity, state }) => (state === 'closed' ? 'dim' : severityStyles[severity]),
      cell: ({ severity }) => severity,
    },
    {
      title: 'State',
      style: (alert) => (alertConditionOf(alert, now) === 'open' ? undefined : 'dim'),
      cell: (alert) => alertConditionNames[alertConditionOf(alert, now)].toLowerCase(),
    },
    { title: 'What', minWidths: [56, 16], cell: ({ summary }) => printable(summary) },
    { title: 'Rule', minWidths: [12, 8], dropOrder: 3, cell: ({ rule_name }) => printable(rule_name) },
    { title: 'Began', dropOrder: 2, cell: ({ occurred_at }) => timeOf(occurred_at).slice(0, 16) },
    {
      title: 'For',
      align: 'right',
      dropOrder: 1,
      cell: (alert, compact) => (compact ? formatRoughDuration : formatDuration)(length(alert)),
    },
  ]
}
