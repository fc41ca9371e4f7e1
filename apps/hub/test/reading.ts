import { randomUUID } from 'node:crypto'
import type { LimitReading, LimitWindow } from '@signalbox/contract/limits'

const HOUR = 3_600_000

/** A window that resets at an instant, or one that is idle. */
export function someWindow(percentageUsed: number, resetsAt?: number, more: Partial<LimitWindow> = {}): LimitWindow {
  if (resetsAt === undefined) return { percentageUsed, idle: true, ...more }
  return { percentageUsed, resetsIn: '2 hr 5 min', resetsAt: new Date(resetsAt).toISOString(), ...more }
}

/** A reading of an instant, of the page's source unless said otherwise, with a key of its own. */
export function someReading(at: number | string, more: Partial<LimitReading> = {}): LimitReading {
  const ms = typeof at === 'string' ? Date.parse(at) : at
  return {
    lastUpdated: new Date(ms).toISOString(),
    currentSession: someWindow(41, ms + 2 * HOUR),
    weeklyLimits: { allModels: someWindow(17, ms + 70 * HOUR) },
    source: 'console',
    machine_id: 'laptop',
    idempotencyKey: randomUUID(),
    ...more,
  }
}
