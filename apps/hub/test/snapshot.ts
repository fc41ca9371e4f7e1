import { randomUUID } from 'node:crypto'
import type { LimitWindow, SnapshotBody } from '@signalbox/contract/limit-snapshot'

const HOUR = 3_600_000

/** A window that resets at an instant, or an idle one. */
export function someWindow(percentageUsed: number, resetsAt?: number, more: Partial<LimitWindow> = {}): LimitWindow {
  if (resetsAt === undefined) return { percentageUsed, idle: true, ...more }
  return { percentageUsed, resetsIn: '2 hr 5 min', resetsAt: new Date(resetsAt).toISOString(), ...more }
}

/** A snapshot of an instant, from the usage page by default, with an idempotency key of its own. */
export function someSnapshot(at: number | string, more: Partial<SnapshotBody> = {}): SnapshotBody {
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
