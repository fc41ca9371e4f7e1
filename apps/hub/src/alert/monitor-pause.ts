import type { HubEvent } from '@signalbox/contract/event'
import type { EventStore } from '../store/event.ts'

/** A grace period of the monitor; instants are milliseconds. */
export interface MonitorPause {
  readonly id: string
  readonly reason: string
  readonly since: number
  readonly until: number
}

/** How long after its end a pause may still be open: its hub may be busy, or have crashed and be replaced. In milliseconds. */
const END_GRACE_MS = 60_000
/** Each hub has one open pause at most. */
const NEWEST_EVENTS = 50

/** The open pause of whichever hub; of several, the one that ends last. */
export async function readPause(events: Pick<EventStore, 'latest'>, now: number): Promise<MonitorPause | undefined> {
  return openPause(await events.latest({ types: ['monitor.paused', 'monitor.resumed'], limit: NEWEST_EVENTS }), now)
}

/** @param events in the order of their ids */
export function openPause(events: readonly HubEvent[], now: number): MonitorPause | undefined {
  const open = new Map<string, MonitorPause>()
  for (const { event, at, data } of events) {
    const id = String(data.alert_id)
    if (event === 'monitor.resumed') open.delete(id)
    if (event === 'monitor.paused') {
      open.set(id, { id, reason: String(data.reason), since: Date.parse(at), until: Date.parse(String(data.until)) || 0 })
    }
  }
  return [...open.values()].filter(({ until }) => now < until + END_GRACE_MS).sort((a, b) => b.until - a.until)[0]
}
