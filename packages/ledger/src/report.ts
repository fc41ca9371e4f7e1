import type { UsageGroup, UsageReport } from '@signalbox/contract/usage'
import type { BlockWindow } from '@signalbox/usage/block'
import { NOT_ITEMISED, promptTokens } from '@signalbox/usage/call'
import { buildReport } from '@signalbox/usage/group'
import { buildInstances } from '@signalbox/usage/instances'
import { type PriceTable, promptBand } from '@signalbox/usage/price-table'
import { type ProjectGroup, type ProjectMap, testFolders } from '@signalbox/usage/project-map'
import { QUARTER_HOUR_MS, type Slice } from '@signalbox/usage/slice'
import { markWholeSessions } from '@signalbox/usage/whole-session'
import { parseSince, parseUntil, type WeekStart } from '@signalbox/usage/zone'
import { readProjectMap } from './read-projects.ts'
import { recordReader } from './records.ts'
import type { CallRow } from './store/calls.ts'
import type { LedgerStore } from './store/ledger-store.ts'
import { type Place, placeOf, priceBands, SLICE_COLUMNS, type SliceRow, sliceOf, toSlice } from './store/slice-row.ts'

export interface ReportOptions {
  readonly group: UsageGroup
  /** The time zone as an IANA name. */
  readonly timezone: string
  readonly weekStart?: WeekStart | undefined
  /** The inclusive start: a day of the zone, or an instant. */
  readonly since?: string | undefined
  /** The end: a day of the zone, inclusive, or an instant, exclusive. */
  readonly until?: string | undefined
  /** Selects the calls with exactly these names, or with one of several. */
  readonly filters?: ReportFilters | undefined
  /** Milliseconds since 1970; determines the active block. */
  readonly now?: number | undefined
  /** The five-hour window of the plan, for blocks, when it is known. */
  readonly window?: BlockWindow | undefined
  /** Whether estimated output counts like any other. */
  readonly withEstimates?: boolean | undefined
  /** Adds a report of each project; not for blocks. */
  readonly instances?: boolean | undefined
  /** Repositories that count as one project. */
  readonly projectGroups?: readonly ProjectGroup[] | undefined
}

export interface ReportFilters {
  readonly session?: NameFilter
  /** The ids of projects, as `Ledger.findProjects` finds them. */
  readonly project?: NameFilter
  readonly folder?: NameFilter
  readonly model?: NameFilter
  readonly branch?: NameFilter
  readonly agent?: NameFilter
  /** `without`: only calls; `only`: only what Claude Code has recorded beyond its calls. */
  readonly notItemised?: 'without' | 'only' | undefined
}
type NameFilter = string | readonly string[] | undefined

/**
 * Creates a report of the ledger's calls at the prices of `table`.
 * @throws TimeError when since or until is not a time, RangeError for an unknown time zone
 */
export function report(store: LedgerStore, table: PriceTable, options: ReportOptions): UsageReport {
  const { group, timezone, weekStart, since, until, now, window, withEstimates } = options
  const cuts = store.ensureThresholds(table.thresholds)
  const projects = readProjects(store, options)
  const places = readPlaces(store, options.filters ?? {}, projects)
  // The start of a block depends on the calls before it, so blocks need all slices.
  const from = since === undefined || group === 'block' ? Number.NEGATIVE_INFINITY : parseSince(timezone, since)
  const to = until === undefined || group === 'block' ? Number.POSITIVE_INFINITY : parseUntil(timezone, until)
  const weeks = weekStart === undefined ? {} : { weekStart }
  const question = { group, timezone, ...weeks, table, since, until, now, window, withEstimates, projects }
  const slices = readSlices(store, places, cuts, table.thresholds, from, to)
  const wholeMarked = (built: UsageReport) => markWhole(store, built, options)
  if (options.instances !== true) return wholeMarked(buildReport({ ...question, slices }))
  const all = [...slices]
  return { ...wholeMarked(buildReport({ ...question, slices: all })), instances: buildInstances(question, all) }
}

/** Marks the sessions of a report whose sums are exact although calls are unfinished. */
function markWhole(store: LedgerStore, built: UsageReport, { filters }: ReportOptions): UsageReport {
  const only = filters?.session === undefined ? undefined : [filters.session].flat()
  if (built.totals.unfinished_calls === 0 || (built.group !== 'session' && only === undefined)) return built
  return markWholeSessions(built, recordReader(store, NOT_ITEMISED), only)
}

/** The projects of folders, where the report has or asks for them. */
function readProjects(store: LedgerStore, { group, filters, instances, projectGroups }: ReportOptions): ProjectMap | undefined {
  const isAsked = group === 'project' || group === 'session' || instances === true || filters?.project !== undefined
  return isAsked ? readProjectMap(store, projectGroups) : undefined
}

/** Reads the places that match the filters, by id. */
function readPlaces(
  store: LedgerStore,
  { project, folder, notItemised, ...byName }: ReportFilters,
  projects: ProjectMap | undefined,
): Map<number, Place> {
  const conditions = Object.entries(byName).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined)
  const names = conditions.map(([, name]) => [name].flat())
  const where = conditions.map(([column], index) => `${column} IN (${names[index]!.map(() => '?').join()})`)
  if (notItemised !== undefined) where.push(`source ${notItemised === 'only' ? '=' : '<>'} '${NOT_ITEMISED}'`)
  const rows = store.db
    .prepare<string[], Place & { id: number }>(`SELECT * FROM places ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}`)
    .all(...names.flat())
  // The column `project` is the folder of calls.
  const isMeant = testFolders(projects, project, folder)
  return new Map(rows.flatMap((row) => (isMeant?.('', row.project) === false ? [] : [[row.id, row]])))
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
      yield toSlice(place, {
        ...call,
        quarter: Math.floor(call.at / QUARTER_HOUR_MS),
        band: promptBand(thresholds, promptTokens(call)),
        calls: 1,
        web_searches: call.web_searches ?? 0,
        unfinished: call.unfinished ?? 0,
        odd: call.odd ?? 0,
        first_at: call.at,
        last_at: call.at,
      })
    }
  }
}
