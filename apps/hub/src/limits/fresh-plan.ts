import { type FreshSession, freshSession } from '@signalbox/usage/fresh-session'
import type { LatestLimits } from './current-limits-cache.ts'

/** The plan as current limits show it; the 5-hour limit only from a snapshot that is not stale. */
export interface FreshPlan extends Partial<FreshSession> {
  readonly name?: string | undefined
  readonly account?: string | undefined
  readonly accountName?: string | undefined
}

/** @returns undefined while there is no snapshot */
export function freshPlan(latest: LatestLimits | undefined, now: number): FreshPlan | undefined {
  if (latest === undefined) return undefined
  const { limits, plan } = latest
  return { name: limits.planInfo?.name, account: plan.account, accountName: plan.name, ...freshSession(limits, now) }
}
