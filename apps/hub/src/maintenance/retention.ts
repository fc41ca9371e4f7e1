import type { CleanedUp } from '@signalbox/contract/session-cleanup'
import type { Store } from '../store/store.ts'
import { cleanUp } from './clean-up.ts'

/** Days after their end when sessions are archived. */
export const ARCHIVE_AFTER_DAYS = 90

/** What the hub does once a day: archive what ended long ago, and remove what was archived, where that is wanted. */
export async function retain(store: Store, retentionDays: number | undefined, now: number): Promise<CleanedUp[]> {
  const archived = await cleanUp(store, { older_than_days: ARCHIVE_AFTER_DAYS, statuses: ['completed', 'failed'], archive: true }, now)
  if (retentionDays === undefined) return [archived]
  return [archived, await cleanUp(store, { older_than_days: retentionDays, statuses: ['archived'] }, now)]
}
