import type { LimitHistory } from '../hub/answer.ts'
import { formatShortDay, formatTime, formatWeekdayAndDay, toLocalDay } from '../ui/time-format.ts'
import { addDays, isoWeekday } from '../usage/calendar.ts'
import { t } from '../words/limit-history.ts'
import type { HistoryRange } from './limit-search.ts'

export interface HistoryCell {
  /** Highest percentage in the period. */
  readonly highest: number
  readonly resets: number
}

/** A period with the cell of each window; undefined where it has no data. */
export interface HistoryRow {
  readonly key: string
  readonly label: string
  readonly cells: readonly (HistoryCell | undefined)[]
}

/** Quarter-hours coincide in every time zone. */
const QUARTER_HOUR_MS = 15 * 60_000

/** The history as a table, newest first: by 15 minutes, day or week in this time zone. */
export function buildHistoryRows({ series }: LimitHistory, range: HistoryRange, zone: string, locale?: string): HistoryRow[] {
  const rows = new Map<string, (HistoryCell | undefined)[]>()
  series.forEach(({ points }, column) => {
    for (const { at, percentageUsed, reset } of points) {
      const key = toPeriodKey(Date.parse(at), range, zone)
      const cells = rows.get(key) ?? series.map(() => undefined)
      rows.set(key, cells)
      const { highest, resets } = cells[column] ?? { highest: 0, resets: 0 }
      cells[column] = { highest: Math.max(highest, percentageUsed), resets: resets + (reset ? 1 : 0) }
    }
  })
  return [...rows]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([key, cells]) => ({ key, label: formatPeriod(key, range, zone, locale), cells }))
}

function toPeriodKey(at: number, range: HistoryRange, zone: string): string {
  if (range === '5h') return new Date(Math.floor(at / QUARTER_HOUR_MS) * QUARTER_HOUR_MS).toISOString()
  const day = toLocalDay(at, zone)
  return range === '400d' ? addDays(day, 1 - isoWeekday(day)) : day
}

function formatPeriod(key: string, range: HistoryRange, zone: string, locale?: string): string {
  if (range === '5h') return t.from(formatTime(Date.parse(key), zone, locale))
  return range === '400d' ? t.weekOf(formatShortDay(key, locale)) : formatWeekdayAndDay(key, locale)
}

export const periodNames: Record<HistoryRange, string> = { '5h': t.minutes15, '7d': t.day, '30d': t.day, '400d': t.week }
