import { countOf } from '@signalbox/contract/plural'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Formats the time until an instant, rounded down: `2 hr 42 min`, `47 min`, `5 days 3 hr`; `now` when it has passed. */
export function timeLeft(until: number, now: number): string {
  const left = until - now
  if (left <= 0) return 'now'
  if (left < MINUTE) return 'less than 1 min'
  const [days, hours, minutes] = [Math.floor(left / DAY), Math.floor((left % DAY) / HOUR), Math.floor((left % HOUR) / MINUTE)]
  const parts =
    days > 0 ? [countOf(days, 'day'), hours > 0 && `${hours} hr`] : [hours > 0 && `${hours} hr`, minutes > 0 && `${minutes} min`]
  return parts.filter((part) => part !== false).join(' ')
}
