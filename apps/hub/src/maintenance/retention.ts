import type { CleanupResult } from '@signalbox/contract/session-cleanup'
import type { Store } from '../store/store.ts'
import { cleanUp } from './clean-up.ts'

/** Sessions are archived this many days after their end. */
export const ARCHIVE_AFTER_DAYS = 90

/** The daily retention: archives sessions that ended long ago, and removes archived ones where `retentionDays` is set. */
export async function retain(store: Store, retentionDays: number | undefined, now: number): Promise<CleanupResult[]> {
  const archived = await cleanUp(store, { older_than_days: ARCHIVE_AFTER_DAYS, statuses: ['completed', 'failed'], archive: true }, now)
  if (retentionDays === undefined) return [archived]
  return [archived, await cleanUp(store, { older_than_days: retentionDays, statuses: ['archived'] }, now)]
}
