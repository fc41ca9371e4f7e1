import type { GrantRecord } from '../store/budget.ts'

/** A machine that has not asked for so long is not waited for: its rest is free. In milliseconds. */
export const GRANT_TTL_MS = 600_000
/** Differences below it are those of floating point, in USD. */
const LEAST_USD = 1e-9

export interface GrantQuestion {
  readonly machine_id: string
  /** What a call costs at most; undefined for an idle machine. */
  readonly call_usd: number | undefined
  /** When the lease was granted that the machine holds; undefined where it does not say so. */
  readonly held_at?: number | undefined
  /** The hard line of the period, and what all machines have spent of it. In USD. */
  readonly line: number
  readonly spent: number
  /** What each machine has spent in the period, as far as the hub knows. */
  readonly spentOf: (machine: string) => number
  readonly grants: readonly GrantRecord[]
  readonly now: number
}

export interface GrantAnswer {
  readonly granted_usd: number
  /** All grants, with that of the machine. An idle machine reserves nothing. */
  readonly grants: readonly GrantRecord[]
}

/**
 * What a machine may spend until it asks again. Active machines share what is left, so that all together stay within the line also
 * while they do not reach the hub; what others still have of theirs is not given away. The lease of an idle machine has all that is free, which
 * it needs only when the hub is away at the moment it begins.
 */
export function grantFor({ machine_id, call_usd, held_at, line, spent, spentOf, grants, now }: GrantQuestion): GrantAnswer {
  const living = grants.filter((grant) => grant.machine_id !== machine_id && now - grant.at < GRANT_TTL_MS)
  const reserved = living.reduce((sum, grant) => sum + unusedOf(grant, spentOf), 0)
  const left = Math.max(0, line - spent)
  const free = atLeastZero(left - reserved)
  if (call_usd === undefined) return { granted_usd: free, grants: living }
  // Another machine that holds more than its share has less when it asks next, which is soon.
  // The last call is one machine's: each of two that had half of it would cross the line.
  const share = Math.max(left / (living.length + 1), call_usd)
  const granted_usd = living.length === 0 ? free : Math.min(free, share)
  // What it holds counts until it says that it holds the new share: the answer may not arrive, or come too early to be taken.
  const own = grants.find((grant) => grant.machine_id === machine_id)
  const outstanding = own === undefined ? 0 : heldOf(own, held_at, spentOf)
  const reserves = outstanding > granted_usd
  const grant: GrantRecord = {
    machine_id,
    granted_usd: reserves ? outstanding : granted_usd,
    ...(reserves ? { answered_usd: granted_usd } : {}),
    spent_usd: spentOf(machine_id),
    at: now,
  }
  return { granted_usd, grants: [...living, grant] }
}

/** What a machine may hold of its own, when it asks again. */
function heldOf(own: GrantRecord, heldAt: number | undefined, spentOf: (machine: string) => number): number {
  // One that does not say what it holds is taken to hold the next answer at once.
  if (heldAt === undefined) return 0
  if (heldAt !== own.at) return unusedOf(own, spentOf)
  return unusedOf({ ...own, granted_usd: own.answered_usd ?? own.granted_usd }, spentOf)
}

function unusedOf({ machine_id, granted_usd, spent_usd }: GrantRecord, spentOf: (machine: string) => number): number {
  return atLeastZero(granted_usd - Math.max(0, spentOf(machine_id) - spent_usd))
}

function atLeastZero(usd: number): number {
  return usd < LEAST_USD ? 0 : usd
}
