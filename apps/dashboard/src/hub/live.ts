import { ApiClientError, type LiveEvent } from '@signalbox/client'
import type { UsageUpdated } from '@signalbox/contract/event'
import type { LimitTrigger } from '@signalbox/contract/limits'
import type { Query, QueryClient, QueryFilters } from '@tanstack/react-query'
import { type Beats, createBeats } from './beat.ts'
import { followState, stateEvents } from './follow-state.ts'
import { hub } from './hub.ts'
import { limitsLine } from './limits-line.ts'
import { keys } from './query-key.ts'
import { createRefresher } from './refresher.ts'
import { createTriggerNews, type TriggerNews } from './trigger-news.ts'
import { hangsOnPlan, touches } from './usage-touched.ts'

export type LiveStatus =
  /** The first connection is on its way. */
  | 'connecting'
  | 'live'
  /** Lost a moment ago; being tried again. */
  | 'reconnecting'
  /** Lost for longer than a person would not notice. */
  | 'offline'
  /** The hub is there and says no: a key is missing, or may not read. */
  | 'refused'

export interface LiveSnapshot {
  readonly status: LiveStatus
  /** When the connection was lost, in milliseconds since 1970; absent while there is one. */
  readonly lostAt?: number
}

export interface Live {
  readonly snapshot: () => LiveSnapshot
  readonly subscribe: (listener: () => void) => () => void
  readonly beats: Beats
  readonly triggers: TriggerNews
  readonly stop: () => void
}

/** A connection that is back within this time, in milliseconds, never showed the word offline. */
const PATIENCE = 4_000

/**
 * Follows the hub's events: what they say is put in place, what they only speak of is asked again.
 * A page nobody looks at asks nothing; it catches up when it is looked at.
 */
export function startLive(client: QueryClient): Live {
  let snapshot: LiveSnapshot = { status: 'connecting' }
  const listeners = new Set<() => void>()
  const stopped = new AbortController()
  let attempt = new AbortController()
  let after: number | undefined
  let patience: ReturnType<typeof setTimeout> | undefined
  /** What the events of the coming round spoke of; undefined is everything. */
  let touched: readonly UsageUpdated[] | undefined = []

  const refresher = createRefresher({
    ...time,
    refresh: async () => {
      const changes = touched
      touched = []
      await askAgain(client, {
        queryKey: keys.usage,
        predicate: ({ queryKey }) => changes === undefined || changes.some((change) => touches(queryKey, change)),
      })
    },
  })
  /** Sessions whose own screen may have changed; undefined is everything about sessions and machines. */
  let touchedSessions: ReadonlySet<string> | undefined = new Set()
  const stateRefresher = createRefresher({
    ...time,
    refresh: async () => {
      const ids = touchedSessions
      touchedSessions = new Set()
      await askAgain(client, {
        predicate: ({ queryKey: [noun, , id] }) =>
          ids === undefined ? noun === 'session' || noun === 'machine' : noun === 'session' && ids.has(String(id)),
      })
    },
  })
  /** A reading came in, or a collector said something else of itself. */
  let touchedLimits = false
  const limitsRefresher = createRefresher({
    ...time,
    refresh: async () => {
      touchedLimits = false
      await askAgain(client, { predicate: ({ queryKey }) => queryKey[0] === keys.limits[0] || hangsOnPlan(queryKey) })
    },
  })
  const triggers = createTriggerNews()
  const beats = createBeats()
  const follower = followState(client, beats, refreshSessions)

  function refreshSessions(ids: ReadonlySet<string> | undefined): void {
    touchedSessions = ids === undefined || touchedSessions === undefined ? undefined : new Set([...touchedSessions, ...ids])
    if (document.visibilityState === 'visible') stateRefresher.poke()
  }

  function show(next: LiveSnapshot): void {
    if (next.status === snapshot.status) return
    snapshot = next
    for (const listener of listeners) listener()
  }

  function refresh(change: UsageUpdated | undefined): void {
    touched = change === undefined || touched === undefined ? undefined : [...touched, change].slice(-100)
    if (document.visibilityState === 'visible') refresher.poke()
  }

  function refreshLimits(): void {
    touchedLimits = true
    if (document.visibilityState === 'visible') limitsRefresher.poke()
  }

  /** The way to the hub is another than a moment ago: tries for the old one are given up. */
  function limitsAnew(): void {
    if (document.visibilityState === 'visible') void askAgain(client, { queryKey: keys.limits })
    else touchedLimits = true
  }

  function opened(): void {
    clearTimeout(patience)
    const again = snapshot.status !== 'connecting'
    show({ status: 'live' })
    if (again) void client.invalidateQueries({ queryKey: keys.whoAmI })
    // What happened before the stream was there came with no event.
    refresh(undefined)
    refreshSessions(undefined)
    // It has just been heard: there is nothing to rest from.
    limitsLine.letPast()
    limitsAnew()
  }

  function lost(): void {
    if (snapshot.status === 'reconnecting' || snapshot.status === 'offline') return
    const lostAt = Date.now()
    show({ status: 'reconnecting', lostAt })
    clearTimeout(patience)
    patience = setTimeout(() => show({ status: 'offline', lostAt }), PATIENCE)
    limitsAnew()
  }

  function heard(event: LiveEvent): void {
    after = event.id ?? after
    if (event.event === 'usage.updated') refresh(event.data as unknown as UsageUpdated)
    else if (event.event === 'limits.snapshot') refreshLimits()
    else if (event.event === 'limits.trigger') triggers.hear(event.data as unknown as LimitTrigger)
    else follower.heard(event)
  }

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      attempt = new AbortController()
      const signal = AbortSignal.any([stopped.signal, attempt.signal])
      try {
        const options = {
          signal,
          types: ['usage.updated', 'limits.snapshot', 'limits.trigger', ...stateEvents] as const,
          onConnection: ({ state }: { state: 'open' | 'lost' }) => (state === 'open' ? opened() : lost()),
        }
        for await (const event of hub.events(after === undefined ? options : { ...options, after })) heard(event)
      } catch (error) {
        // Trying again is of no use as things are: a key is asked for, or this one may not read. The shell says so.
        clearTimeout(patience)
        show({ status: 'refused' })
        if (error instanceof ApiClientError && error.code === 'unauthorized') void client.invalidateQueries({ queryKey: keys.whoAmI })
        const chance = new Promise<void>((resolve) => attempt.signal.addEventListener('abort', () => resolve(), { once: true }))
        await Promise.all([chance, new Promise((resolve) => setTimeout(resolve, 500))])
      }
    }
  }

  /** Ends the wait between two tries. */
  function hurry(): void {
    if (snapshot.status !== 'connecting' && snapshot.status !== 'live') attempt.abort()
  }

  function looked(): void {
    if (document.visibilityState !== 'visible') return
    hurry()
    if (touched === undefined || touched.length > 0) refresher.poke()
    if (touchedSessions === undefined || touchedSessions.size > 0) stateRefresher.poke()
    if (touchedLimits) limitsRefresher.poke()
  }

  document.addEventListener('visibilitychange', looked)
  addEventListener('online', hurry)
  // A sign-in is a new chance for a stream that was refused.
  const unsubscribe = client.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'success' && event.query.queryKey[0] === keys.whoAmI[0]) hurry()
  })
  void follow()

  return {
    snapshot: () => snapshot,
    beats,
    triggers,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => {
      stopped.abort()
      attempt.abort()
      refresher.stop()
      stateRefresher.stop()
      limitsRefresher.stop()
      follower.stop()
      clearTimeout(patience)
      unsubscribe()
      document.removeEventListener('visibilitychange', looked)
      removeEventListener('online', hurry)
      listeners.clear()
    },
  }
}

const time = {
  now: () => Date.now(),
  after: (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds)
    return () => clearTimeout(timer)
  },
}

async function askAgain(client: QueryClient, filter: QueryFilters): Promise<void> {
  // A first answer that is on its way may be older than the change, and is let through instead of being asked for anew.
  const first = client.getQueryCache().findAll(filter).filter(isFirst)
  await client.invalidateQueries(filter)
  if (first.length > 0) await client.invalidateQueries({ predicate: (query) => first.includes(query) })
}

/** Asked for, and never answered yet. */
function isFirst({ state }: Query): boolean {
  return state.fetchStatus === 'fetching' && state.data === undefined
}
