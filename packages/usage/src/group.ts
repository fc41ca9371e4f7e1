import type { UsageGroup, UsageReport, UsageRow, UsageSplit } from '@signalbox/contract/usage'
import { addUpBlocks, type BlockWindow, finishBlock } from './block.ts'
import type { PriceTable } from './price-table.ts'
import { QUARTER, type Slice } from './slice.ts'
import { addSlice, addSums, dearestFirst, emptySums, finishSums, type Sums, unpricedModels } from './sums.ts'
import { clockOf, dayOf, dayText, hourOf, monthOf, monthText, parseSince, parseUntil, type WeekStart, weekOf } from './zone.ts'

export interface ReportRequest {
  readonly group: UsageGroup
  /** IANA name. */
  readonly timezone: string
  /** Monday unless said otherwise. */
  readonly weekStart?: WeekStart | undefined
  /**
   * Cut at the thresholds of `table`; in any order. More than the time asked for does no harm. For blocks pass all
   * there are: where a block begins depends on the calls before it.
   */
  readonly slices: Iterable<Slice>
  readonly table: PriceTable
  /** A day of the zone, or an instant; the first that counts. */
  readonly since?: string | undefined
  /** A day of the zone, inclusive, or an instant, exclusive. */
  readonly until?: string | undefined
  /** Gives every row and the totals their parts by this; blocks have none. */
  readonly split?: UsageSplit | undefined
  /** Milliseconds; which block is active depends on it. */
  readonly now?: number | undefined
  /** For blocks: the plan's own window, when it is known. */
  readonly window?: BlockWindow | undefined
}

type TimeGroup = 'hour' | 'day' | 'week' | 'month'
type NameGroup = 'session' | 'project' | 'model' | 'machine' | 'branch'

/**
 * Adds slices up into the report that the CLI prints and the hub answers.
 * Hours, days, weeks, months and blocks come oldest first, sessions by their last call, all else dearest first.
 * A slice counts when its first call lies in [since, until); a block counts whole when any of it does.
 * @throws TimeError when since or until is not a time, RangeError when there is no such zone
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
    for (const block of addUpBlocks(request.slices, request)) {
      if (block.end <= from || block.start >= to) continue
      addSums(totals, block.sums)
      rows.push(finishBlock(block, request.now))
    }
  } else {
    const wanted = (slice: Slice) => slice.first_at >= from && slice.first_at < to
    rows = isTime(group) ? timeRows(group, request, wanted, totals) : nameRows(group, request, wanted, totals)
  }
  return {
    group,
    timezone,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    rows,
    totals: finishSums(totals, split),
    unpriced: unpricedModels(totals),
    price_table: { version: table.version, date: table.date },
    last_call_at: totals.last_at === Number.NEGATIVE_INFINITY ? null : instant(totals.last_at),
  }
}

function isTime(group: TimeGroup | NameGroup): group is TimeGroup {
  return group === 'hour' || group === 'day' || group === 'week' || group === 'month'
}

function timeRows(group: TimeGroup, request: ReportRequest, wanted: (slice: Slice) => boolean, totals: Sums): UsageRow[] {
  const { timezone, table, split, slices, weekStart = 'monday' } = request
  const clock = clockOf(timezone)
  const starts: Record<TimeGroup, (ms: number) => number> = {
    hour: (ms) => hourOf(clock, ms),
    day: (ms) => dayOf(ms + clock(ms)),
    week: (ms) => weekOf(ms + clock(ms), weekStart),
    month: (ms) => monthOf(ms + clock(ms)),
  }
  const names: Record<TimeGroup, (start: number) => string> = { hour: instant, day: dayText, week: dayText, month: monthText }
  const startOf = starts[group]
  const sums = new Map<number, Sums>()
  // Slices come in the order of their quarter from every store: most have the row of the one before.
  let quarter = Number.NaN
  let row = emptySums()
  for (const slice of slices) {
    if (!wanted(slice)) continue
    if (slice.quarter !== quarter) {
      quarter = slice.quarter
      const start = startOf(quarter * QUARTER)
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
      return { [group]: names[group](start), ...finishSums(row, split) }
    })
}

function nameRows(group: NameGroup, { table, split, slices }: ReportRequest, wanted: (slice: Slice) => boolean, totals: Sums): UsageRow[] {
  const sums = new Map<string, Sums>()
  for (const slice of slices) {
    if (!wanted(slice)) continue
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
    const named = { [group]: name, ...finishSums(row, split) }
    return group === 'model' ? named : { ...named, first_call_at: instant(row.first_at), last_call_at: instant(row.last_at) }
  })
  const byName = (a: UsageRow, b: UsageRow) => (a[group]! < b[group]! ? -1 : 1)
  if (group !== 'session') return rows.sort((a, b) => dearestFirst(a, b) || byName(a, b))
  return rows.sort((a, b) => (a.last_call_at === b.last_call_at ? byName(a, b) : a.last_call_at! < b.last_call_at! ? -1 : 1))
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
