import type { UsageGroup, UsageReport } from '@signalbox/contract/usage'
import type { BlockWindow } from '@signalbox/usage/block'
import { promptTokens } from '@signalbox/usage/call'
import { buildReport } from '@signalbox/usage/group'
import { type PriceTable, promptBand } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS, type Slice } from '@signalbox/usage/slice'
import { parseSince, parseUntil, type WeekStart } from '@signalbox/usage/zone'
import type { CallRow } from './store/calls.ts'
import type { LedgerStore } from './store/ledger-store.ts'
import { type Place, placeOf, priceBands, SLICE_COLUMNS, type SliceRow, sliceOf } from './store/slice-row.ts'

export interface ReportOptions {
  readonly group: UsageGroup
  /** The time zone as an IANA name. */
  readonly timezone: string
  readonly weekStart?: WeekStart | undefined
  /** The inclusive start: a day of the zone, or an instant. */
  readonly since?: string | undefined
  /** The end: a day of the zone, inclusive, or an instant, exclusive. */
  readonly until?: string | undefined
  /** Selects the calls with exactly these names. */
  readonly filters?: ReportFilters | undefined
  /** Milliseconds since 1970; determines the active block. */
  readonly now?: number | undefined
  /** The five-hour window of the plan, for blocks, when it is known. */
  readonly window?: BlockWindow | undefined
}

export interface ReportFilters {
  readonly session?: string | undefined
  readonly project?: string | undefined
  readonly model?: string | undefined
  readonly branch?: string | undefined
}

/**
 * Creates a report of the ledger's calls at the prices of `table`.
 * @throws TimeError when since or until is not a time, RangeError for an unknown time zone
 */
export function report(store: LedgerStore, table: PriceTable, options: ReportOptions): UsageReport {
  const { group, timezone, weekStart, since, until, now, window } = options
  const cuts = store.ensureThresholds(table.thresholds)
  const places = readPlaces(store, options.filters ?? {})
  // The start of a block depends on the calls before it, so blocks need all slices.
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

/** Reads the places that match the filters, by id. */
function readPlaces(store: LedgerStore, filters: ReportFilters): Map<number, Place> {
  const conditions = Object.entries(filters).filter(([, name]) => name !== undefined) as [keyof ReportFilters, string][]
  const where = conditions.map(([column]) => `${column} = ?`).join(' AND ')
  const rows = store.db
    .prepare<string[], Place & { id: number }>(`SELECT * FROM places ${where === '' ? '' : `WHERE ${where}`}`)
    .all(...conditions.map(([, name]) => name))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Reads the slices of [from, to), in milliseconds, ordered by quarter hour. Partial quarter hours at the edges come from calls. */
function* readSlices(
  store: LedgerStore,
  places: ReadonlyMap<number, Place>,
  cuts: readonly number[],
  thresholds: readonly number[],
  from: number,
  to: number,
): Generator<Slice> {
  const first = Number.isFinite(from) ? Math.ceil(from / QUARTER_HOUR_MS) : Number.MIN_SAFE_INTEGER
  const last = Number.isFinite(to) ? Math.floor(to / QUARTER_HOUR_MS) : Number.MAX_SAFE_INTEGER
  const bands = priceBands(cuts, thresholds)
  // Without a start there is no partial quarter hour, and reading its calls would read all calls.
  if (Number.isFinite(from) && from < first * QUARTER_HOUR_MS) yield* readCalls(from, Math.min(first * QUARTER_HOUR_MS, to))
  const rows = store.db
    .prepare<[number, number], SliceRow>(`SELECT ${SLICE_COLUMNS} FROM slices WHERE quarter >= ? AND quarter < ? ORDER BY quarter`)
    .raw()
    .iterate(first, last)
  for (const row of rows) {
    const place = places.get(placeOf(row))
    if (place === undefined) continue
    yield sliceOf(row, place, bands)
  }
  if (Number.isFinite(to) && to > last * QUARTER_HOUR_MS && last >= first) yield* readCalls(last * QUARTER_HOUR_MS, to)

  function* readCalls(start: number, end: number): Generator<Slice> {
    const calls = store.db.prepare<[number, number], CallRow>('SELECT * FROM calls WHERE at >= ? AND at < ?').all(start, end)
    for (const call of calls) {
      const place = places.get(call.place)
      if (place === undefined) continue
      yield {
        quarter: Math.floor(call.at / QUARTER_HOUR_MS),
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
