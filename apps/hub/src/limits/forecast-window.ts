import type { LimitWindow } from '@signalbox/contract/limit-snapshot'
import { BLOCK_MS } from '@signalbox/usage/block'
import type { ForecastWindow } from '@signalbox/usage/limit-forecast'
import { snapshotFromBody, windowTime } from '@signalbox/usage/limit-snapshot'
import { DAY } from '@signalbox/usage/zone'
import type { LimitsContent } from './current.ts'

const lengths: Record<ForecastWindow['kind'], number> = { session: BLOCK_MS, weekly_all: 7 * DAY, weekly_scoped: 7 * DAY }

/** The windows of current limits with their values, as they are at an instant: one that has ended is `reset`. */
export function forecastWindows(
  { lastUpdated, currentSession, weeklyLimits }: Pick<LimitsContent, 'lastUpdated' | 'currentSession' | 'weeklyLimits'>,
  now: number,
): ForecastWindow[] {
  const snapshot = snapshotFromBody(
    {
      lastUpdated,
      ...(currentSession === undefined ? {} : { currentSession }),
      ...(weeklyLimits === undefined ? {} : { weeklyLimits: weeklyLimits as Record<string, LimitWindow> }),
    },
    now,
  )
  return snapshot.windows.flatMap((window): ForecastWindow[] => {
    const { kind, label, state, percentUsed: percent, resetsAt } = window
    if (percent === undefined) return []
    const readAt = windowTime(window, snapshot)
    if (state === 'idle') return [{ kind, label, state, percent, readAt }]
    // A window without a known reset ends after its full length at the latest.
    const hasEnded = now >= (resetsAt ?? readAt + lengths[kind])
    return [
      {
        kind,
        label,
        state: hasEnded ? ('reset' as const) : ('known' as const),
        percent,
        readAt,
        ...(resetsAt === undefined ? {} : { resetsAt }),
      },
    ]
  })
}
