import { DAY, HOUR, startOfHour, zoneClock } from './zone.ts'

/** Instants [from, to) in milliseconds. */
export interface HourRange {
  readonly from: number
  readonly to: number
}

/** The days before, whose same hours are compared. */
export const ANOMALY_DAYS = 28
/** With fewer days, there is nothing to compare with. */
export const MIN_ANOMALY_DAYS = 7
/** The median absolute deviation times this is the standard deviation, where values are spread normally. */
const DEVIATION_OF_MAD = 1.4826
const DEVIATIONS = 6
const MEDIANS = 3

/** The last hour of the zone that is over; half an hour or less where clocks changed in it. */
export function lastFullHour(zone: string, now: number): HourRange {
  const to = startOfHour(zone, now)
  return { from: startOfHour(zone, to - 1), to }
}

/** The same hour of the zone on the days before, the latest first; a day whose clocks skipped the hour has none. */
export function sameHourBefore(zone: string, { from }: HourRange, days = ANOMALY_DAYS): HourRange[] {
  const clock = zoneClock(zone)
  const local = from + clock(from)
  return Array.from({ length: days }, (_, index) => local - (index + 1) * DAY).flatMap((wanted) => {
    // No zone changes its clocks twice within two days. Of an hour that comes twice, the first counts.
    const found = [clock(wanted - DAY), clock(wanted + DAY)].map((offset) => wanted - offset).filter((at) => at + clock(at) === wanted)
    return found.length === 0 ? [] : [{ from: Math.min(...found), to: Math.min(...found) + HOUR }]
  })
}

export interface CostAnomaly {
  readonly isAnomaly: boolean
  readonly median: number
  /** From this cost on, the hour is unusual. */
  readonly threshold: number
}

/**
 * Whether an hour cost unusually much: more than six standard deviations above the median of the same hours before, which the
 * median absolute deviation estimates, so that one such hour before does not hide the next; at least three times the median,
 * and at least `least`.
 * @param before the cost of the same hour on each day before, days without usage as 0; not empty
 */
export function findCostAnomaly(cost: number, before: readonly number[], least: number): CostAnomaly {
  const middle = median(before)
  const deviation = DEVIATION_OF_MAD * median(before.map((one) => Math.abs(one - middle)))
  const unusual = middle + DEVIATIONS * deviation
  const threshold = Math.max(unusual, MEDIANS * middle, least)
  return { isAnomaly: cost > unusual && cost >= threshold, median: middle, threshold }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!
}
