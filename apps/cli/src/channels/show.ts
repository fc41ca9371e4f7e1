import { channelStateNames, channelWords } from '@signalbox/client/alert-words'
import { channelFields } from '@signalbox/contract/channel-field'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { type Detail, renderDetails } from '../details.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { channelStyles } from '../status-style.ts'
import { createTerminal } from '../terminal.ts'
import { findChannel } from './find.ts'
import { formatQuiet } from './quiet-option.ts'

export async function show(io: Io, asked: string, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const channel = await findChannel(hub, asked)
    if (options.json) return printJson(io, channel)
    const { kind, config, state, quiet_hours: quiet, lets_through, last_error, waiting, snoozed_until } = channel
    const timeOf = createClockFormatter(io)
    const isSnoozed = snoozed_until !== undefined && Date.parse(snoozed_until) > hub.now()
    const fields = channelFields[kind].map(({ name, label }): Detail => [label, formatValue(config[name])])
    const terminal = createTerminal(io)
    terminal.write(
      renderDetails(
        [
          ['Channel', printable(channel.channel_id)],
          ['Name', printable(channel.name)],
          ['Kind', `${kind}: ${channelWords[kind].about}`],
          ['State', channelStateNames[state].toLowerCase(), channelStyles[state]],
          ['Problem', last_error && state !== 'ok' ? `${timeOf(last_error.at)} · ${printable(last_error.reason)}` : undefined],
          ['Snoozed until', isSnoozed ? timeOf(snoozed_until) : undefined],
          ...fields,
          ['Quiet hours', quiet.length === 0 ? 'none' : printable(quiet.map((span) => `${formatQuiet(span)} ${span.zone}`).join('\n'))],
          ['In quiet hours', quiet.length === 0 ? undefined : lets_through === 'critical' ? 'critical alerts are sent' : 'nothing is sent'],
          ['Action links', channel.action_links ? 'yes: anyone who reads a message can answer' : 'no'],
          ['Last sent', channel.last_sent_at && timeOf(channel.last_sent_at)],
          ['Waiting', waiting === 0 ? undefined : String(waiting)],
          ['From', channel.source === 'file' ? 'ALERTS_FILE, which alone can change it' : 'someone here'],
        ],
        terminal,
      ),
    )
  })
}

function formatValue(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return printable(Array.isArray(value) ? value.join(', ') : String(value))
}
