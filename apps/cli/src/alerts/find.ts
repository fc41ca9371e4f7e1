import { usageError } from '../failure.ts'
import { fetchRows } from '../hub/fetch-rows.ts'
import { findNamed } from '../hub/find-named.ts'
import type { Hub } from '../hub/with-hub.ts'

/** A full id, as the hub makes them. */
const fullId = /^a_[0-9a-f]{16,}$/
/** Alerts that are searched for the beginning of an id. */
const MAX_SEARCH_ROWS = 500

/** The full id of an alert. @throws Failure when none of the newest alerts begins so, or more than one */
export async function findAlert({ client }: Hub, asked: string): Promise<string> {
  if (fullId.test(asked)) return asked
  if (asked.trim() === '') throw usageError('Which alert?', '`signalbox alerts list` shows them.')
  const { rows } = await fetchRows(MAX_SEARCH_ROWS, (page, more) => client.listAlerts(page, more))
  const found = findNamed(rows, asked, {
    noun: 'alert',
    list: 'signalbox alerts list',
    idOf: ({ alert_id }) => alert_id,
    nameOf: ({ summary }) => summary,
  })
  return found.alert_id
}
