import type { HubEvent } from '@signalbox/client'
import { hub } from './hub.ts'
import { hubClockOffset } from './hub-clock.ts'

/** The first requests of the page were sent no sooner, on the clock of the browser. */
const loadedAt = Date.now() - performance.now()
/** How far the time of an event may lie before that of its commit: a slow store, and the clocks of several hubs. */
const MARGIN_MS = 15_000
/** With more events there is little that they do not affect. */
const MAX_EVENTS = 30

/** The events that the first answers of the page may lack, oldest first; undefined where they are too many. */
export async function readEventsSinceLoad(): Promise<readonly HubEvent[] | undefined> {
  const newest = await hub.listEvents({ limit: MAX_EVENTS })
  const since = loadedAt + hubClockOffset() - MARGIN_MS
  const events = newest.filter(({ at }) => Date.parse(at) >= since)
  return events.length < MAX_EVENTS ? events : undefined
}
