import type { NewEvent } from '../event/new-event.ts'

/** The event of an account that was given another name, or none. */
export function accountNamed(account: string, name: string | undefined): NewEvent {
  return { event: 'limits.account', data: { account, ...(name === undefined ? {} : { name }) } }
}
