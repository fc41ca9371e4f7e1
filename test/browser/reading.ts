import type { LimitReading, LimitWindow } from '@signalbox/contract/limits'
import { type StagedHub, tell } from './stage.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

export const limitPath = '/api/claude/console-usage'

/** A window that resets so many milliseconds from now. */
export function windowUsed(percentageUsed: number, resetsIn: number, more: Partial<LimitWindow> = {}): LimitWindow {
  return { percentageUsed, resetsIn: 'in a while', resetsAt: new Date(Date.now() + resetsIn).toISOString(), ...more }
}

/** A reading of so many milliseconds ago. */
export function readingOf(ago: number, more: Partial<LimitReading> = {}): LimitReading {
  return {
    lastUpdated: new Date(Date.now() - ago).toISOString(),
    currentSession: windowUsed(47, 2.7 * HOUR),
    weeklyLimits: { allModels: windowUsed(31, 70 * HOUR) },
    source: 'console',
    machine_id: 'laptop',
    ...more,
  }
}

export async function read(hub: StagedHub, ago: number, more: Partial<LimitReading> = {}): Promise<void> {
  await tell(hub, 'POST', limitPath, readingOf(ago, more))
}
