import { formatLongDay, formatShortDay } from '../ui/time-format.ts'
import { t } from '../words/ask.ts'

/** A range of a tool as people read it. */
export function formatRange(range: string): string {
  const named = (t.ranges as Readonly<Record<string, string>>)[range]
  if (named !== undefined) return named
  const [, count, unit] = /^last_(\d+)([mhd])$/.exec(range) ?? []
  if (count !== undefined) return { m: t.lastMinutes, h: t.lastHours, d: t.lastDays }[unit as 'm' | 'h' | 'd'](Number(count))
  const [from, to] = range.split('..') as [string, string?]
  if (!/^\d{4}-\d\d-\d\d$/.test(from)) return range
  return to === undefined ? formatLongDay(from) : t.fromTo(formatShortDay(from), formatShortDay(to))
}

/** The filters of a call in one line: `engine, rack-1`. */
export function formatFilters({ project, model, machine, branch, session }: Readonly<Record<string, unknown>>): string {
  return [project, model, machine, branch, session].filter((one) => one !== undefined).join(', ')
}
