const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `resets 5pm (Europe/Berlin)`, `resets 5:30pm (…)`, `resets Nov 5, 5pm (…)`, `resets Nov 5 at 5pm (…)`. */
const RESET = /\bresets (?:([a-z]{3}) (\d{1,2})(?:,? (?:at )?)?)?(?:(\d{1,2})(?::(\d\d))?\s?(am|pm))? ?\(([A-Za-z0-9_+/-]+)\)/i

/**
 * Finds the time of the reset in Claude Code's message about a limit. The message names a time of a zone, or in old versions
 * the seconds since 1970 after a vertical bar.
 * @returns undefined where the message does not say it, or says a time that cannot be
 */
export function findLimitReset(message: string, now: number): number | undefined {
  const seconds = /limit reached\|(\d{10})\b/i.exec(message)?.[1]
  if (seconds !== undefined) return plausible(Number(seconds) * 1000, now)
  const match = RESET.exec(message)
  if (match === null) return undefined
  const [, monthName, dayText, hourText, minuteText, half, zone = ''] = match
  if (monthName === undefined && hourText === undefined) return undefined
  const month = monthName === undefined ? undefined : months.indexOf(monthName.toLowerCase())
  if (month === -1) return undefined
  const wanted = {
    month,
    day: dayText === undefined ? undefined : Number(dayText),
    hour: hourText === undefined ? 0 : (Number(hourText) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0),
    minute: Number(minuteText ?? 0),
  }
  // The quarter of an hour is the smallest step by which zones differ, and a month is longer than any window.
  const begin = now - (now % 60_000)
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    })
    for (let day = 0; day <= 32; day++) {
      const noted = partsOf(clock, begin + day * DAY_MS)
      const shift = (wanted.hour - noted.hour) * HOUR_MS + (wanted.minute - noted.minute) * 60_000
      for (const extra of [0, DAY_MS, HOUR_MS, -HOUR_MS]) {
        const at = begin + day * DAY_MS + shift + extra
        if (at <= now) continue
        const parts = partsOf(clock, at)
        const fits = parts.hour === wanted.hour && parts.minute === wanted.minute
        const sameDay = wanted.month === undefined || (parts.month === wanted.month && parts.day === wanted.day)
        if (fits && sameDay) return plausible(at, now)
      }
    }
  } catch {
    // The zone is unknown here.
  }
  return undefined
}

function partsOf(clock: Intl.DateTimeFormat, at: number) {
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  return { month: (parts.month ?? 0) - 1, day: parts.day ?? 0, hour: parts.hour ?? 0, minute: parts.minute ?? 0 }
}

function plausible(at: number, now: number): number | undefined {
  return at > now && at < now + 40 * DAY_MS ? at : undefined
}
