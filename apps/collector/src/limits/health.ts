import type { LimitSourceStatus } from '@signalbox/contract/collector'
import type { CollectorHealth } from '@signalbox/contract/collector-health'

/**
 * Merges the states of the sources into the one that the hub is sent. `needs_login` wins even while other sources work,
 * because the limits that only this source reads grow old. Another failure beside a working source appears only as `lastError`.
 */
export function mergeHealth(sources: readonly LimitSourceStatus[]): CollectorHealth {
  const running = sources.filter(({ state }) => state !== 'off')
  const failing = running.filter(({ state }) => state === 'failing' || state === 'needs_login')
  const worst = failing.toSorted(
    (a, b) => Number(b.state === 'needs_login') - Number(a.state === 'needs_login') || compareTimes(b.at, a.at),
  )[0]
  const snapshotTimes = running.flatMap(({ last_reading_at }) => last_reading_at ?? []).sort()
  const attemptTimes = running.flatMap(({ next_attempt_at }) => next_attempt_at ?? []).sort()
  return {
    state: mergeState(running, worst),
    ...(snapshotTimes.length === 0 ? {} : { lastSuccessAt: snapshotTimes.at(-1) as string }),
    ...(worst?.error === undefined
      ? {}
      : {
          lastError: {
            category: worst.error.category.slice(0, 100) || 'UNKNOWN',
            message: `${worst.name}: ${worst.error.message}`.slice(0, 2_000),
            ...(worst.at === undefined ? {} : { at: worst.at }),
          },
        }),
    consecutiveFailures: worst?.failures ?? 0,
    ...(attemptTimes.length === 0 ? {} : { nextAttemptAt: attemptTimes[0] as string }),
  }
}

function mergeState(running: readonly LimitSourceStatus[], worst: LimitSourceStatus | undefined): CollectorHealth['state'] {
  if (running.length === 0) return 'paused'
  if (worst?.state === 'needs_login') return 'needs_login'
  return worst !== undefined && !running.some(({ state }) => state === 'ok') ? 'failing' : 'ok'
}

function compareTimes(a: string | undefined, b: string | undefined): number {
  return (a ?? '') < (b ?? '') ? -1 : 1
}
