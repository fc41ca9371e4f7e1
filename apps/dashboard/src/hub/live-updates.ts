import type { LiveEvent } from '@signalbox/client'
import type { Query, QueryFilters, QueryKey } from '@tanstack/react-query'
import { eventEffects, type LiveData, type Update } from './event-effects.ts'
import { eventsInFlight } from './events-in-flight.ts'
import { keys } from './query-key.ts'
import { createRefresher, type Refresher } from './refresher.ts'

/** Minimum time between two batches of updates: a hundred heartbeats a second render seven times, not a hundred. */
const BATCH_INTERVAL_MS = 150

interface PendingRefetch {
  /** Hashes of the affected queries. */
  readonly queryHashes: Set<string>
  readonly refresher: Refresher
}

/**
 * Applies events to the page by the table of their effects: updates in place in batches, refetches through a refresher per
 * noun, so that slow reports do not delay the others. A hidden page refetches nothing until it is visible again.
 */
export class LiveUpdates {
  readonly #data: LiveData
  readonly #isVisible: () => boolean
  /** By the first word of the query key. */
  readonly #pending = new Map<string, PendingRefetch>()
  #batch: LiveEvent[] = []
  #batchTimer: ReturnType<typeof setTimeout> | undefined
  #lastBatchAt = Number.NEGATIVE_INFINITY

  constructor(data: LiveData, isVisible: () => boolean) {
    this.#data = data
    this.#isVisible = isVisible
  }

  receive(event: LiveEvent): void {
    const effect = eventEffects[event.event]
    if (effect === undefined) return
    // The log itself has one more; a heartbeat is not in it.
    if (event.id !== undefined) this.refetch(([noun, part]) => noun === keys.eventLog({})[0] && part === 'log')
    eventsInFlight.record(event)
    if (effect.updates !== undefined) this.#addToBatch(event)
    const { affects } = effect
    if (affects !== undefined) this.refetch((queryKey) => affects(event, queryKey))
  }

  /** Refetches the cached queries that match, soon, or once the page is visible. */
  refetch(matches: (queryKey: QueryKey) => boolean): void {
    for (const query of this.#queries({ predicate: ({ queryKey }) => matches(queryKey) })) {
      const pending = this.#pendingOf(String(query.queryKey[0]))
      pending.queryHashes.add(query.queryHash)
      if (this.#isVisible()) pending.refresher.request()
    }
  }

  /** Refetches matching queries at once, and replaces their requests in flight. */
  refetchNow(queryKey: QueryKey): void {
    if (this.#isVisible()) void this.#invalidate({ queryKey })
    else this.refetch(([noun]) => noun === queryKey[0])
  }

  /** Runs the refetches that waited for the page to become visible. */
  catchUp(): void {
    for (const { queryHashes, refresher } of this.#pending.values()) if (queryHashes.size > 0) refresher.request()
  }

  stop(): void {
    clearTimeout(this.#batchTimer)
    for (const { refresher } of this.#pending.values()) refresher.stop()
  }

  #addToBatch(event: LiveEvent): void {
    this.#batch.push(event)
    this.#batchTimer ??= setTimeout(() => this.#applyBatch(), Math.max(0, this.#lastBatchAt + BATCH_INTERVAL_MS - performance.now()))
  }

  #applyBatch(): void {
    this.#batchTimer = undefined
    this.#lastBatchAt = performance.now()
    const events = this.#batch
    this.#batch = []
    for (const [update, own] of groupByUpdate(events)) update(this.#data, own)
  }

  #pendingOf(noun: string): PendingRefetch {
    const known = this.#pending.get(noun)
    if (known !== undefined) return known
    const queryHashes = new Set<string>()
    const refresh = () => {
      const hashes = new Set(queryHashes)
      queryHashes.clear()
      return this.#invalidate({ predicate: ({ queryHash }) => hashes.has(queryHash) })
    }
    const pending = { queryHashes, refresher: createRefresher({ refresh, now, schedule }) }
    this.#pending.set(noun, pending)
    return pending
  }

  async #invalidate(filter: QueryFilters): Promise<void> {
    // A first response in flight may predate the change. It is awaited instead of restarted, and then refetched.
    const first = this.#queries(filter).filter(isFirstFetch)
    await this.#data.client.invalidateQueries(filter)
    if (first.length > 0) await this.#data.client.invalidateQueries({ predicate: (query) => first.includes(query) })
  }

  #queries(filter: QueryFilters): Query[] {
    return this.#data.client.getQueryCache().findAll(filter)
  }
}

function groupByUpdate(events: readonly LiveEvent[]): Map<Update, LiveEvent[]> {
  const groups = new Map<Update, LiveEvent[]>()
  for (const event of events) {
    for (const update of eventEffects[event.event]?.updates ?? []) {
      const own = groups.get(update)
      if (own === undefined) groups.set(update, [event])
      else own.push(event)
    }
  }
  return groups
}

function isFirstFetch({ state }: Query): boolean {
  return state.fetchStatus === 'fetching' && state.data === undefined
}

const now = () => Date.now()

function schedule(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, milliseconds)
  return () => clearTimeout(timer)
}
