import { formatShortDay, formatTime, toLocalDay } from '../ui/time-format.ts'

/** Labels of a time axis: the time within a day, the date at the start of a day and where ticks are a day apart. @param splits seconds since 1970 */
export function formatTimeLabels(splits: readonly number[], zone: string, locale?: string): string[] {
  const step = ((splits[1] ?? 0) - (splits[0] ?? 0)) * 1000
  return splits.map((seconds, index) => {
    const at = seconds * 1000
    const day = toLocalDay(at, zone)
    const before = splits[index - 1]
    const newDay = before !== undefined && toLocalDay(before * 1000, zone) !== day
    return step >= 20 * 3_600_000 || newDay ? formatShortDay(day, locale) : formatTime(at, zone, locale)
  })
}
