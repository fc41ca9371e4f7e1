import { formatWithTime, toLocalDay, toNoonUtc } from '../ui/time-format.ts'
import type { Step } from './range.ts'

/** Short labels of buckets. The first bucket of a new day or year shows it. */
export function formatAxisLabels(step: Step, buckets: readonly string[], zone: string, locale?: string): string[] {
  const day = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' })
  const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short' })
  const formatMonthAndYear = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', year: '2-digit' })
  return buckets.map((bucket, index) => {
    const before = buckets[index - 1]
    if (step === 'hour') {
      const [today, yesterday] = [
        toLocalDay(Date.parse(bucket), zone),
        before === undefined ? undefined : toLocalDay(Date.parse(before), zone),
      ]
      return today === yesterday || index === 0
        ? formatWithTime(Date.parse(bucket), zone, locale, { hour: 'numeric' })
        : day.format(toNoonUtc(today))
    }
    if (step === 'month')
      return before?.slice(0, 4) === bucket.slice(0, 4) ? month.format(toNoonUtc(bucket)) : formatMonthAndYear.format(toNoonUtc(bucket))
    return day.format(toNoonUtc(bucket))
  })
}
