import type { FetchPage, Key, StateTrackingApiClient } from '@signalbox/client'
import { fetchRows } from '../../hub/fetch-rows.ts'

/** How many names a line of a checklist has. */
const MAX_NAMES = 5

/** Every row of a list, from as many pages as it has. */
export async function allRows<Row>(fetchPage: FetchPage<Row>): Promise<readonly Row[]> {
  return (await fetchRows(Number.POSITIVE_INFINITY, fetchPage)).rows
}

/** The keys that are not revoked. */
export async function keysInUse(client: Pick<StateTrackingApiClient, 'listKeys'>): Promise<Key[]> {
  return (await allRows((page, more) => client.listKeys(page, more))).filter(({ revoked_at }) => revoked_at === undefined)
}

export function someNames(names: readonly string[]): string {
  return names.slice(0, MAX_NAMES).join(', ')
}
