import type { SessionStatus } from '@signalbox/contract/session'
import type { Cleanup, CleanupResult } from '@signalbox/contract/session-cleanup'
import { instantOf } from '../clock.ts'
import type { LoadedSession } from '../state/change-set.ts'
import { archiveSession, removeEnded } from '../state/session.ts'
import type { Store } from '../store/store.ts'

const DAY_MS = 86_400_000
/** Sessions in one batch: other writes should not wait for long. */
const BATCH_SIZE = 200

/** A session that was archived or removed, and the number of its tasks that went with it. */
interface CleanedSession {
  readonly status: SessionStatus
  readonly tasks: number
}

/** Archives or removes sessions that ended long ago; a dry run only counts them. */
export async function cleanUp(store: Store, { older_than_days, statuses, dry_run, archive }: Cleanup, now: number): Promise<CleanupResult> {
  const before = now - older_than_days * DAY_MS
  // Archived sessions are not archived again.
  const selected: readonly SessionStatus[] = [...new Set(statuses)].filter((status) => !archive || status !== 'archived')
  const breakdown = { completed: 0, failed: 0, archived: 0 }
  let tasksDeleted = 0
  /** @returns null for a session that another request has archived, removed or recovered meanwhile */
  const cleanSession = (id: string): Promise<CleanedSession | null> =>
    store.sessions.change<CleanedSession | null>(id, archive ? {} : { tasks: true }, { now }, (state) => {
      const { session } = state
      if (session === undefined || !isSelected(session)) return { events: [], result: null }
      const { result, ...changes } = decide(state, id)
      return { ...changes, result: { status: session.status, tasks: typeof result === 'number' ? result : 0 } }
    })
  const isSelected = ({ status, completed_at }: NonNullable<LoadedSession['session']>) =>
    selected.includes(status) && completed_at !== null && completed_at < before
  const decide = (state: LoadedSession, id: string) => (archive ? archiveSession(state, now, id) : removeEnded(state, now, id))
  if (dry_run) {
    for (const { status, sessions, tasks } of selected.length === 0
      ? []
      : await store.sessions.countEnded({ statuses: selected, before })) {
      breakdown[status as keyof typeof breakdown] += sessions
      if (!archive) tasksDeleted += tasks
    }
  } else {
    for (;;) {
      const found = selected.length === 0 ? [] : await store.sessions.ended({ statuses: selected, before, limit: BATCH_SIZE })
      const cleaned = await Promise.all(found.map(({ session_id }) => cleanSession(session_id)))
      for (const result of cleaned) {
        if (result === null) continue
        breakdown[result.status as keyof typeof breakdown]++
        tasksDeleted += result.tasks
      }
      if (found.length < BATCH_SIZE) break
    }
  }
  return {
    sessions_affected: breakdown.completed + breakdown.failed + breakdown.archived,
    tasks_deleted: tasksDeleted,
    breakdown_by_status: breakdown,
    operation: archive ? 'archive' : 'purge',
    dry_run: dry_run ?? false,
    completed_at: instantOf(now),
  }
}
