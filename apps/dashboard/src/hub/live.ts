import { ApiClientError, type LiveEvent } from '@signalbox/client'
import type { UsageUpdated } from '@signalbox/contract/event'
import type { Query, QueryClient } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'
import { createRefresher } from './refresher.ts'
import { touches } from './usage-touched.ts'

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
  readonly stop: () => void
}

/** A connection that is back within this time, in milliseconds, never showed the word offline. */
const PATIENCE = 4_000

/**
 * Follows the hub's events and has everything asked again that they speak of.
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
    now: () => Date.now(),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds)
      return () => clearTimeout(timer)
    },
    refresh: async () => {
      const changes = touched
      touched = []
      const filter = {
        queryKey: keys.usage,
        predicate: (query: Query) => changes === undefined || changes.some((change) => touches(query.queryKey, change)),
      }
      // A first answer that is on its way may be older than the change, and is let through instead of being asked for anew.
      const first = client.getQueryCache().findAll(filter).filter(isFirst)
      await client.invalidateQueries(filter)
      if (first.length > 0) await client.invalidateQueries({ predicate: (query) => first.includes(query) })
    },
  })

  function show(next: LiveSnapshot): void {
    if (next.status === snapshot.status) return
    snapshot = next
    for (const listener of listeners) listener()
  }

  function refresh(change: UsageUpdated | undefined): void {
    touched = change === undefined || touched === undefined ? undefined : [...touched, change].slice(-100)
    if (document.visibilityState === 'visible') refresher.poke()
  }

  function opened(): void {
    clearTimeout(patience)
    const again = snapshot.status !== 'connecting'
    show({ status: 'live' })
    if (again) void client.invalidateQueries({ queryKey: keys.whoAmI })
    // What happened before the stream was there came with no event.
    refresh(undefined)
  }

  function lost(): void {
    if (snapshot.status === 'reconnecting' || snapshot.status === 'offline') return
    const lostAt = Date.now()
    show({ status: 'reconnecting', lostAt })
    clearTimeout(patience)
    patience = setTimeout(() => show({ status: 'offline', lostAt }), PATIENCE)
  }

  function heard(event: LiveEvent): void {
    after = event.id ?? after
    if (event.event === 'usage.updated') refresh(event.data as unknown as UsageUpdated)
  }

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      attempt = new AbortController()
      const signal = AbortSignal.any([stopped.signal, attempt.signal])
      try {
        const options = {
          signal,
          types: ['usage.updated'] as const,
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
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => {
      stopped.abort()
      attempt.abort()
      refresher.stop()
      clearTimeout(patience)
      unsubscribe()
      document.removeEventListener('visibilitychange', looked)
      removeEventListener('online', hurry)
      listeners.clear()
    },
  }
}

/** Asked for, and never answered yet. */
function isFirst({ state }: Query): boolean {
  return state.fetchStatus === 'fetching' && state.data === undefined
}
