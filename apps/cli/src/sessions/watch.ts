import type { EventType } from '@signalbox/contract/event'
import { clockTime } from '../clock-time.ts'
import { askHub, type HubOptions } from '../hub/connect.ts'
import { duration } from '../number.ts'
import { printable, printableJson } from '../printable.ts'
import { terminalOf } from '../terminal.ts'
import { untilToldToStop } from '../up/until-told-to-stop.ts'
import { eventLine } from './event-line.ts'
import { findSession } from './find.ts'

export interface WatchOptions extends HubOptions {
  readonly session?: string
  readonly project?: string
  readonly machine?: string
  readonly beats?: true
  /** The id of the last event already seen. */
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

/** Prints what happens, a line each, until told to stop; through outages of the hub, without a gap. */
export async function watch({ session, project, machine, beats, after, ...options }: WatchOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const id = session === undefined ? undefined : await findSession(hub, session)
    const told = untilToldToStop()
    told.again(() => process.exit(130))
    const stopping = new AbortController()
    void told.stop.then(() => stopping.abort())
    let refused: unknown
    let opened = false
    const terminal = terminalOf(process.stdout, process.env)
    const timeOf = clockTime(process.env)
    const events = hub.client.events({
      types: beats ? [...types, 'session.heartbeat'] : types,
      signal: stopping.signal,
      ...(id === undefined ? {} : { session_id: id }),
      ...(project === undefined ? {} : { project_id: project }),
      ...(machine === undefined ? {} : { machine_id: machine }),
      ...(after === undefined ? {} : { after }),
      onConnection: (now) => {
        if (now.state === 'open') {
          console.error(opened ? 'The hub is back.' : 'Watching; Ctrl-C ends it.')
          opened = true
        } else if (opened) {
          console.error(
            `The hub is away${now.error === undefined ? '' : ` (${printable(now.error.message)})`}; next try in ${duration(now.retryIn)}.`,
          )
        } else {
          // It was never there: whoever starts to watch wants to know that now.
          refused = now.error
          stopping.abort()
        }
      },
    })
    for await (const event of events) {
      terminal.write(options.json ? `${printableJson(event)}\n` : `${eventLine(event, timeOf, terminal)}\n`)
    }
    if (refused !== undefined) throw refused
  })
}
