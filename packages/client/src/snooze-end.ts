/** When a snooze or a pause ends. */

const HOUR_MS = 3_600_000
/** The time of day at which a snooze until tomorrow ends. */
const MORNING_HOUR = 8

const lengths: Readonly<Record<string, number>> = {
  '15m': HOUR_MS / 4,
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '1w': 7 * 24 * HOUR_MS,
}

export type SnoozeEnd = { readonly for_ms: number } | { readonly until: string }

/**
 * The end that was chosen; undefined while there is none to come.
 * @param choice `15m`, `1h`, `4h`, `1w`, `tomorrow`, or `at`
 * @param at the date and time for `at`: local, without a zone
 */
export function toSnoozeEnd(choice: string, at: string, now: number): SnoozeEnd | undefined {
  const length = lengths[choice]
  if (length !== undefined) return { for_ms: length }
  const end = choice === 'tomorrow' ? tomorrowMorning(now) : Date.parse(at)
  return end > now ? { until: new Date(end).toISOString() } : undefined
}

/** In the zone of the reader. */
function tomorrowMorning(now: number): number {
  const day = new Date(now)
  day.setDate(day.getDate() + 1)
  day.setHours(MORNING_HOUR, 0, 0, 0)
  return day.getTime()
}
