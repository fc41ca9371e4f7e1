import type { EventType } from '@signalbox/contract/event'
import { printableJson } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { follow, formatGap } from '../hub/follow.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { createTerminal } from '../terminal.ts'
import { findSession } from './find.ts'
import { formatEvent } from './format-event.ts'

export interface WatchOptions extends HubOptions {
  readonly session?: string
  readonly project?: string
  readonly machine?: string
  readonly heartbeats?: true
  /** The older name of `heartbeats`. */
  readonly beats?: true
  /** The id of the last known event. */
  readonly after?: number
}

const types = [
  'session.created',
  'session.updated',
  'session.status',
  'task.created',
  'task.updated',
  'task.status',
  'machine.created',
  'machine.status',
] as const satisfies readonly EventType[]

/** Prints events, one per line, until a signal; continues after an outage of the hub, and says where it cannot. */
export async function watch(io: Io, { session, project, machine, heartbeats, beats, after, ...options }: WatchOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const id = session === undefined ? undefined : await findSession(hub, session)
    const terminal = createTerminal(io)
    const timeOf = createClockFormatter(io)
    const wanted = {
      types: (heartbeats ?? beats) ? [...types, 'session.heartbeat' as const] : types,
      ...(id === undefined ? {} : { session_id: id }),
      ...(project === undefined ? {} : { project_id: project }),
      ...(machine === undefined ? {} : { machine_id: machine }),
      ...(after === undefined ? {} : { after }),
    }
    await follow(io, hub, wanted, (event) => {
      if (event.event === 'gap') io.stderr.write(formatGap(event.data, 'signalbox sessions list'))
      if (event.event === 'gap' && !options.json) return
      terminal.write(options.json ? `${printableJson(event)}\n` : `${formatEvent(event, timeOf, terminal)}\n`)
    })
  })
}
