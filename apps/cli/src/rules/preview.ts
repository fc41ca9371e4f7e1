import type { AlertRulePreview } from '@signalbox/contract/alert-rule'
import { formatDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { formatHeading } from '../details.ts'
import { formatCount } from '../format-number.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { severityStyles } from '../status-style.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { findRule } from './find.ts'

/** A preview reads seven days of events. */
export const PREVIEW_TIMEOUT_MS = 60_000

type Now = AlertRulePreview['now'][number]
type Past = AlertRulePreview['past'][number]

export async function preview(io: Io, asked: string, options: HubOptions): Promise<void> {
  await withHub(
    io,
    options,
    async (hub) => {
      const { rule_id } = await findRule(hub, asked)
      printPreview(io, await hub.client.previewAlertRule(rule_id), options)
    },
    { timeout: PREVIEW_TIMEOUT_MS },
  )
}

/** What a rule says now, and what it would have opened lately. */
export function printPreview(io: Io, result: AlertRulePreview, { json }: HubOptions): void {
  if (json) return void printJson(io, result)
  const { now, now_count, past, past_count, past_unknown, unknown, since } = result
  const terminal = createTerminal(io)
  const timeOf = createClockFormatter(io)
  const common = <Row extends Now | Past>(): Column<Row>[] => [
    { title: 'Severity', style: ({ severity }) => severityStyles[severity], cell: ({ severity }) => severity },
    { title: 'What', minWidths: [24, 12], cell: ({ summary }) => printable(summary) },
  ]
  const nowColumns: Column<Now>[] = [...common<Now>(), { title: 'Since', cell: ({ since: from }) => timeOf(from) }]
  const pastColumns: Column<Past>[] = [
    { title: 'Opened', cell: ({ opened_at }) => timeOf(opened_at) },
    ...common<Past>(),
    {
      title: 'For',
      align: 'right',
      cell: ({ opened_at, closed_at }) => (closed_at === undefined ? '' : formatDuration(Date.parse(closed_at) - Date.parse(opened_at))),
    },
  ]
  terminal.write(now_count === 0 ? 'It holds for nothing now.\n' : `It holds now ${formatCount(now_count, 'time')}.\n`)
  if (unknown > 0) terminal.write(`Of ${formatCount(unknown, 'more thing')} nothing is known now.\n`)
  if (now.length > 0)
    terminal.write(
      renderTable(
        nowColumns,
        now.map((row) => ({ row })),
        terminal,
      ),
    )
  if (past_unknown !== undefined) return void terminal.write(`${printable(past_unknown)}\n`)
  terminal.write(formatHeading(`Since ${timeOf(since).slice(0, 16)} it would have opened`, formatCount(past_count, 'alert'), terminal))
  if (past.length > 0)
    terminal.write(
      renderTable(
        pastColumns,
        past.map((row) => ({ row })),
        terminal,
      ),
    )
  if (past_count > past.length) terminal.write(`and ${past_count - past.length} more\n`)
}
