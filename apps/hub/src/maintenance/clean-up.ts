import type { SessionStatus } from '@signalbox/contract/session'
import type { CleanedUp, Cleanup } from '@signalbox/contract/session-cleanup'
import { instantOf } from '../clock.ts'
import type { Held } from '../state/held.ts'
import { archiveSession, removeEnded } from '../state/session.ts'
import type { Store } from '../store/store.ts'

const DAY = 86_400_000
/** Sessions in one go: nobody else should wait for long. */
const AT_ONCE = 200

/** A session that was taken, and how many tasks went with it. */
interface Taken {
  readonly status: SessionStatus
  readonly tasks: number
}

/** Archives or removes what ended long ago; a dry run counts what the real one would do. */
export async function cleanUp(store: Store, { older_than_days, statuses, dry_run, archive }: Cleanup, now: number): Promise<CleanedUp> {
  const before = now - older_than_days * DAY
  // What is archived already is not archived again.
  const wanted: readonly SessionStatus[] = [...new Set(statuses)].filter((status) => !archive || status !== 'archived')
  const breakdown = { completed: 0, failed: 0, archived: 0 }
  let tasksDeleted = 0
  /** What somebody else has archived, removed or recovered since it was found steps aside. */
  const take = (id: string): Promise<Taken | null> =>
    store.sessions.change<Taken | null>(id, archive ? {} : { tasks: true }, { now }, (held) => {
      const { session } = held
      if (session === undefined || !isWanted(session)) return { events: [], result: null }
      const { result, ...outcome } = outcomeOf(held, id)
      return { ...outcome, result: { status: session.status, tasks: typeof result === 'number' ? result : 0 } }
    })
  const isWanted = ({ status, completed_at }: NonNullable<Held['session']>) =>
    wanted.includes(status) && completed_at !== null && completed_at < before
  const outcomeOf = (held: Held, id: string) => (archive ? archiveSession(held, now, id) : removeEnded(held, now, id))
  if (dry_run) {
    for (const { status, sessions, tasks } of wanted.length === 0 ? [] : await store.sessions.countEnded({ statuses: wanted, before })) {
      breakdown[status as keyof typeof breakdown] += sessions
      if (!archive) tasksDeleted += tasks
    }
  } else {
    for (;;) {
      const found = wanted.length === 0 ? [] : await store.sessions.ended({ statuses: wanted, before, limit: AT_ONCE })
      const taken = await Promise.all(found.map(({ session_id }) => take(session_id)))
      for (const one of taken) {
        if (one === null) continue
        breakdown[one.status as keyof typeof breakdown]++
        tasksDeleted += one.tasks
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
