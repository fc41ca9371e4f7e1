import type { EventType } from '@signalbox/contract/event'
import type { QueryClient } from '@tanstack/react-query'
import { eventEffects } from './event-effects.ts'
import { createLastHeartbeatStore, type LastHeartbeatStore } from './last-heartbeat-store.ts'
import { recordLatestEvent } from './latest-event.ts'
import { limitsRequestPolicy } from './limits-request-policy.ts'
import { LiveConnection } from './live-connection.ts'
import { LiveUpdates } from './live-updates.ts'
import { askForIdentity } from './query-client.ts'
import { keys } from './query-key.ts'
import { createTriggerEvents, type TriggerEvents } from './trigger-events.ts'

export interface Live {
  readonly connection: Pick<LiveConnection, 'state' | 'subscribe' | 'reopen'>
  readonly lastHeartbeats: LastHeartbeatStore
  readonly triggers: TriggerEvents
  /** Opens the stream of events. Once. */
  readonly start: () => void
}

/** A timer this late means that the device has slept. */
const SLEPT_MS = 30_000
const WATCH_INTERVAL_MS = 5_000

/** Follows the events of the hub, from its start for as long as the page is open, and keeps the query cache up to date with them. */
export function createLive(client: QueryClient): Live {
  const data = { client, lastHeartbeats: createLastHeartbeatStore(), triggers: createTriggerEvents() }
  const updates = new LiveUpdates(data, isVisible)
  const connection = new LiveConnection({
    types: Object.keys(eventEffects) as EventType[],
    onEvent(event) {
      if (event.id !== undefined) recordLatestEvent(client, Date.now())
      updates.receive(event)
    },
    onOpen({ isFirst }) {
      if (!isFirst) void client.invalidateQueries({ queryKey: keys.whoAmI })
      // No event announced the changes before the stream opened.
      updates.refetch(([noun]) => noun !== keys.whoAmI[0] && noun !== keys.keys[0] && noun !== keys.limits[0])
      // The hub has just responded, so the circuit need not stay open.
      limitsRequestPolicy.bypassOnce()
      updates.refetchNow(keys.limits)
    },
    onLost: () => updates.refetchNow(keys.limits),
    onRefused(code) {
      if (code === 'unauthorized') askForIdentity(client)
    },
  })

  document.addEventListener('visibilitychange', () => {
    if (!isVisible()) return
    connection.retryNow()
    updates.catchUp()
  })
  addEventListener('online', connection.retryNow)
  let wokenAt = Date.now()
  setInterval(() => {
    const [since, now] = [wokenAt, Date.now()]
    wokenAt = now
    // The timers of a hidden page are late by themselves.
    if (now - since > SLEPT_MS && isVisible()) connection.slept(since)
  }, WATCH_INTERVAL_MS)
  // After a sign-in a refused stream is tried again.
  client.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'success' && event.query.queryKey[0] === keys.whoAmI[0]) connection.retryNow()
  })
  return { connection, lastHeartbeats: data.lastHeartbeats, triggers: data.triggers, start: () => connection.start() }
}

function isVisible(): boolean {
  return document.visibilityState === 'visible'
}
