import type { LiveEvent } from '@signalbox/client'
import type { AlertEvent, ChannelStatusEvent } from '@signalbox/contract/alert'
import type { EventType } from '@signalbox/contract/event'
import { printable, printableJson } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { follow, formatGap } from '../hub/follow.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { severityStyles } from '../status-style.ts'
import { createTerminal, type Terminal } from '../terminal.ts'

export interface WatchOptions extends HubOptions {
  readonly machine?: string
  /** The id of the last known event. */
  readonly after?: number
}

const types = ['alert.opened', 'alert.closed', 'alert.updated', 'channel.status'] as const satisfies readonly EventType[]

/** Prints what happens to alerts and channels, one line each, until a signal. */
export async function watch(io: Io, { machine, after, ...options }: WatchOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const terminal = createTerminal(io)
    const timeOf = createClockFormatter(io)
    const wanted = { types, ...(machine === undefined ? {} : { machine_id: machine }), ...(after === undefined ? {} : { after }) }
    await follow(io, hub, wanted, (event) => {
      if (event.event === 'gap') io.stderr.write(formatGap(event.data, 'signalbox alerts list'))
      if (event.event === 'gap' && !options.json) return
      terminal.write(options.json ? `${printableJson(event)}\n` : `${formatAlertEvent(event, timeOf, terminal)}\n`)
    })
  })
}

/** An event on one line: time, what happened, how bad it is, and what it is about. */
export function formatAlertEvent({ event, at = '', data }: LiveEvent, timeOf: (instant: string) => string, { style }: Terminal): string {
  const time = style('dim', timeOf(at).slice(11))
  if (event === 'channel.status') {
    const { name, from, to, reason } = data as unknown as ChannelStatusEvent
    return [time, 'channel'.padEnd(22), printable(`${name}: ${from} → ${to}`), printable(reason ?? '')]
      .filter((part) => part !== '')
      .join('  ')
  }
  const { change, severity, summary, alert_id, reason } = data as unknown as AlertEvent
  const colour = change === 'closed' ? 'dim' : severityStyles[severity]
  const parts = [time, change.replaceAll('_', ' ').padEnd(22), style(colour ?? 'dim', severity.padEnd(8)), printable(summary), reason ?? '']
  return [...parts, style('dim', printable(alert_id))].filter((part) => part !== '').join('  ')
}
