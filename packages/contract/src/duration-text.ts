// This file imports nothing: every program and the page use it.

/** `2 h 42 min`, `3 d 4 h`, `12 s`: at most two units, rounded down. */
export function formatDuration(milliseconds: number): string {
  const { days, hours, minutes, seconds } = partsOf(milliseconds)
  if (days > 0) return join(`${days} d`, hours, 'h')
  if (hours > 0) return join(`${hours} h`, minutes, 'min')
  return minutes > 0 ? `${minutes} min` : `${seconds} s`
}

/** How long something has run or took: with seconds within the first hour, `4 min 5 s`. */
export function formatElapsed(milliseconds: number): string {
  const { days, hours, minutes, seconds } = partsOf(milliseconds)
  return days === 0 && hours === 0 && minutes > 0 ? join(`${minutes} min`, seconds, 's') : formatDuration(milliseconds)
}

/** In the largest unit alone, for narrow columns: `12 min`, `3 h`. */
export function formatRoughDuration(milliseconds: number): string {
  const { days, hours, minutes, seconds } = partsOf(milliseconds)
  return days > 0 ? `${days} d` : hours > 0 ? `${hours} h` : minutes > 0 ? `${minutes} min` : `${seconds} s`
}

/** `3 min ago`, `2 days ago`; `just now` under ten seconds and for instants in the future. */
export function formatAgo(instant: number, now: number): string {
  const { days, hours, minutes, seconds } = partsOf(now - instant)
  if (days > 0) return days === 1 ? 'a day ago' : `${days} days ago`
  if (hours > 0) return `${hours} h ago`
  if (minutes > 0) return `${minutes} min ago`
  return seconds < 10 ? 'just now' : `${seconds} s ago`
}

function partsOf(milliseconds: number) {
  const all = Math.max(0, Math.floor(milliseconds / 1000))
  return {
    seconds: all % 60,
    minutes: Math.floor(all / 60) % 60,
    hours: Math.floor(all / 3_600) % 24,
    days: Math.floor(all / 86_400),
  }
}

function join(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest} ${unit}`
}
