import type { UsageGroup, UsageReport, UsageRow, UsageSplit } from '@signalbox/contract/usage'
import { type BlockWindow, buildBlocks, toBlockRow } from './block.ts'
import type { PriceTable } from './price-table.ts'
import { QUARTER_HOUR_MS, type Slice } from './slice.ts'
import { addSlice, addSums, byCostDescending, emptySums, type Sums, toTotals, unpricedModels } from './sums.ts'
import { dayOf, dayText, hourOf, monthOf, monthText, parseSince, parseUntil, type WeekStart, weekOf, zoneClock } from './zone.ts'

export interface ReportRequest {
  readonly group: UsageGroup
  /** The time zone as an IANA name. */
  readonly timezone: string
  /** Defaults to Monday. */
  readonly weekStart?: WeekStart | undefined
  /**
   * Slices cut at the thresholds of `table`, in any order; those outside the requested time are ignored. Blocks need all
   * slices, because the start of a block depends on the calls before it.
   */
  readonly slices: Iterable<Slice>
  readonly table: PriceTable
  /** The inclusive start: a day of the zone, or an instant. */
  readonly since?: string | undefined
  /** The end: a day of the zone, inclusive, or an instant, exclusive. */
  readonly until?: string | undefined
  /** Splits every row and the totals by this dimension; has no effect on blocks. */
  readonly split?: UsageSplit | undefined
  /** Milliseconds since 1970; determines the active block. */
  readonly now?: number | undefined
  /** The five-hour window of the plan, for blocks, when it is known. */
  readonly window?: BlockWindow | undefined
}

type TimeGroup = 'hour' | 'day' | 'week' | 'month'
type NameGroup = 'session' | 'project' | 'model' | 'machine' | 'branch'

/**
 * Builds the report that the CLI prints and the hub returns.
 * Hours, days, weeks, months and blocks are sorted oldest first, sessions by their last call, all other groups by cost,
 * highest first. A slice counts when its first call lies in [since, until); a block counts as a whole when a part of it does.
 * @throws TimeError when since or until is not a time, RangeError for an unknown time zone
 */
export function buildReport(request: ReportRequest): UsageReport {
  const { group, timezone, table, since, until } = request
  const split = group === 'block' ? undefined : request.split
  const from = since === undefined ? Number.NEGATIVE_INFINITY : parseSince(timezone, since)
  const to = until === undefined ? Number.POSITIVE_INFINITY : parseUntil(timezone, until)
  const totals = emptySums()
  let rows: UsageRow[]
  if (group === 'block') {
    rows = []
    for (const block of buildBlocks(request.slices, request)) {
      if (block.end <= from || block.start >= to) continue
      addSums(totals, block.sums)
      rows.push(toBlockRow(block, request.now))
    }
  } else {
    const isIncluded = (slice: Slice) => slice.first_at >= from && slice.first_at < to
    rows = isTimeGroup(group) ? timeRows(group, request, isIncluded, totals) : nameRows(group, request, isIncluded, totals)
  }
  return {
    group,
    timezone,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    rows,
    totals: toTotals(totals, split),
    unpriced: unpricedModels(totals),
    price_table: { version: table.version, date: table.date },
    last_call_at: totals.last_at === Number.NEGATIVE_INFINITY ? null : instant(totals.last_at),
  }
}

function isTimeGroup(group: TimeGroup | NameGroup): group is TimeGroup {
  return group === 'hour' || group === 'day' || group === 'week' || group === 'month'
}

function timeRows(group: TimeGroup, request: ReportRequest, isIncluded: (slice: Slice) => boolean, totals: Sums): UsageRow[] {
  const { timezone, table, split, slices, weekStart = 'monday' } = request
  const clock = zoneClock(timezone)
  const starts: Record<TimeGroup, (ms: number) => number> = {
    hour: (ms) => hourOf(clock, ms),
    day: (ms) => dayOf(ms + clock(ms)),
    week: (ms) => weekOf(ms + clock(ms), weekStart),
    month: (ms) => monthOf(ms + clock(ms)),
  }
  const names: Record<TimeGroup, (start: number) => string> = { hour: instant, day: dayText, week: dayText, month: monthText }
  const startOf = starts[group]
  const sums = new Map<number, Sums>()
  // Every store returns slices ordered by quarter hour, so most slices belong to the same row as the one before.
  let quarter = Number.NaN
  let row = emptySums()
  for (const slice of slices) {
    if (!isIncluded(slice)) continue
    if (slice.quarter !== quarter) {
      quarter = slice.quarter
      const start = startOf(quarter * QUARTER_HOUR_MS)
      const known = sums.get(start)
      row = known ?? emptySums()
      if (known === undefined) sums.set(start, row)
    }
    addSlice(row, table, slice, split)
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([start, row]) => {
      addSums(totals, row)
      return { [group]: names[group](start), ...toTotals(row, split) }
    })
}

function nameRows(
  group: NameGroup,
  { table, split, slices }: ReportRequest,
  isIncluded: (slice: Slice) => boolean,
  totals: Sums,
): UsageRow[] {
  const sums = new Map<string, Sums>()
  for (const slice of slices) {
    if (!isIncluded(slice)) continue
    const name = slice[group]
    let row = sums.get(name)
    if (row === undefined) {
      row = emptySums()
      sums.set(name, row)
    }
    addSlice(row, table, slice, split)
  }
  const rows = [...sums].map(([name, row]): UsageRow => {
    addSums(totals, row)
    const named = { [group]: name, ...toTotals(row, split) }
    return group === 'model' ? named : { ...named, first_call_at: instant(row.first_at), last_call_at: instant(row.last_at) }
  })
  const byName = (a: UsageRow, b: UsageRow) => (a[group]! < b[group]! ? -1 : 1)
  if (group !== 'session') return rows.sort((a, b) => byCostDescending(a, b) || byName(a, b))
  return rows.sort((a, b) => (a.last_call_at === b.last_call_at ? byName(a, b) : a.last_call_at! < b.last_call_at! ? -1 : 1))
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
