import type { Account } from '@signalbox/contract/account'
import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { loadAllPages } from './all-pages.ts'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

const MAX_ACCOUNTS = 500

export const accountsQuery = queryOptions({
  queryKey: keys.accounts,
  queryFn: async ({ signal }) => {
    const { rows } = await loadAllPages((page, more) => hub.listAccounts(page, more), MAX_ACCOUNTS, signal)
    return rows
  },
})

/** The accounts whose plan limits the hub has, those in use first. */
export function useAccounts(): UseQueryResult<Account[]> {
  return useQuery(accountsQuery)
}

/** An account that has a card of its own; `account` is undefined where it is the only one, as on most hubs. */
export interface CardAccount {
  readonly account: string | undefined
  /** Whether the card says whose it is: the hub knows several. */
  readonly isLabelled: boolean
}

const onlyCard: readonly CardAccount[] = [{ account: undefined, isLabelled: false }]

/** The accounts in use, always in the same order. */
export function useCardAccounts(): readonly CardAccount[] {
  const { data = [] } = useAccounts()
  const inUse = data.filter((one) => one.inUse)
  if (inUse.length <= 1) return data.length <= 1 ? onlyCard : [{ account: undefined, isLabelled: true }]
  return inUse.map(({ account }) => ({ account, isLabelled: true }))
}

/** Whether a plan in use may have a 5-hour limit: false only when every one of them is known to have none. */
export function useHasSessionLimit(): boolean {
  const { data = [] } = useAccounts()
  const inUse = data.filter((one) => one.inUse)
  return inUse.length === 0 || inUse.some(({ hasSessionLimit }) => hasSessionLimit)
}

/** Whether usage by person says more than usage of all: several accounts report, or one has the name of a person. */
export function useHasPeople(): boolean {
  const { data = [] } = useAccounts()
  const known = data.filter(({ account }) => account !== undefined)
  return known.length > 1 || known.some(({ name }) => name !== undefined)
}
