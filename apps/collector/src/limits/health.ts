import type { LimitSourceStatus } from '@signalbox/contract/collector'
import type { CollectorHealth } from '@signalbox/contract/limits'

/**
 * The sources as the hub wants to know of them: one word for all. Who has to sign in is told even while others read on,
 * because what they cannot read grows old. A source that fails beside one that reads is told by its error alone.
 */
export function healthOf(sources: readonly LimitSourceStatus[]): CollectorHealth {
  const running = sources.filter(({ state }) => state !== 'off')
  const failing = running.filter(({ state }) => state === 'failing' || state === 'needs_login')
  const worst = failing.toSorted((a, b) => Number(b.state === 'needs_login') - Number(a.state === 'needs_login') || later(b.at, a.at))[0]
  const last = running.flatMap(({ last_reading_at }) => last_reading_at ?? []).sort()
  const next = running.flatMap(({ next_attempt_at }) => next_attempt_at ?? []).sort()
  return {
    state: stateOf(running, worst),
    ...(last.length === 0 ? {} : { lastSuccessAt: last.at(-1) as string }),
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
    ...(next.length === 0 ? {} : { nextAttemptAt: next[0] as string }),
  }
}

function stateOf(running: readonly LimitSourceStatus[], worst: LimitSourceStatus | undefined): CollectorHealth['state'] {
  if (running.length === 0) return 'paused'
  if (worst?.state === 'needs_login') return 'needs_login'
  return worst !== undefined && !running.some(({ state }) => state === 'ok') ? 'failing' : 'ok'
}

function later(a: string | undefined, b: string | undefined): number {
  return (a ?? '') < (b ?? '') ? -1 : 1
}
