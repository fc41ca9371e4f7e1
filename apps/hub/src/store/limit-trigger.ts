import type { LimitTrigger } from '@signalbox/contract/limit-trigger'
import type { Change } from './change.ts'

/** Requests for a snapshot. */
export interface LimitTriggerStore {
  /** Requests a snapshot from a collector; publishes `limits.trigger`. */
  requestTrigger(id: string, machine: string, change: Change): Promise<void>
  /**
   * The oldest request for a machine that is younger than `TRIGGER_PICKUP_TIMEOUT_MS`; each is returned once. Publishes
   * `limits.trigger`.
   */
  takeTrigger(machine: string, now: number): Promise<LimitTrigger | undefined>
  /** Fails the triggers that were not picked up, or not completed, in time. @returns how many */
  expireTriggers(now: number): Promise<number>
}

/** The time a trigger may wait to be picked up. */
export const TRIGGER_PICKUP_TIMEOUT_MS = 30_000

/** The time a trigger may run after it was picked up. */
export const TRIGGER_COMPLETION_TIMEOUT_MS = 5 * 60_000
