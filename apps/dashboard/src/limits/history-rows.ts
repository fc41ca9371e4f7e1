import type { LimitHistory } from '../hub/answer.ts'
import { clock, dayOf, shortDay, weekdayAndDay } from '../ui/time-format.ts'
import { addDays, weekdayOf } from '../usage/calendar.ts'
import type { HistoryRange } from './limit-search.ts'

export interface HistoryCell {
  /** The highest that was read, in percent. */
  readonly most: number
  readonly resets: number
}

/** A stretch of time, and what each window came to in it; undefined where nothing was read. */
export interface HistoryRow {
  readonly key: string
  readonly label: string
  readonly cells: readonly (HistoryCell | undefined)[]
}

/** Every zone's quarter-hours are the same ones. */
const QUARTER = 15 * 60_000

/** The history in figures, newest first: by quarter of an hour, by day or by week, as they are in this zone. */
export function historyRows({ series }: LimitHistory, range: HistoryRange, zone: string, locale?: string): HistoryRow[] {
  const rows = new Map<string, (HistoryCell | undefined)[]>()
  series.forEach(({ points }, column) => {
    for (const { at, percentageUsed, reset } of points) {
      const key = stretchOf(Date.parse(at), range, zone)
      const cells = rows.get(key) ?? series.map(() => undefined)
      rows.set(key, cells)
      const { most, resets } = cells[column] ?? { most: 0, resets: 0 }
      cells[column] = { most: Math.max(most, percentageUsed), resets: resets + (reset ? 1 : 0) }
    }
  })
  return [...rows].sort(([a], [b]) => (a < b ? 1 : -1)).map(([key, cells]) => ({ key, label: labelOf(key, range, zone, locale), cells }))
}

function stretchOf(at: number, range: HistoryRange, zone: string): string {
  if (range === '5h') return new Date(Math.floor(at / QUARTER) * QUARTER).toISOString()
  const day = dayOf(at, zone)
  return range === '400d' ? addDays(day, 1 - weekdayOf(day)) : day
}

function labelOf(key: string, range: HistoryRange, zone: string, locale?: string): string {
  if (range === '5h') return `from ${clock(Date.parse(key), zone, locale)}`
  return range === '400d' ? `week of ${shortDay(key, locale)}` : weekdayAndDay(key, locale)
}

export const stretchNames: Record<HistoryRange, string> = { '5h': 'Quarter of an hour', '7d': 'Day', '30d': 'Day', '400d': 'Week' }
