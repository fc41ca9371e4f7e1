import type { UsageReport } from '@signalbox/contract/usage'
import type { ReportOptions } from '@signalbox/ledger'
import { countsRows } from './range.ts'

/** Builds the report of a part of the calls; so its totals are exact sums as well. */
type Again = (less: Partial<ReportOptions>) => UsageReport

/**
 * The newest sessions or blocks of a report, without those that begin in the future; other reports are about a span of time already.
 * @param now milliseconds since 1970
 */
export function newestRows(report: UsageReport, count: number, { group, filters }: ReportOptions, now: number, again: Again): UsageReport {
  if (!countsRows(group)) return report
  const rows = report.rows.filter((row) => !row.is_gap)
  const newest = rows.filter((row) => Date.parse(row.start ?? row.first_call_at ?? '') <= now).slice(-count)
  if (newest.length === rows.length) return report
  if (group === 'session') return again({ filters: { ...filters, session: newest.map(({ session }) => session ?? '') } })
  return { ...again(spanOf(newest)), ...rangeOf(report) }
}

/** The active block of a report, or none. */
export function activeBlock(report: UsageReport, again: Again): UsageReport {
  const active = report.rows.find((row) => row.is_active)
  return { ...again(spanOf(active === undefined ? [] : [active])), ...rangeOf(report) }
}

/** From the first block to the last one. Clocks that were wrong have left blocks after the current one. */
function spanOf(blocks: UsageReport['rows']): Pick<ReportOptions, 'since' | 'until'> {
  const last = blocks.at(-1)
  // Nothing lies before the year 1970.
  return last === undefined ? { since: undefined, until: new Date(0).toISOString() } : { since: blocks[0]!.start!, until: last.end! }
}

/** The range that was asked for, which is not that of the rows. */
function rangeOf({ since, until }: UsageReport): Pick<UsageReport, 'since' | 'until'> {
  return { since, until }
}
