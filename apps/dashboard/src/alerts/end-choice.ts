import { t } from '../words/alerts.ts'

/** When a snooze or a pause ends. */

export interface EndOption {
  readonly value: string
  readonly label: string
}

const HOUR_MS = 3_600_000
/** The time of day at which a snooze until tomorrow ends. */
const MORNING_HOUR = 8

const lengths: Readonly<Record<string, number>> = {
  '15m': HOUR_MS / 4,
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '1w': 7 * 24 * HOUR_MS,
}

export const endOptions: readonly EndOption[] = [
  { value: '15m', label: t.minutes15 },
  { value: '1h', label: t.hour1 },
  { value: '4h', label: t.hours4 },
  { value: 'tomorrow', label: t.untilTomorrowMorning },
  { value: '1w', label: t.week1 },
  { value: 'at', label: t.until },
]

export type End = { readonly for_ms: number } | { readonly until: string }

/**
 * The end that was chosen; undefined while there is none to come.
 * @param at the date and time typed for `at`, as the input has it: local, without a zone
 */
export function toEnd(choice: string, at: string, now: number): End | undefined {
  const length = lengths[choice]
  if (length !== undefined) return { for_ms: length }
  const end = choice === 'tomorrow' ? tomorrowMorning(now) : Date.parse(at)
  return end > now ? { until: new Date(end).toISOString() } : undefined
}

/** In the zone of the browser. */
function tomorrowMorning(now: number): number {
  const day = new Date(now)
  day.setDate(day.getDate() + 1)
  day.setHours(MORNING_HOUR, 0, 0, 0)
  return day.getTime()
}
