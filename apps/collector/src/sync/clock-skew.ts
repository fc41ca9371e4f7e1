import { describeClockSkew, REFUSED_CLOCK_SKEW_MS } from '@signalbox/contract/clock-skew'
import type { CollectorHealth } from '@signalbox/contract/collector-health'

/**
 * Adds what the clock of this machine does to the snapshots. While the hub refuses them for their time, the collector fails, however
 * well its sources work.
 * @param ms how far this machine is ahead of the hub
 */
export function withClockSkew(health: CollectorHealth, ms: number | undefined): CollectorHealth {
  const skew = describeClockSkew(ms)
  if (skew === undefined || ms === undefined) return health
  const error = { category: 'CLOCK', message: `${skew.problem}. ${skew.suggestion}` }
  const isRefused = ms > REFUSED_CLOCK_SKEW_MS && health.state === 'ok'
  return {
    ...health,
    ...(isRefused ? { state: 'failing', consecutiveFailures: Math.max(1, health.consecutiveFailures) } : {}),
    ...(isRefused || health.lastError === undefined ? { lastError: error } : {}),
    clockSkewMs: ms,
  }
}
