import { alertValueLabel, formatAlertValue } from '@signalbox/client/alert-value'
import { alertConditionNames, alertConditionOf, closeReasonNames } from '@signalbox/client/alert-words'
import { formatDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { type Detail, formatHeading, renderDetails } from '../details.ts'
import { formatCount } from '../format-number.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { severityStyles } from '../status-style.ts'
import { renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { attemptColumns, attemptRows } from './attempts.ts'
import { findAlert } from './find.ts'

/** One alert: what it is about, and which channel was notified of what. */
export async function show(io: Io, asked: string, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const alert = await hub.client.getAlert(await findAlert(hub, asked))
    if (options.json) return printJson(io, alert)
    const channels = await hub.client.listChannels()
    const terminal = createTerminal(io)
    const timeOf = createClockFormatter(io)
    const now = hub.now()
    const end = alert.closed_at === undefined ? now : Date.parse(alert.closed_at)
    const { about, acknowledged, snoozed } = alert
    const details: Detail[] = [
      ['Alert', printable(alert.alert_id)],
      ['What', printable(alert.summary)],
      ['Severity', alert.severity, alert.state === 'closed' ? undefined : severityStyles[alert.severity]],
      ['State', alertConditionNames[alertConditionOf(alert, now)].toLowerCase()],
      ['Rule', printable(`${alert.rule_name} (${alert.rule_id})`)],
      ['Session', about.session_id && printable(about.session_id)],
      ['Task', about.task_id && printable(about.task_id)],
      ['Machine', about.machine_id && printable(about.machine_id)],
      ['Project', about.project_id && printable(about.project_id)],
      ['Account', about.account && printable(about.account)],
      ...Object.entries(alert.values).map(
        ([name, value]): Detail => [alertValueLabel(name), printable(formatAlertValue(name, value, timeOf))],
      ),
      [
        'Began',
        `${timeOf(alert.occurred_at)}, ${alert.closed_at === undefined ? 'for' : 'lasted'} ${formatDuration(end - Date.parse(alert.occurred_at))}`,
      ],
      [
        'Closed',
        alert.closed_at &&
          `${timeOf(alert.closed_at)}${alert.close_reason === undefined ? '' : `: ${closeReasonNames[alert.close_reason]}`}`,
      ],
      [
        'Acknowledged',
        acknowledged &&
          printable([timeOf(acknowledged.at), acknowledged.by && `by ${acknowledged.by}`, acknowledged.note].filter(Boolean).join(', ')),
      ],
      ['Snoozed until', snoozed && `${timeOf(snoozed.until)}${snoozed.until_changed ? ', or until it changes' : ''}`],
      ['Flapping', alert.flapping ? 'it opens and closes again and again' : undefined],
      ['Came back', alert.flaps === 0 ? undefined : formatCount(alert.flaps, 'time')],
    ]
    terminal.write(renderDetails(details, terminal))
    const rows = attemptRows(alert.notices, alert.messages, (id) => channels.find(({ channel_id }) => channel_id === id)?.name ?? id)
    if (rows.length === 0) return terminal.write('\nNo channel was notified.\n')
    terminal.write(formatHeading('Messages', String(alert.messages.length), terminal))
    terminal.write(
      renderTable(
        attemptColumns(timeOf),
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
  })
}
