import { t } from '../words/usage.ts'
import { addDays } from './calendar.ts'
import { countDays, type DayRange } from './range.ts'

/** As many days, just before a period; undefined where it has no beginning. */
export function periodBefore(range: DayRange, today: string): { readonly range: Required<DayRange>; readonly days: number } | undefined {
  const days = countDays(range, today)
  if (range.since === undefined || days === undefined) return undefined
  return { range: { since: addDays(range.since, -days), until: addDays(range.since, -1) }, days }
}

/** `12% more`, `3% less`, `as much`; undefined where there was nothing before, or nothing is known. */
export function describeChange(now: number | null, before: number | null, percent: (share: number) => string): string | undefined {
  if (now === null || before === null || before === 0) return undefined
  const change = now / before - 1
  if (Math.abs(change) < 0.005) return t.asMuch
  if (change >= 9) return t.timesAsMuch(Math.round(change + 1))
  return `${percent(Math.abs(change))} ${change > 0 ? t.more : t.less}`
}
