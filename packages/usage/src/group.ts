import type { UsageGroup, UsageReport, UsageRow, UsageSplit } from '@signalbox/contract/usage'
import { type BlockWindow, buildBlocks, toBlockRow } from './block.ts'
import { NOT_ITEMISED } from './call.ts'
import type { PersonMap } from './person-map.ts'
import type { PriceTable } from './price-table.ts'
import type { ProjectMap } from './project-map.ts'
import { folderNames, shortNames } from './project-name.ts'
import { adder, type NameGroup, nameReader, nameSplits } from './row-name.ts'
import { SessionOrigins } from './session-origin.ts'
import { isNothing, QUARTER_HOUR_MS, type Slice } from './slice.ts'
import { addSums, countParts, emptySums, type Sums, sumUp, toTotals, unpricedModels } from './sums.ts'
import { dayOf, dayText, hourOf, monthOf, monthText, parseSince, parseUntil, type WeekStart, weekOf, zoneClock } from './zone.ts'

const MINUTE_MS = 60_000

/** What a report is about; its slices are added later. */
export interface ReportQuestion {
  readonly group: UsageGroup
  /** The time zone as an IANA name. */
  readonly timezone: string
  /** Defaults to Monday. */
  readonly weekStart?: WeekStart | undefined
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
  /** Whether estimated output counts like any other. */
  readonly withEstimates?: boolean | undefined
  /** The models and the splits of a row at most; the others are one part. All when absent. */
  readonly maxRowParts?: number | undefined
  /** Which project a folder belongs to; by its path alone when absent. */
  readonly projects?: ProjectMap | undefined
  /** Whose calls are those of each machine. */
  readonly persons?: PersonMap | undefined
}

export interface ReportRequest extends ReportQuestion {
  /**
   * Slices cut at the thresholds of `table`, in any order; those outside the requested time are ignored. Blocks need all
   * slices, because the start of a block depends on the calls before it.
   */
  readonly slices: Iterable<Slice>
}

/** The rows of an answer: by time and of sessions the newest, of other names the most expensive. */
export interface ReportPage {
  readonly limit: number
  /** The models and splits of all rows at most; the first row is always there. */
  readonly maxParts: number
  /** The last row of the page before. */
  readonly after?: RowPlace | undefined
}

/** Where a row is: its time, or its cost and tokens. Of rows that have the same, it is the nth. */
export interface RowPlace {
  readonly at: number
  readonly tokens: number
  readonly nth: number
}

export interface BuiltReport {
  readonly report: UsageReport
  /** The number of rows on all pages. */
  readonly rows: number
  /** The last row of the page when others follow. */
  readonly last: RowPlace | undefined
}

export interface ReportBuilder {
  add(slices: Iterable<Slice>): void
  /** @param page the rows that are wanted; all when absent */
  finish(page?: ReportPage): BuiltReport
}

/** A row that is written only when it is on the page. */
interface Candidate {
  readonly at: number
  readonly tokens: number
  readonly parts: number
  write(): UsageRow
}

type TimeGroup = 'minute' | 'hour' | 'day' | 'week' | 'month'

/**
 * Builds the report that the CLI prints.
 * Hours, days, weeks, months and blocks are sorted oldest first, sessions by their last call, all other groups by cost,
 * highest first. A slice counts when its first call lies in [since, until); a block counts as a whole when a part of it does.
 * @throws TimeError when since or until is not a time, RangeError for an unknown time zone
 */
export function buildReport({ slices, ...question }: ReportRequest): UsageReport {
  const builder = startReport(question)
  builder.add(slices)
  return builder.finish().report
}

/** Builds a report bit by bit, as the hub answers it: slices may come in several parts, and only the rows of a page are written. */
export function startReport(question: ReportQuestion): ReportBuilder {
  const { group, timezone, table, since, until, maxRowParts } = question
  const split = group === 'block' ? undefined : question.split
  const from = since === undefined ? Number.NEGATIVE_INFINITY : parseSince(timezone, since)
  const to = until === undefined ? Number.POSITIVE_INFINITY : parseUntil(timezone, until)
  const summed =
    group === 'block'
      ? sumBlocks(question, from, to)
      : isTimeGroup(group)
        ? sumTimes(group, question, from, to)
        : sumNames(group, question, from, to)
  return {
    add: summed.add,
    finish(page) {
      const totals = emptySums()
      const all = summed.finish(totals)
      const { shown, last, leftOut } = page === undefined ? { shown: all, last: undefined, leftOut: 0 } : pick(all, isByTime(group), page)
      const report: UsageReport = {
        group,
        timezone,
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        rows: shown.map((row) => row.write()),
        ...(leftOut === 0 ? {} : { left_out: leftOut }),
        totals: toTotals(totals, split, maxRowParts),
        unpriced: unpricedModels(totals).slice(0, maxRowParts),
        price_table: { version: table.version, date: table.date },
        last_call_at: totals.last_at === Number.NEGATIVE_INFINITY ? null : instant(totals.last_at),
      }
      if (split === 'project' || split === 'folder') nameSplits(split, [...report.rows, report.totals], totals)
      return { report, rows: all.length, last }
    },
  }
}

/** The sums of one kind of report: of the slices so far, and at the end its rows in their order, added up in `totals`. */
interface Summing {
  add(slices: Iterable<Slice>): void
  finish(totals: Sums): Candidate[]
}

function isTimeGroup(group: TimeGroup | NameGroup): group is TimeGroup {
  return group === 'minute' || group === 'hour' || group === 'day' || group === 'week' || group === 'month'
}

/** Whether the rows are in the order of time, the newest last. */
function isByTime(group: UsageGroup): boolean {
  return group === 'block' || group === 'session' || isTimeGroup(group)
}

function sumBlocks(question: ReportQuestion, from: number, to: number): Summing {
  const all: Slice[] = []
  return {
    add(slices) {
      for (const slice of slices) if (!isNothing(slice)) all.push(slice)
    },
    finish(totals) {
      const blocks = buildBlocks(all, question).filter((block) => block.end > from && block.start < to)
      // The gap before a block that is not in the range would end outside of it.
      if (blocks.at(-1)?.gap) blocks.pop()
      for (const block of blocks) addSums(totals, block.sums)
      const { now, maxRowParts } = question
      return blocks.map((block) => ({
        at: block.start,
        tokens: 0,
        parts: countParts(block.sums, undefined, maxRowParts),
        write: () => toBlockRow(block, now, maxRowParts),
      }))
    },
  }
}

function sumTimes(group: TimeGroup, question: ReportQuestion, from: number, to: number): Summing {
  const { timezone, split, weekStart = 'monday', maxRowParts } = question
  const add = adder(question)
  const clock = zoneClock(timezone)
  const starts: Record<TimeGroup, (ms: number) => number> = {
    minute: (ms) => Math.floor(ms / MINUTE_MS) * MINUTE_MS,
    hour: (ms) => hourOf(clock, ms),
    day: (ms) => dayOf(ms + clock(ms)),
    week: (ms) => weekOf(ms + clock(ms), weekStart),
    month: (ms) => monthOf(ms + clock(ms)),
  }
  const names: Record<TimeGroup, (start: number) => string> = {
    minute: instant,
    hour: instant,
    day: dayText,
    week: dayText,
    month: monthText,
  }
  const startOf = starts[group]
  const sums = new Map<number, Sums>()
  // Every store returns slices ordered by quarter hour, so most slices belong to the same row as the one before.
  let before = Number.NaN
  // Slices of minutes are cut at them.
  const spanMs = group === 'minute' ? MINUTE_MS : QUARTER_HOUR_MS
  let row = emptySums()
  return {
    add(slices) {
      for (const slice of slices) {
        if (slice.first_at < from || slice.first_at >= to || isNothing(slice)) continue
        const span = group === 'minute' ? Math.floor(slice.first_at / MINUTE_MS) : slice.quarter
        if (span !== before) {
          before = span
          const start = startOf(span * spanMs)
          const known = sums.get(start)
          row = known ?? emptySums()
          if (known === undefined) sums.set(start, row)
        }
        add(row, slice)
      }
    },
    finish: (totals) =>
      [...sums]
        .sort(([a], [b]) => a - b)
        .map(([start, row]) => {
          addSums(totals, row)
          return {
            at: start,
            tokens: 0,
            parts: countParts(row, split, maxRowParts),
            write: () => ({ [group]: names[group](start), ...toTotals(row, split, maxRowParts) }),
          }
        }),
  }
}

function sumNames(group: NameGroup, question: ReportQuestion, from: number, to: number): Summing {
  const { split, maxRowParts } = question
  const nameOf = nameReader(group, question.projects, question.persons)
  const addTo = adder(question)
  const rows = new Map<string, { name: string; isNotItemised: boolean; sums: Sums }>()
  const origins = group === 'session' ? new SessionOrigins() : undefined
  const projectOf = nameReader('project', question.projects)
  return {
    add(slices) {
      for (const slice of slices) {
        if (slice.first_at < from || slice.first_at >= to || isNothing(slice)) continue
        origins?.add(slice, projectOf(slice))
        const name = nameOf(slice)
        // Of a model, what is not itemised has a row of its own.
        const isNotItemised = group === 'model' && slice.source === NOT_ITEMISED
        const key = isNotItemised ? `${name}\n` : name
        let row = rows.get(key)
        if (row === undefined) {
          row = { name, isNotItemised, sums: emptySums() }
          rows.set(key, row)
        }
        addTo(row.sums, slice)
      }
    },
    finish(totals) {
      const names = [...rows.values()].map(({ name }) => name)
      const shortened = group === 'project' ? shortNames(names) : group === 'folder' ? folderNames(names) : []
      const candidates = [...rows].map(([key, { name, isNotItemised, sums: row }], index) => {
        addSums(totals, row)
        const short_name = name === '' ? undefined : shortened[index]
        const { cost_usd, total_tokens } = group === 'session' ? { cost_usd: row.last_at, total_tokens: 0 } : sumUp(row)
        return {
          key,
          at: cost_usd ?? -1,
          tokens: total_tokens,
          parts: countParts(row, split, maxRowParts),
          write() {
            const more = isNotItemised ? { not_itemised: true as const } : origins?.of(name)
            const short = short_name === undefined ? {} : { short_name }
            const named = { [group]: name, ...short, ...more, ...toTotals(row, split, maxRowParts) }
            return group === 'model' ? named : { ...named, first_call_at: instant(row.first_at), last_call_at: instant(row.last_at) }
          },
        }
      })
      // Keys differ where names do not, so the order never depends on that of the slices.
      const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
      return group === 'session'
        ? candidates.sort((a, b) => a.at - b.at || byKey(a, b))
        : candidates.sort((a, b) => b.at - a.at || b.tokens - a.tokens || byKey(a, b))
    },
  }
}

/** @param newestFirst whether the page begins at the end of the rows, whose order it keeps */
function pick(rows: readonly Candidate[], newestFirst: boolean, { limit, maxParts, after }: ReportPage) {
  const rowAt = (index: number) => rows[newestFirst ? rows.length - 1 - index : index]
  const isSame = (row: Candidate | undefined, place: Pick<RowPlace, 'at' | 'tokens'>) => row?.at === place.at && row.tokens === place.tokens
  let begin = 0
  if (after !== undefined) {
    const isBefore = (row: Candidate) => row.at > after.at || (row.at === after.at && row.tokens > after.tokens)
    while (begin < rows.length && isBefore(rowAt(begin)!)) begin++
    for (let left = after.nth; left > 0 && isSame(rowAt(begin), after); left--) begin++
  }
  let end = begin
  let parts = 0
  while (end < rows.length && end - begin < limit && (end === begin || parts + rowAt(end)!.parts <= maxParts)) parts += rowAt(end++)!.parts
  const shown = newestFirst ? rows.slice(rows.length - end, rows.length - begin) : rows.slice(begin, end)
  const leftOut = rows.length - end
  if (leftOut === 0 || end === begin) return { shown, leftOut, last: undefined }
  const { at, tokens } = rowAt(end - 1)!
  let nth = 1
  while (nth < end && isSame(rowAt(end - 1 - nth), { at, tokens })) nth++
  return { shown, leftOut, last: { at, tokens, nth } }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
