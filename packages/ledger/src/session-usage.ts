import type { PriceTable } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { addSlice, addSums, emptySums, type Sums, toTotals } from '@signalbox/usage/sums'
import type { LedgerStore } from './store/ledger-store.ts'
import { PLACE_COLUMNS, type Place, placeOf, priceBands, SLICE_COLUMNS, type SliceRow, sliceOf } from './store/slice-row.ts'

/** The tokens of a session so far, subagents included, and their cost at list price. */
export interface SessionUsage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cache_read_tokens: number
  readonly cache_write_tokens: number
  /** Absent when none of its models has a price. */
  readonly cost_usd?: number
}

/** The sums of a session before a quarter-hour, which change rarely. */
interface Settled {
  readonly before: number
  readonly sums: Sums
}

/** Quarter-hours that are read at each question; what is older is read again when a new quarter-hour begins. */
const OPEN_QUARTERS = 2
const MAX_CACHED_SESSIONS = 500

/**
 * Creates a function that sums up one session. Sessions are asked for every few seconds while they run, so it reads only the last
 * half hour each time: the slices have no index by session, and one would cost every write.
 */
export function openSessionUsage(store: LedgerStore, table: PriceTable, now: () => number): (session: string) => SessionUsage | undefined {
  const findPlaces = store.db.prepare<[string], Place & { id: number }>(`SELECT id, ${PLACE_COLUMNS} FROM places WHERE session = ?`)
  const findSlices = store.db
    .prepare<[number, number, string], SliceRow>(
      `SELECT ${SLICE_COLUMNS} FROM slices WHERE quarter >= ? AND quarter < ? AND place IN (SELECT value FROM json_each(?))`,
    )
    .raw()
  const settled = new Map<string, Settled>()

  const sum = (places: ReadonlyMap<number, Place>, from: number, to: number): Sums => {
    const bands = priceBands(store.ensureThresholds(table.thresholds), table.thresholds)
    const sums = emptySums()
    for (const row of findSlices.iterate(from, to, JSON.stringify([...places.keys()]))) {
      addSlice(sums, table, sliceOf(row, places.get(placeOf(row))!, bands))
    }
    return sums
  }

  return (session) => {
    const places = new Map(findPlaces.all(session).map((place) => [place.id, place]))
    if (places.size === 0) return undefined
    const before = Math.floor(now() / QUARTER_HOUR_MS) - OPEN_QUARTERS + 1
    let old = settled.get(session)
    if (old?.before !== before) {
      if (settled.size >= MAX_CACHED_SESSIONS) settled.clear()
      old = { before, sums: sum(places, Number.MIN_SAFE_INTEGER, before) }
      settled.set(session, old)
    }
    const sums = sum(places, before, Number.MAX_SAFE_INTEGER)
    addSums(sums, old.sums)
    const { calls, total_tokens, input, output, read, write_5m, write_1h, cost_usd } = toTotals(sums)
    if (calls === 0 && total_tokens === 0) return undefined
    return {
      input_tokens: input,
      output_tokens: output,
      cache_read_tokens: read,
      cache_write_tokens: write_5m + write_1h,
      ...(cost_usd === null ? {} : { cost_usd }),
    }
  }
}
