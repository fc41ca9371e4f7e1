import { channelStateNames } from '@signalbox/client/alert-words'
import type { Channel } from '@signalbox/contract/channel'
import { formatDuration, formatRoughDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { channelStyles } from '../status-style.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'

const columns = (now: number): Column<Channel>[] => [
  { title: 'Channel', minWidths: [14, 8], cell: ({ name }) => printable(name) },
  { title: 'Kind', cell: ({ kind }) => kind },
  {
    title: 'State',
    style: (channel) => (isSnoozed(channel, now) ? 'dim' : channelStyles[channel.state]),
    cell: (channel) => (isSnoozed(channel, now) ? 'snoozed' : channelStateNames[channel.state].toLowerCase()),
  },
  {
    title: 'Last sent',
    align: 'right',
    dropOrder: 1,
    cell: ({ last_sent_at: at }, compact) =>
      at === undefined ? '' : (compact ? formatRoughDuration : formatDuration)(Math.max(0, now - Date.parse(at))),
  },
  { title: 'Waiting', align: 'right', dropOrder: 2, cell: ({ waiting }) => String(waiting || '') },
  { title: 'Problem', minWidths: [16, 8], dropOrder: 3, cell: formatProblem },
  { title: 'Id', minWidths: [16, 8], dropOrder: 4, cell: ({ channel_id }) => printable(channel_id) },
]

function isSnoozed({ snoozed_until: until }: Channel, now: number): boolean {
  return until !== undefined && Date.parse(until) > now
}

function formatProblem({ state, last_error }: Channel): string {
  return (state === 'failing' || state === 'broken') && last_error !== undefined ? printable(last_error.reason) : ''
}

export async function list(io: Io, options: HubOptions): Promise<void> {
  await withHub(io, options, async ({ client, now }) => {
    const rows = await client.listChannels()
    if (options.json) return printJson(io, rows)
    const terminal = createTerminal(io)
    if (rows.length === 0) {
      return terminal.write(
        'No channel yet: alerts are on the page only.\nTo add one: signalbox channels add ntfy --topic NAME; all kinds: signalbox channels add --help\n',
      )
    }
    terminal.write(
      renderTable(
        columns(now()),
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
  })
}
