import type { Collection, Filter } from 'mongodb'
import { isOverdueTogether } from '../../state/session-heartbeat.ts'
import { isWatchedByObservers, type SessionRecord } from '../../state/session-record.ts'
import { failDueAt, slotLostAt } from '../../state/session-stalled.ts'
import { heartbeatStatuses } from '../../state/transition.ts'
import type { SessionStore, StalledQuery } from '../session.ts'
import type { Connection } from './connection.ts'
import { type SessionDocument, sessionFilter } from './session-document.ts'

const dueFields = { 'session.session_id': 1, 'session.due_at': 1, 'session.last_heartbeat': 1, 'session.heartbeat_interval_ms': 1 }
const stalledFields = {
  'session.session_id': 1,
  'session.stalled_at': 1,
  'session.stalled_fail_after_ms': 1,
  'session.not_seen_since': 1,
  'session.docker_slot': 1,
}
const watchFields = { ...dueFields, 'session.claude_code': 1 }

/** What the monitor asks about sessions: which are overdue, stalled or not seen for too long. */
export function overdueSessions(
  connection: Connection,
  sessions: Collection<SessionDocument>,
): Pick<SessionStore, 'due' | 'countOverdue' | 'heartbeatsInFuture' | 'stalledTooLong' | 'lostSlots'> {
  /** The ids of the sessions with an instant that is too long ago. */
  const tooLong = (
    column: 'stalled_at' | 'not_seen_since',
    more: Record<string, unknown>,
    dueAt: typeof failDueAt | typeof slotLostAt,
    { now, failAfterMs, listening, limit }: StalledQuery,
  ) =>
    connection.read(async () => {
      const name = `session.${column}`
      const own = { [name]: { $gt: 0 }, 'session.stalled_fail_after_ms': { $gt: 0 }, ...more }
      const usual = { [name]: { $gt: 0, $lte: now - failAfterMs }, 'session.stalled_fail_after_ms': null, ...more }
      const filter = { $or: failAfterMs === 0 ? [own] : [own, usual] } as unknown as Filter<SessionDocument>
      const found: string[] = []
      for await (const { session } of sessions.find(filter, { projection: stalledFields })) {
        const due = dueAt(session as SessionRecord, failAfterMs, listening)
        if (due !== undefined && due <= now) found.push(session.session_id)
        if (found.length === limit) break
      }
      return found
    })
  return {
    stalledTooLong: (query) => tooLong('stalled_at', {}, failDueAt, query),
    lostSlots: (query) => tooLong('not_seen_since', { 'session.docker_slot': { $gt: 0 } }, slotLostAt, query),
    due({ now, listening, limit }) {
      return connection.read(async () => {
        const due: string[] = []
        const overdue = sessions.find({ 'session.due_at': { $lte: listening.latestDue(now) } } as Filter<SessionDocument>, {
          projection: dueFields,
          sort: { 'session.due_at': 1 },
        })
        for await (const { session } of overdue) {
          if (listening.overdueAt(session)! <= now) due.push(session.session_id)
          if (due.length === limit) break
        }
        return due
      })
    },
    countOverdue({ now, listening }) {
      return connection.read(async () => {
        const monitored = await sessions.countDocuments(sessionFilter({ statuses: heartbeatStatuses }) as Filter<SessionDocument>)
        let overdueTogether = 0
        let since = now
        const withDue = { 'session.due_at': { $gt: 0 } } as Filter<SessionDocument>
        for await (const { session } of sessions.find(withDue, { projection: watchFields })) {
          if (isWatchedByObservers(session) || !isOverdueTogether(session, listening, now)) continue
          overdueTogether++
          since = Math.min(since, session.last_heartbeat)
        }
        return { monitored, overdueTogether, since }
      })
    },
    heartbeatsInFuture(now, limit) {
      return connection.read(async () => {
        const filter = {
          ...sessionFilter({ statuses: heartbeatStatuses }),
          'session.last_heartbeat': { $gt: now },
        } as Filter<SessionDocument>
        const found = await sessions.find(filter, { projection: { 'session.session_id': 1 }, limit }).toArray()
        return found.map(({ session }) => session.session_id)
      })
    },
  }
}
