import { formatMoment, formatTime, formatWeekdayAndTime, toLocalDay } from '../ui/time-format.ts'

const WEEKDAY_CLEAR_MS = 6 * 24 * 3_600_000

/** The shortest clear form of an instant to come: `14:10` today, `Thu 14:10` within the week, else with the date. */
export function formatDayAndTime(at: number, now: number, zone: string): string {
  if (toLocalDay(at, zone) === toLocalDay(now, zone)) return formatTime(at, zone)
  return at - now < WEEKDAY_CLEAR_MS ? formatWeekdayAndTime(at, zone) : formatMoment(at, zone)
}
