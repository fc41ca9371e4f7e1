import type { LimitSeries } from '../hub/answer.ts'
import type { UsageRow } from '../hub/usage.ts'
import type { Stretch } from './window-share.ts'

const HOUR_MS = 3_600_000
const SAME_WINDOW_MS = 60_000

/** The windows of five hours of a history that have ended, with what the calls of their hours cost. */
export function sessionStretches({ points }: LimitSeries, hours: readonly UsageRow[], now: number): Stretch[] {
  const highest = new Map<number, number>()
  for (const { resetsAt, percentageUsed } of points) {
    if (resetsAt === undefined) continue
    const end = Math.round(Date.parse(resetsAt) / SAME_WINDOW_MS) * SAME_WINDOW_MS
    if (end <= now) highest.set(end, Math.max(highest.get(end) ?? 0, percentageUsed))
  }
  return [...highest].map(([end, percent]) => ({ percent, costUsd: costBetween(hours, end - 5 * HOUR_MS, end) }))
}

/** The days of a weekly window in the past: how much of the limit each used, with what its calls cost. */
export function dayStretches({ points }: LimitSeries, hours: readonly UsageRow[], now: number): Stretch[] {
  const stretches: Stretch[] = []
  let begin = points[0]
  for (const point of points) {
    const [from, to] = [Date.parse(begin!.at), Date.parse(point.at)]
    if (point.reset !== true && to - from < 24 * HOUR_MS) continue
    // A longer one has a gap, in which nothing is known of the limit.
    if (point.reset !== true && to - from <= 48 * HOUR_MS && to <= now) {
      stretches.push({ percent: point.percentageUsed - begin!.percentageUsed, costUsd: costBetween(hours, from, to) })
    }
    begin = point
  }
  return stretches
}

/** Of hours that lie within, by their beginning. */
export function costBetween(hours: readonly UsageRow[], from: number, to: number): number {
  return hours.reduce((sum, { hour, cost_usd }) => {
    const at = Date.parse(hour ?? '')
    return at >= from - HOUR_MS / 2 && at < to - HOUR_MS / 2 ? sum + (cost_usd ?? 0) : sum
  }, 0)
}
