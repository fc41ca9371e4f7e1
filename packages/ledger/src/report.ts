import type { UsageGroup, UsageReport } from '@signalbox/contract/usage'
import type { BlockWindow } from '@signalbox/usage/block'
import { promptTokens } from '@signalbox/usage/call'
import { buildReport } from '@signalbox/usage/group'
import { type PriceTable, promptBand } from '@signalbox/usage/price-table'
import { QUARTER, type Slice } from '@signalbox/usage/slice'
import { parseSince, parseUntil, type WeekStart } from '@signalbox/usage/zone'
import type { CallRow } from './store/calls.ts'
import type { LedgerStore } from './store/ledger-store.ts'

export interface ReportOptions {
  readonly group: UsageGroup
  /** IANA name. */
  readonly timezone: string
  readonly weekStart?: WeekStart | undefined
  /** A day of the zone, or an instant; the first that counts. */
  readonly since?: string | undefined
  /** A day of the zone, inclusive, or an instant, exclusive. */
  readonly until?: string | undefined
  /** Only calls with exactly these names. */
  readonly filters?: ReportFilters | undefined
  /** Milliseconds; which block is active depends on it. */
  readonly now?: number | undefined
  /** For blocks: the plan's own window, when it is known. */
  readonly window?: BlockWindow | undefined
}

export interface ReportFilters {
  readonly session?: string | undefined
  readonly project?: string | undefined
  readonly model?: string | undefined
  readonly branch?: string | undefined
}

/** Names of a slice, from `places`. */
type Place = Pick<Slice, 'session' | 'project' | 'branch' | 'model' | 'speed' | 'service_tier' | 'inference_geo'>

/**
 * Adds up what the ledger holds, at the prices of `table`.
 * @throws TimeError when since or until is not a time, RangeError when there is no such zone
 */
export function report(store: LedgerStore, table: PriceTable, options: ReportOptions): UsageReport {
  const { group, timezone, weekStart, since, until, now, window } = options
  const cuts = store.cutAt(table.thresholds)
  const places = readPlaces(store, options.filters ?? {})
  // Where a block begins depends on the calls before it, so blocks are made of all there are.
  const from = since === undefined || group === 'block' ? Number.NEGATIVE_INFINITY : parseSince(timezone, since)
  const to = until === undefined || group === 'block' ? Number.POSITIVE_INFINITY : parseUntil(timezone, until)
  return buildReport({
    group,
    timezone,
    ...(weekStart === undefined ? {} : { weekStart }),
    slices: readSlices(store, places, cuts, table.thresholds, from, to),
    table,
    since,
    until,
    now,
    window,
  })
}

/** By id; only places that pass the filters. */
function readPlaces(store: LedgerStore, filters: ReportFilters): Map<number, Place> {
  const wanted = Object.entries(filters).filter(([, name]) => name !== undefined) as [keyof ReportFilters, string][]
  const where = wanted.map(([column]) => `${column} = ?`).join(' AND ')
  const rows = store.db
    .prepare<string[], Place & { id: number }>(`SELECT * FROM places ${where === '' ? '' : `WHERE ${where}`}`)
    .all(...wanted.map(([, name]) => name))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Slices of [from, to), in milliseconds, by quarter; at edges within a quarter hour they are made of its calls. */
function* readSlices(
  store: LedgerStore,
  places: ReadonlyMap<number, Place>,
  cuts: readonly number[],
  thresholds: readonly number[],
  from: number,
  to: number,
): Generator<Slice> {
  const first = Number.isFinite(from) ? Math.ceil(from / QUARTER) : Number.MIN_SAFE_INTEGER
  const last = Number.isFinite(to) ? Math.floor(to / QUARTER) : Number.MAX_SAFE_INTEGER
  // A band of the store begins above this many tokens.
  const above = [-1, ...cuts]
  const bands = above.map((tokens) => promptBand(thresholds, tokens + 1))
  // Without an end there is no edge, and reading calls means reading all of them.
  if (Number.isFinite(from) && from < first * QUARTER) yield* readCalls(from, Math.min(first * QUARTER, to))
  const rows = store.db
    .prepare<[number, number], number[]>(
      `SELECT quarter, place, band, calls, input, output, write_5m, write_1h, read, web_searches, first_at, last_at
       FROM slices WHERE quarter >= ? AND quarter < ? ORDER BY quarter`,
    )
    .raw()
    .iterate(first, last)
  for (const row of rows) {
    const place = places.get(row[1]!)
    if (place === undefined) continue
    yield {
      quarter: row[0]!,
      session: place.session,
      project: place.project,
      branch: place.branch,
      machine: '',
      model: place.model,
      speed: place.speed,
      service_tier: place.service_tier,
      inference_geo: place.inference_geo,
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
    }
  }
  if (Number.isFinite(to) && to > last * QUARTER && last >= first) yield* readCalls(last * QUARTER, to)

  function* readCalls(start: number, end: number): Generator<Slice> {
    const calls = store.db.prepare<[number, number], CallRow>('SELECT * FROM calls WHERE at >= ? AND at < ?').all(start, end)
    for (const call of calls) {
      const place = places.get(call.place)
      if (place === undefined) continue
      yield {
        quarter: Math.floor(call.at / QUARTER),
        session: place.session,
        project: place.project,
        branch: place.branch,
        machine: '',
        model: place.model,
        speed: place.speed,
        service_tier: place.service_tier,
        inference_geo: place.inference_geo,
        band: promptBand(thresholds, promptTokens(call)),
        calls: 1,
        input: call.input,
        output: call.output,
        write_5m: call.write_5m,
        write_1h: call.write_1h,
        read: call.read,
        web_searches: call.web_searches ?? 0,
        first_at: call.at,
        last_at: call.at,
      }
    }
  }
}
