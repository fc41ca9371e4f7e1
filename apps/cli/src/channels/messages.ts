import { describeAttempts } from '@signalbox/client/alert-words'
import type { AlertMessage } from '@signalbox/contract/alert'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { fetchRows } from '../hub/fetch-rows.ts'
import { type ListOptions, rowLimit } from '../hub/option.ts'
import { formatRestLine, printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { severityStyles } from '../status-style.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { findChannel } from './find.ts'

const columns = (timeOf: (instant: string) => string): Column<AlertMessage>[] => [
  { title: 'At', cell: ({ created_at }) => timeOf(created_at) },
  { title: 'Severity', dropOrder: 2, style: ({ severity }) => severityStyles[severity], cell: ({ severity }) => severity },
  { title: 'Message', minWidths: [24, 12], cell: ({ title }) => printable(title) },
  { title: 'Notices', align: 'right', dropOrder: 3, cell: ({ notices }) => String(notices) },
  { title: 'Attempts', align: 'right', dropOrder: 1, cell: ({ attempts }) => String(attempts.length) },
  { title: 'Outcome', minWidths: [20, 10], cell: formatOutcome },
]

function formatOutcome(message: AlertMessage): string {
  const { state, reason } = message
  if (state === 'dropped') return printable(`given up: ${reason ?? 'no reason given'}`)
  return printable(describeAttempts(message).at(-1) ?? 'waiting')
}

/** What went through a channel, newest first. */
export async function messages(io: Io, asked: string, options: HubOptions & ListOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const { channel_id, name } = await findChannel(hub, asked)
    const { rows, total } = await fetchRows(rowLimit(options), (page, more) => hub.client.listChannelMessages(channel_id, page, more))
    if (options.json) return printJson(io, rows)
    const terminal = createTerminal(io)
    if (rows.length === 0) return terminal.write(`Nothing was sent through ${printable(name)} yet.\n`)
    terminal.write(
      renderTable(
        columns(createClockFormatter(io)),
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(formatRestLine(terminal, rows.length, total, 'messages'))
  })
}
