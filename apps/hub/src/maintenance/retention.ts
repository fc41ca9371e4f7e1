import type { CleanupResult } from '@signalbox/contract/session-cleanup'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { Store } from '../store/store.ts'
import { cleanUp } from './clean-up.ts'

/** Sessions are archived this many days after their end. */
export const ARCHIVE_AFTER_DAYS = 90

export interface RetentionOptions {
  readonly store: Store
  readonly retentionDays: number | undefined
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

/** The daily retention, with what it did in the log and the audit log. @throws HubError where the sessions cannot be changed */
export async function retainDaily({ store, retentionDays, clock, logger }: RetentionOptions): Promise<void> {
  for (const { sessions_affected, operation } of await retain(store, retentionDays, clock.now())) {
    if (sessions_affected === 0) continue
    logger.info({ sessions: sessions_affected, operation }, 'old sessions were archived or removed')
    const details = { sessions_affected, operation }
    await store.audit
      .append({ action: 'sessions.cleaned_up', key_name: 'the hub', details }, { now: clock.now() })
      .catch((err: unknown) => logger.warn({ err }, 'clean-up not recorded'))
  }
}

/** Archives sessions that ended long ago, and removes archived ones where `retentionDays` is set. */
async function retain(store: Store, retentionDays: number | undefined, now: number): Promise<CleanupResult[]> {
  const archived = await cleanUp(store, { older_than_days: ARCHIVE_AFTER_DAYS, statuses: ['completed', 'failed'], archive: true }, now)
  if (retentionDays === undefined) return [archived]
  return [archived, await cleanUp(store, { older_than_days: retentionDays, statuses: ['archived'] }, now)]
}
