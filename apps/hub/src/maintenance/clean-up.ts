import type { CleanedUp, Cleanup } from '@signalbox/contract/session'
import { instantOf } from '../clock.ts'
import { archiveSession, removeEnded } from '../state/session.ts'
import type { Store } from '../store/store.ts'

const DAY = 86_400_000
/** Sessions in one go: nobody else should wait for long. */
const AT_ONCE = 200

/** Archives or removes what ended long ago; a dry run counts what the real one would do. */
export async function cleanUp(store: Store, { older_than_days, statuses, dry_run, archive }: Cleanup, now: number): Promise<CleanedUp> {
  const before = now - older_than_days * DAY
  // What is archived already is not archived again.
  const wanted = [...new Set(statuses)].filter((status) => !archive || status !== 'archived')
  const breakdown = { completed: 0, failed: 0, archived: 0 }
  let tasksDeleted = 0
  if (dry_run) {
    for (const { status, sessions, tasks } of wanted.length === 0 ? [] : await store.sessions.countEnded({ statuses: wanted, before })) {
      breakdown[status as keyof typeof breakdown] += sessions
      if (!archive) tasksDeleted += tasks
    }
  } else {
    for (;;) {
      const found = wanted.length === 0 ? [] : await store.sessions.ended({ statuses: wanted, before, limit: AT_ONCE })
      const done = await Promise.all(
        found.map(async ({ session_id: id, status }) => ({
          status: status as keyof typeof breakdown,
          tasks: archive
            ? await store.sessions.change(id, {}, { now }, (held) => ({ ...archiveSession(held, now, id), result: 0 }))
            : await store.sessions.change(id, { tasks: true }, { now }, (held) => removeEnded(held, now, id)),
        })),
      )
      for (const { status, tasks } of done) {
        breakdown[status]++
        tasksDeleted += tasks
      }
      if (found.length < AT_ONCE) break
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
