import { formatShortDay, formatTime, formatWeekdayAndDay, toLocalDay } from '../ui/time-format.ts'
import { addDays } from '../usage/calendar.ts'
import { hoursOfDay } from '../usage/day-start.ts'
import { t } from '../words/today.ts'

export const todayRanges = ['5m', '15m', '1h', '6h', 'today', '7d', '30d'] as const
/** The time that the charts of Today show. */
export type TodayRange = (typeof todayRanges)[number]

export const todayRangeLabels: Record<TodayRange, { readonly short: string; readonly long: string }> = {
  '5m': { short: '5 min', long: t.theLast5Minutes },
  '15m': { short: '15 min', long: t.theLast15Minutes },
  '1h': { short: '1 h', long: t.theLastHour },
  '6h': { short: '6 h', long: t.theLast6Hours },
  today: { short: t.today, long: t.todayInside },
  '7d': { short: t.sevenDays, long: t.theLast7Days },
  '30d': { short: t.oneMonth, long: t.theLast30Days },
}

export interface TodaySearch {
  range?: TodayRange
  /** Full screen for a wall: larger, without navigation. */
  wall?: '1'
}

/** Invalid parameters are dropped, so that an old or mistyped link still opens. */
export function readTodaySearch(search: Record<string, unknown>): TodaySearch {
  const range = todayRanges.find((name) => name === search.range)
  return {
    ...(range === undefined || range === 'today' ? {} : { range }),
    ...(search.wall === '1' || search.wall === 1 || search.wall === true ? { wall: '1' } : {}),
  }
}

/** One bar: a minute, an hour or a day. */
export interface Bucket {
  /** As the row of the report names it: an instant, or a day. */
  readonly key: string
  /** Under the axis. */
  readonly label: string
  /** Of this bar alone: `Mon, Nov 9`, `9:00 – 10:00 AM`. */
  readonly title: string
}

export interface RangeBuckets {
  readonly group: 'minute' | 'hour' | 'day'
  readonly since: string
  readonly buckets: readonly Bucket[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const minutesOf: Partial<Record<TodayRange, number>> = { '5m': 5, '15m': 15, '1h': 60 }

/** The bars of a range, oldest first, the ones to come included. */
export function bucketsOf(range: TodayRange, now: number, zone: string): RangeBuckets {
  const today = toLocalDay(now, zone)
  const minutes = minutesOf[range]
  if (minutes !== undefined) {
    const last = Math.floor(now / MINUTE_MS) * MINUTE_MS
    return timesOf(
      'minute',
      Array.from({ length: minutes }, (_, nth) => last - (minutes - 1 - nth) * MINUTE_MS),
      MINUTE_MS,
      zone,
    )
  }
  if (range === 'today') return timesOf('hour', hoursOfDay(today, zone), HOUR_MS, zone)
  if (range === '6h') {
    const begun = [...hoursOfDay(addDays(today, -1), zone), ...hoursOfDay(today, zone)].filter((at) => at <= now)
    return timesOf('hour', begun.slice(-6), HOUR_MS, zone)
  }
  const count = range === '7d' ? 7 : 30
  const days = Array.from({ length: count }, (_, nth) => addDays(today, nth + 1 - count))
  return daysOf(days)
}

/** A bar for each day. */
export function daysOf(days: readonly string[]): RangeBuckets {
  const buckets = days.map((day) => ({ key: day, label: formatShortDay(day), title: formatWeekdayAndDay(day) }))
  return { group: 'day', since: days[0] ?? '', buckets }
}

function timesOf(group: 'minute' | 'hour', starts: readonly number[], lengthMs: number, zone: string): RangeBuckets {
  const buckets = starts.map((at) => ({
    key: new Date(at).toISOString(),
    label: formatTime(at, zone),
    title: group === 'minute' ? formatTime(at, zone) : t.fromTo(formatTime(at, zone), formatTime(at + lengthMs, zone)),
  }))
  return { group, since: buckets[0]?.key ?? '', buckets }
}

/** The bars whose labels are shown, so that they do not touch: every so many, from the first on. */
export function labelledBars(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / most))
  return Array.from({ length: Math.ceil(count / step) }, (_, nth) => nth * step)
}
