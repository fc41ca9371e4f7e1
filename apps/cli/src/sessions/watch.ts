import type { EventType } from '@signalbox/contract/event'
import { printable, printableJson } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { formatDuration } from '../format-number.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { createTerminal } from '../terminal.ts'
import { listenForStop } from '../up/listen-for-stop.ts'
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
    const stop = listenForStop(io)
    stop.onRepeat(() => io.exit(130))
    // Also aborted when the first connection fails.
    const stopping = new AbortController()
    void stop.requested.then(() => stopping.abort())
    let firstError: unknown
    let opened = false
    const terminal = createTerminal(io)
    const timeOf = createClockFormatter(io)
    const events = hub.client.events({
      types: (heartbeats ?? beats) ? [...types, 'session.heartbeat'] : types,
      signal: stopping.signal,
      ...(id === undefined ? {} : { session_id: id }),
      ...(project === undefined ? {} : { project_id: project }),
      ...(machine === undefined ? {} : { machine_id: machine }),
      ...(after === undefined ? {} : { after }),
      onConnection: (now) => {
        if (now.state === 'open') {
          io.stderr.write(opened ? 'Reconnected to the hub.\n' : 'Watching. Press Ctrl-C to stop.\n')
          opened = true
        } else if (opened) {
          io.stderr.write(
            `Connection to the hub lost${now.error === undefined ? '' : ` (${printable(now.error.message)})`}; next attempt in ${formatDuration(now.retryIn)}.\n`,
          )
        } else {
          // No connection at the start is an error at once.
          firstError = now.error
          stopping.abort()
        }
      },
    })
    try {
      for await (const event of events) {
        if (event.event === 'gap') io.stderr.write(formatGap(event.data))
        if (event.event === 'gap' && !options.json) continue
        terminal.write(options.json ? `${printableJson(event)}\n` : `${formatEvent(event, timeOf, terminal)}\n`)
      }
    } finally {
      stop.release()
    }
    if (firstError !== undefined) throw firstError
  })
}

/** @param data an `EventGap` */
function formatGap({ reason, after, continues_after }: Readonly<Record<string, unknown>>): string {
  const missing =
    reason === 'removed'
      ? `the events from ${Number(after) + 1} to ${continues_after} are no longer in the log of the hub`
      : `event ${after} is not of this hub's log: its database was emptied or replaced`
  return `Events are missing: ${missing}. \`signalbox sessions list\` shows how things are now.\n`
}
