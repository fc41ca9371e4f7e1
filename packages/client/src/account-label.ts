/** An account as an answer of the hub names it. */
export interface NamedAccount {
  readonly account?: string | undefined
  readonly accountName?: string | undefined
}

/** The characters of an account's id that people see of a long one. */
const SHORT_ID_LENGTH = 8

/** The words of `accountLabel`; the page has them in other languages too. */
export const accountWords = {
  unknown: 'Account unknown',
  withId: (id: string) => `Account ${id}`,
}

/** What people see of an account: its name, else its id, of which a UUID is shortened. */
export function accountLabel({ account, accountName }: NamedAccount, words: typeof accountWords = accountWords): string {
  if (accountName !== undefined) return accountName
  if (account === undefined) return words.unknown
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(account) ? words.withId(account.slice(0, SHORT_ID_LENGTH)) : account
}
