import { isOverdueTogether } from '../../state/session-heartbeat.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import { failDueAt, slotLostAt } from '../../state/session-stalled.ts'
import { heartbeatStatuses } from '../../state/transition.ts'
import type { SessionStore } from '../session.ts'
import type { Connection } from './connection.ts'

const monitored = heartbeatStatuses.map((status) => `'${status}'`).join(', ')

type DueRow = Pick<SessionRecord, 'session_id' | 'due_at' | 'last_heartbeat' | 'heartbeat_interval_ms'>
type StalledRow = Pick<SessionRecord, 'session_id' | 'stalled_at' | 'stalled_fail_after_ms' | 'not_seen_since' | 'docker_slot'>

/**
 * What the monitor asks about sessions: which are overdue, stalled or not seen for too long. Where gaps in listening count, SQL
 * selects candidates.
 */
export function overdueSessions(
  connection: Connection,
): Pick<SessionStore, 'due' | 'countOverdue' | 'heartbeatsInFuture' | 'stalledTooLong' | 'lostSlots'> {
  const unseen = (column: 'stalled_at' | 'not_seen_since', more: string, now: number, failAfterMs: number) =>
    connection
      .prepare(
        `SELECT session_id, stalled_at, stalled_fail_after_ms, not_seen_since, docker_slot FROM session
         WHERE ${column} IS NOT NULL${more} AND stalled_fail_after_ms IS NOT 0 AND ${column} <= ? - coalesce(stalled_fail_after_ms, ?)`,
      )
      .all(now, failAfterMs) as StalledRow[]
  return {
    async due({ now, listening, limit }) {
      return connection.read(() => {
        const rows = connection
          .prepare('SELECT session_id, due_at, last_heartbeat FROM session WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at')
          .iterate(listening.latestDue(now)) as IterableIterator<DueRow>
        const due: string[] = []
        for (const row of rows) {
          if (listening.overdueAt(row)! <= now) due.push(row.session_id)
          if (due.length === limit) break
        }
        return due
      })
    },
    async countOverdue({ now, listening }) {
      return connection.read(() => {
        const count = connection
          .prepare(`SELECT coalesce(sum(sessions), 0) FROM session_count WHERE status IN (${monitored})`)
          .pluck()
          .get() as number
        const rows = connection
          .prepare(
            `SELECT due_at, last_heartbeat, heartbeat_interval_ms FROM session
             WHERE due_at IS NOT NULL AND (claude_code IS NULL OR heartbeat_interval_ms IS NOT NULL)
             AND due_at - coalesce(heartbeat_interval_ms, max(0, due_at - last_heartbeat) / 5) <= ?`,
          )
          .all(listening.latestDue(now)) as DueRow[]
        const together = rows.filter((row) => isOverdueTogether(row, listening, now))
        const since = together.reduce((first, { last_heartbeat }) => Math.min(first, last_heartbeat), now)
        return { monitored: count, overdueTogether: together.length, since }
      })
    },
    async heartbeatsInFuture(now, limit) {
      return connection.read(
        () =>
          connection
            .prepare(`SELECT session_id FROM session WHERE status IN (${monitored}) AND last_heartbeat > ? LIMIT ?`)
            .pluck()
            .all(now, limit) as string[],
      )
    },
    async stalledTooLong({ now, failAfterMs, listening, limit }) {
      return connection.read(() =>
        unseen('stalled_at', '', now, failAfterMs)
          .filter((row) => (failDueAt(row, failAfterMs, listening) ?? Number.POSITIVE_INFINITY) <= now)
          .slice(0, limit)
          .map(({ session_id }) => session_id),
      )
    },
    async lostSlots({ now, failAfterMs, listening, limit }) {
      return connection.read(() =>
        unseen('not_seen_since', ' AND docker_slot IS NOT NULL', now, failAfterMs)
          .filter((row) => (slotLostAt(row, failAfterMs, listening) ?? Number.POSITIVE_INFINITY) <= now)
          .slice(0, limit)
          .map(({ session_id }) => session_id),
      )
    },
  }
}
