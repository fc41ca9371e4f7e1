// Child process: sends the heartbeats of a part of a fleet with our own client, as programs that use it do.
import { StateTrackingApiClient } from '@signalbox/client'

export interface FleetPart {
  readonly url: string
  readonly apiKey: string
  readonly sessionIds: readonly string[]
  readonly intervalMs: number
}

/** A command of the parent process; the child answers `report` with a `FleetReport`. */
export type FleetCommand = { readonly start: FleetPart } | { readonly clear: true } | { readonly report: true } | { readonly stop: number }

/** The heartbeats since the last `clear`. */
export interface FleetReport {
  readonly heartbeats: number
  readonly failures: number
  /** Milliseconds from the call of the client to its callback, in buckets of `BUCKET_MS`: index and count. */
  readonly durations: readonly (readonly [bucket: number, count: number])[]
}

export const BUCKET_MS = 0.05

if (process.send !== undefined) runFleet()

function runFleet(): void {
  const loops: { stop(): void }[] = []
  let heartbeats = 0
  let failures = 0
  let durations = new Map<number, number>()

  const startLoop = (client: StateTrackingApiClient, sessionId: string, intervalMs: number) => {
    let sentAt = 0
    const body = () => {
      sentAt = performance.now()
      return {}
    }
    const onHeartbeat = () => {
      heartbeats++
      const bucket = Math.floor((performance.now() - sentAt) / BUCKET_MS)
      durations.set(bucket, (durations.get(bucket) ?? 0) + 1)
    }
    loops.push(client.heartbeat(sessionId, { intervalMs, body, onHeartbeat, onError: () => failures++, onEnd: () => failures++ }))
  }

  process.on('message', (command: FleetCommand) => {
    if ('start' in command) {
      const { url, apiKey, sessionIds, intervalMs } = command.start
      const client = new StateTrackingApiClient({ baseUrl: url, apiKey })
      // Spread over one interval, as sessions start at different times.
      for (const [index, id] of sessionIds.entries()) {
        setTimeout(() => startLoop(client, id, intervalMs), (index / sessionIds.length) * intervalMs)
      }
    } else if ('clear' in command) {
      heartbeats = 0
      failures = 0
      durations = new Map()
    } else if ('report' in command) {
      process.send!({ heartbeats, failures, durations: [...durations] } satisfies FleetReport)
    } else {
      for (const loop of loops.splice(0, command.stop)) loop.stop()
    }
  })
}
