import { type PriceTable, promptBand } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { addSlice, addSums, emptySums, type Sums, toTotals } from '@signalbox/usage/sums'
import type { LedgerStore } from './store/ledger-store.ts'

/** The tokens of a session so far, subagents included, and their cost at list price. */
export interface SessionUsage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cache_read_tokens: number
  readonly cache_write_tokens: number
  /** Absent when none of its models has a price. */
  readonly cost_usd?: number
}

/** A row of `places`, without its session. */
interface Place {
  readonly id: number
  readonly project: string
  readonly branch: string
  readonly model: string
  readonly speed: string
  readonly service_tier: string
  readonly inference_geo: string
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
 * half hour each time: the roll-ups have no index by session, and one would cost every write.
 */
export function openSessionUsage(store: LedgerStore, table: PriceTable, now: () => number): (session: string) => SessionUsage | undefined {
  const findPlaces = store.db.prepare<[string], Place>(
    'SELECT id, project, branch, model, speed, service_tier, inference_geo FROM places WHERE session = ?',
  )
  const findSlices = store.db
    .prepare<[number, number, string], number[]>(
      `SELECT quarter, place, band, calls, input, output, write_5m, write_1h, read, web_searches, first_at, last_at
       FROM slices WHERE quarter >= ? AND quarter < ? AND place IN (SELECT value FROM json_each(?))`,
    )
    .raw()
  const settled = new Map<string, Settled>()

  const sum = (session: string, places: ReadonlyMap<number, Place>, from: number, to: number): Sums => {
    const above = [-1, ...store.ensureThresholds(table.thresholds)]
    const bands = above.map((tokens) => promptBand(table.thresholds, tokens + 1))
    const sums = emptySums()
    for (const row of findSlices.iterate(from, to, JSON.stringify([...places.keys()]))) {
      const { id: _, ...place } = places.get(row[1]!)!
      addSlice(sums, table, {
        quarter: row[0]!,
        session,
        machine: '',
        ...place,
        band: bands[row[2]!]!,
        calls: row[3]!,
        input: row[4]!,
        output: row[5]!,
        write_5m: row[6]!,
        write_1h: row[7]!,
        read: row[8]!,
        web_searches: row[9]!,
        first_at: row[10]!,
        last_at: row[11]!,
      })
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
      old = { before, sums: sum(session, places, Number.MIN_SAFE_INTEGER, before) }
      settled.set(session, old)
    }
    const sums = sum(session, places, before, Number.MAX_SAFE_INTEGER)
    addSums(sums, old.sums)
    const { calls, input, output, read, write_5m, write_1h, cost_usd } = toTotals(sums)
    if (calls === 0) return undefined
    return {
      input_tokens: input,
      output_tokens: output,
      cache_read_tokens: read,
      cache_write_tokens: write_5m + write_1h,
      ...(cost_usd === null ? {} : { cost_usd }),
    }
  }
}
