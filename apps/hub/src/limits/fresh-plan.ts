import { STALE_MS } from './current.ts'
import type { Latest } from './latest-board.ts'

/** What a reading that is not stale says of the plan; instants are milliseconds. */
export interface FreshPlan {
  readonly name?: string | undefined
  /** Of the five hours, 0–100; absent where it was read too long ago, or the window it was of is over. */
  readonly percentage?: number | undefined
  /** When the window is over that is open now. */
  readonly resetsAt?: number | undefined
  /** None is open: it begins with the next message. */
  readonly idle?: boolean | undefined
}

/** @returns undefined while there is no reading */
export function freshPlan(latest: Latest | undefined, now: number): FreshPlan | undefined {
  if (latest === undefined) return undefined
  const { said } = latest
  const name = said.planInfo?.name
  const { currentSession: session, lastUpdated } = said
  const readAt = Date.parse(session?.asOf ?? lastUpdated)
  const resetsAt = session?.resetsAt === undefined ? undefined : Date.parse(session.resetsAt)
  if (session === undefined || now - readAt > STALE_MS || (resetsAt !== undefined && resetsAt <= now)) return { name }
  return { name, percentage: session.percentageUsed, resetsAt, idle: session.idle }
}
