import type { LimitWindow, SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { requestHub, type TestHub } from './harness.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

export const LIMITS_PATH = '/api/claude/console-usage'

/** A window that resets `resetsIn` milliseconds from now. */
export function createWindow(percentageUsed: number, resetsIn: number, more: Partial<LimitWindow> = {}): LimitWindow {
  return { percentageUsed, resetsIn: 'in a while', resetsAt: new Date(Date.now() + resetsIn).toISOString(), ...more }
}

/** A snapshot captured `ageMs` ago. */
export function createSnapshotBody(ageMs: number, more: Partial<SnapshotBody> = {}): SnapshotBody {
  return {
    lastUpdated: new Date(Date.now() - ageMs).toISOString(),
    currentSession: createWindow(47, 2.7 * HOUR),
    weeklyLimits: { allModels: createWindow(31, 70 * HOUR) },
    source: 'console',
    machine_id: 'laptop',
    ...more,
  }
}

export async function postSnapshot(hub: Pick<TestHub, 'url'>, ageMs: number, more: Partial<SnapshotBody> = {}): Promise<void> {
  await requestHub(hub, 'POST', LIMITS_PATH, createSnapshotBody(ageMs, more))
}
