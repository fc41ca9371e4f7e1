import { type FreshSession, freshSession } from '@signalbox/usage/fresh-session'
import type { Latest } from './latest-board.ts'

/** What is known of the plan now: of its five hours only what a reading says that is not stale. */
export interface FreshPlan extends Partial<FreshSession> {
  readonly name?: string | undefined
}

/** @returns undefined while there is no reading */
export function freshPlan(latest: Latest | undefined, now: number): FreshPlan | undefined {
  return latest && { name: latest.said.planInfo?.name, ...freshSession(latest.said, now) }
}
