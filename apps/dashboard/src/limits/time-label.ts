import { clock, dayOf, shortDay } from '../ui/time-format.ts'

/** Names under an axis of time: the clock within a day, the day where one begins and where they are further apart. Instants are seconds. */
export function timeLabels(splits: readonly number[], zone: string, locale?: string): string[] {
  const step = ((splits[1] ?? 0) - (splits[0] ?? 0)) * 1000
  return splits.map((seconds, index) => {
    const at = seconds * 1000
    const day = dayOf(at, zone)
    const before = splits[index - 1]
    const newDay = before !== undefined && dayOf(before * 1000, zone) !== day
    return step >= 20 * 3_600_000 || newDay ? shortDay(day, locale) : clock(at, zone, locale)
  })
}
