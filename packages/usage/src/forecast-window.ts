import type { LimitWindow } from '@signalbox/contract/limit-snapshot'
import { BLOCK_MS } from './block.ts'
import type { ForecastWindow } from './limit-forecast.ts'
import { snapshotFromBody, windowTime } from './limit-snapshot.ts'
import { DAY } from './zone.ts'

/** The windows of current limits, merged by the hub or by a machine. */
interface CurrentWindows {
  readonly lastUpdated: string
  readonly currentSession?: LimitWindow | undefined
  readonly weeklyLimits?: Readonly<Record<string, Omit<LimitWindow, 'resetsIn'> & { readonly resetsIn?: string | undefined }>> | undefined
}

const lengths: Record<ForecastWindow['kind'], number> = { session: BLOCK_MS, weekly_all: 7 * DAY, weekly_scoped: 7 * DAY }

/** The windows of current limits with their values, as they are at an instant: one that has ended is `reset`. */
export function forecastWindows({ lastUpdated, currentSession, weeklyLimits }: CurrentWindows, now: number): ForecastWindow[] {
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
