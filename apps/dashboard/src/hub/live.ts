import type { EventType } from '@signalbox/contract/event'
import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { eventEffects } from './event-effects.ts'
import { readEventsSinceLoad } from './events-since-load.ts'
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

/** No event is about the first two, and limits are refetched at once. */
const ownTimes: ReadonlySet<unknown> = new Set([keys.whoAmI[0], keys.keys[0], keys.limits[0]])

/** Follows the events of the hub, from its start for as long as the page is open, and keeps the query cache up to date with them. */
export function createLive(client: QueryClient): Live {
  const data = { client, lastHeartbeats: createLastHeartbeatStore(), triggers: createTriggerEvents() }
  const updates = new LiveUpdates(data, isVisible)
  const refetch = (matches: (queryKey: QueryKey) => boolean) => {
    updates.refetch((queryKey) => !ownTimes.has(queryKey[0]) && matches(queryKey))
    // The hub has just responded, so the circuit need not stay open.
    limitsRequestPolicy.bypassOnce()
    const limits = client.getQueryCache().findAll({ queryKey: keys.limits })
    if (limits.some(({ queryKey }) => matches(queryKey))) updates.refetchNow(keys.limits)
  }
  /** After the first opening: no event came before it, so those of the log say what has changed since the page was loaded. */
  const catchUp = async () => {
    const events = await readEventsSinceLoad().catch(() => undefined)
    for (const event of events ?? []) updates.receive(event)
    // What heartbeats change is in no log, and what has failed may succeed by now.
    const isUnknown = (queryKey: QueryKey) => isChangedByHeartbeats(queryKey) || client.getQueryState(queryKey)?.status === 'error'
    refetch(events === undefined ? () => true : isUnknown)
  }
  const connection = new LiveConnection({
    types: Object.keys(eventEffects) as EventType[],
    onEvent(event) {
      if (event.id !== undefined) recordLatestEvent(client, Date.now())
      updates.receive(event)
    },
    onOpen({ isFirst }) {
      if (isFirst) void catchUp()
      else {
        void client.invalidateQueries({ queryKey: keys.whoAmI })
        refetch(() => true)
      }
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

/** The board, and a session. */
function isChangedByHeartbeats([noun, part]: QueryKey): boolean {
  return noun === keys.sessionBoard[0] && (part === keys.sessionBoard[1] || part === keys.session('')[1])
}

function isVisible(): boolean {
  return document.visibilityState === 'visible'
}
