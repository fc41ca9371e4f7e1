import type { LiveEvent } from '@signalbox/client'
import { formatDuration } from '@signalbox/contract/duration-text'
import type { EventType } from '@signalbox/contract/event'
import { printable } from '@signalbox/contract/printable'
import type { Io } from '../io.ts'
import { listenForStop } from '../up/listen-for-stop.ts'
import type { Hub } from './with-hub.ts'

interface FollowOptions {
  readonly types: readonly EventType[]
  readonly session_id?: string
  readonly project_id?: string
  readonly machine_id?: string
  readonly after?: number
}

/**
 * Hands over events until a signal to stop; goes on after an outage of the hub, and says so on stderr.
 * @throws ApiClientError when there is no connection at the start
 */
export async function follow(io: Io, { client }: Hub, options: FollowOptions, onEvent: (event: LiveEvent) => void): Promise<void> {
  const stop = listenForStop(io)
  stop.onRepeat(() => io.exit(130))
  // Also aborted when the first connection fails.
  const stopping = new AbortController()
  void stop.requested.then(() => stopping.abort())
  let firstError: unknown
  let opened = false
  const events = client.events({
    ...options,
    signal: stopping.signal,
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
    for await (const event of events) onEvent(event)
  } finally {
    stop.release()
  }
  if (firstError !== undefined) throw firstError
}

/** @param data an `EventGap` @param list the command that shows how things are now */
export function formatGap({ reason, after, continues_after }: Readonly<Record<string, unknown>>, list: string): string {
  const missing =
    reason === 'removed'
      ? `the events from ${Number(after) + 1} to ${continues_after} are no longer in the log of the hub`
      : `event ${after} is not of this hub's log: its database was emptied or replaced`
  return `Events are missing: ${missing}. \`${list}\` shows how things are now.\n`
}
