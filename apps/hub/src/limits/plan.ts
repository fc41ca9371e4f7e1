import type { LimitAccount } from '../store/limit-version.ts'
import type { LimitStore } from '../store/limits.ts'
import { accountsInUse } from './accounts-in-use.ts'

/** The accounts whose versions are numbered together. */
export interface Plan {
  /** Undefined where no snapshot names one. */
  readonly account: string | undefined
  /** The name that a person has given the account. */
  readonly name: string | undefined
  readonly accounts: readonly LimitAccount[]
  readonly names: readonly string[]
  readonly total: number
}

/** The plans that snapshots were sent of. */
export interface Plans {
  /** Those in use, the one that the hub saw first first. Empty while there is no snapshot. */
  readonly inUse: readonly Plan[]
  readonly former: readonly Plan[]
}

type PlanStore = Pick<LimitStore, 'accounts' | 'heads'>

/**
 * All plans. While snapshots name one account only, those without an account belong to it too. The first one in use is the
 * plan of a request that names no account: of several people, each new snapshot would else make it another one's.
 */
export async function readPlans(store: PlanStore): Promise<Plans> {
  const all = (await store.accounts()).filter(({ versions }) => versions > 0)
  const named = all.filter(({ account }) => account !== '')
  if (all.length === 0) return { inUse: [], former: [] }
  if (named.length <= 1) return { inUse: [toPlan(named[0] ?? all[0]!, all)], former: [] }
  // One that names no account belongs to one of the others, unknown which: it is never the first.
  const inUse = accountsInUse(named, await store.heads(named.map(({ account }) => account)))
  const former = all.filter((one) => !inUse.includes(one))
  return { inUse: inUse.map((one) => toPlan(one, [one])), former: former.map((one) => toPlan(one, [one])) }
}

/**
 * The plan of an account, or the first one in use.
 * @returns undefined while there is no snapshot of it
 */
export async function planOf(store: PlanStore, account: string | undefined): Promise<Plan | undefined> {
  const { inUse, former } = await readPlans(store)
  return account === undefined ? inUse[0] : [...inUse, ...former].find((plan) => plan.account === account)
}

function toPlan({ account, name }: LimitAccount, accounts: readonly LimitAccount[]): Plan {
  return {
    account: account === '' ? undefined : account,
    name,
    accounts,
    names: accounts.map(({ account }) => account),
    total: accounts.reduce((sum, { versions }) => sum + versions, 0),
  }
}
