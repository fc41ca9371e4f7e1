import { accountLabel } from '@signalbox/client/account-label'
import type { Account } from '@signalbox/contract/account'
import { printable } from '@signalbox/contract/printable'
import { Failure } from '../failure.ts'
import { formatCount } from '../format-number.ts'
import { fetchRows } from '../hub/fetch-rows.ts'
import type { Hub } from '../hub/with-hub.ts'
import { didYouMean } from '../nearest.ts'

const MIN_PREFIX_LENGTH = 4

/** No account of the hub, or more than one, is meant. */
export class UnknownAccount extends Failure {}

/** All accounts, those in use first. */
export async function fetchAccounts({ client }: Hub): Promise<readonly Account[]> {
  const { rows } = await fetchRows(Number.POSITIVE_INFINITY, (page, more) => client.listAccounts(page, more))
  return rows
}

/**
 * The account with this id or name, or with an id that begins so.
 * @throws Failure when there is none, or more than one
 */
export function findAccount(accounts: readonly Account[], asked: string): Account & { readonly account: string } {
  const named = accounts.filter((one): one is Account & { readonly account: string } => one.account !== undefined)
  const lower = asked.trim().toLowerCase()
  const exact = named.filter(({ account }) => account === asked)
  const byName = named.filter(({ name }) => name?.toLowerCase() === lower)
  const byPrefix = lower.length < MIN_PREFIX_LENGTH ? [] : named.filter(({ account }) => account.toLowerCase().startsWith(lower))
  const found = [exact, byName, byPrefix].find((matches) => matches.length > 0) ?? []
  const [only] = found
  if (only === undefined) {
    const names = named.flatMap(({ account, name }) => [...(name == null ? [] : [name]), account]).map(printable)
    const hint = didYouMean(asked.trim(), names)
    throw new UnknownAccount(`no account has the name or id ${printable(asked)}.${hint}`, '`signalbox accounts list` shows them.')
  }
  if (found.length === 1) return only
  const candidates = found.map(({ account, name }) => `${printable(account)}  ${printable(accountLabel({ account, accountName: name }))}`)
  throw new UnknownAccount([`${formatCount(found.length, 'account')} match ${printable(asked)}:`, ...candidates, 'Type the id.'].join('\n'))
}
