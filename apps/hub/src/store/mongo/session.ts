import { type SessionStatus, sessionStatuses } from '@signalbox/contract/session'
import type { Filter } from 'mongodb'
import { liveStatuses } from '../../state/transition.ts'
import { watchedColumns, watchedSession } from '../../state/watched-session.ts'
import { rangeOf } from '../id-prefix.ts'
import type { SessionStore } from '../session.ts'
import type { AuditLog } from './audit.ts'
import type { Connection } from './connection.ts'
import { removedUpTo } from './deletion.ts'
import { overdueSessions } from './overdue-session.ts'
import { behind } from './place.ts'
import type { Sessions } from './session-change.ts'
import { type SessionDocument, sessionFilter } from './session-document.ts'
import { textId } from './text-id.ts'

type SessionFilter = Filter<SessionDocument>

const watchedFields = Object.fromEntries([...watchedColumns, 'claude_code'].map((name) => [`session.${name}`, 1]))

export function sessionStore(connection: Connection, sessions: Sessions, audit: AuditLog): SessionStore {
  const { documents } = sessions.collection
  return {
    change(id, readSet, change, decide) {
      return connection.write(() => audit.record(change, () => sessions.change(id, readSet, change, decide)))
    },
    async find(id) {
      const found = await connection.read(() => documents.findOne({ _id: textId(id) }, { projection: { session: 1 } }))
      return found?.session
    },
    removedUpTo(id, machine, projects) {
      return connection.read(() => removedUpTo(connection, id, machine, projects))
    },
    observedEvents(id, limit) {
      return connection.read(() => sessions.observed.newest(id, limit))
    },
    list({ statuses, project_id, machine_id, session_id_prefix, heartbeatBefore, order, limit, offset, after }) {
      const filter = sessionFilter({ statuses, project_id, machine_id })
      if (session_id_prefix !== undefined) {
        const [from, to] = rangeOf(session_id_prefix)
        filter._id = { $gte: from, $lt: to }
      }
      if (heartbeatBefore !== undefined) filter['session.last_heartbeat'] = { $lt: heartbeatBefore }
      return connection.read(async () => {
        const [rows, total] = await Promise.all([
          documents
            .find(
              {
                ...filter,
                ...behind(after, order === 'newest' ? 'session.created_at' : 'session.last_heartbeat', order === 'newest'),
              } as SessionFilter,
              {
                projection: { session: 1 },
                sort: order === 'newest' ? { 'session.created_at': -1, _id: 1 } : { 'session.last_heartbeat': 1, _id: 1 },
                skip: offset,
                limit,
              },
            )
            .toArray(),
          documents.countDocuments(filter as SessionFilter),
        ])
        return { rows: rows.map(({ session }) => session), total }
      })
    },
    observedOn(machineId) {
      const filter = { ...sessionFilter({ statuses: liveStatuses, machine_id: machineId }), 'session.claude_code': { $ne: null } }
      return connection.read(async () => {
        const found = await documents.find(filter as SessionFilter, { projection: { 'session.session_id': 1 } }).toArray()
        return found.map(({ session }) => session.session_id)
      })
    },
    watched({ failedSince }) {
      const read = (filter: Record<string, unknown>, more: Record<string, 1>) =>
        documents.find(filter as SessionFilter, { projection: { ...watchedFields, ...more } }).toArray()
      return connection.read(async () => {
        const [live, failed] = await Promise.all([
          read(sessionFilter({ statuses: liveStatuses }), {}),
          read({ 'session.status': 'failed', 'session.completed_at': { $gte: failedSince } }, { 'session.history': 1 }),
        ])
        return [...live, ...failed].map(({ session }) => watchedSession(session))
      })
    },
    counts(filter) {
      return connection.read(async () => {
        const count = (status: SessionStatus) => documents.countDocuments(sessionFilter({ ...filter, statuses: [status] }) as SessionFilter)
        const counted = await Promise.all(sessionStatuses.map(count))
        return Object.fromEntries(sessionStatuses.map((status, index) => [status, counted[index]])) as Record<SessionStatus, number>
      })
    },
    ...overdueSessions(connection, documents),
    ended({ statuses, before, limit }) {
      return connection.read(async () => {
        const found = await documents
          .find(endedFilter(statuses, before), {
            projection: { 'session.session_id': 1, 'session.status': 1 },
            sort: { 'session.completed_at': 1, _id: 1 },
            limit,
          })
          .toArray()
        return found.map(({ session: { session_id, status } }) => ({ session_id, status }))
      })
    },
    countEnded({ statuses, before }) {
      return connection.read(async () => {
        const counted = new Map<SessionStatus, { status: SessionStatus; sessions: number; tasks: number }>()
        const projection = { 'session.status': 1, 'tasks.task_id': 1 }
        for await (const { session, tasks } of documents.find(endedFilter(statuses, before), { projection })) {
          const count = counted.get(session.status) ?? { status: session.status, sessions: 0, tasks: 0 }
          counted.set(session.status, { ...count, sessions: count.sessions + 1, tasks: count.tasks + (tasks?.length ?? 0) })
        }
        return [...counted.values()]
      })
    },
  }
}

function endedFilter(statuses: readonly SessionStatus[], before: number): SessionFilter {
  return { ...sessionFilter({ statuses }), 'session.completed_at': { $lt: before } } as SessionFilter
}
