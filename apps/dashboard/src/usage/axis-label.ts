import { dayOf, noonOf } from '../ui/time-format.ts'
import type { Step } from './range.ts'

/** Short names under the bars. The first of a new day, month or year says so, so that none has to be counted. */
export function axisLabels(step: Step, buckets: readonly string[], zone: string, locale?: string): string[] {
  const hour = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: 'numeric' })
  const day = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' })
  const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short' })
  const monthAndYear = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', year: '2-digit' })
  return buckets.map((bucket, index) => {
    const before = buckets[index - 1]
    if (step === 'hour') {
      const [today, yesterday] = [dayOf(Date.parse(bucket), zone), before === undefined ? undefined : dayOf(Date.parse(before), zone)]
      return today === yesterday || index === 0 ? hour.format(Date.parse(bucket)) : day.format(noonOf(today))
    }
    if (step === 'month')
      return before?.slice(0, 4) === bucket.slice(0, 4) ? month.format(noonOf(bucket)) : monthAndYear.format(noonOf(bucket))
    return day.format(noonOf(bucket))
  })
}
