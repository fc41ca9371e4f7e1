import { endedStatuses } from '@signalbox/contract/session-cleanup'
import type { TaskStatus } from '@signalbox/contract/task'
import type { Document, Filter } from 'mongodb'
import type { TaskRecord } from '../../state/task-record.ts'
import { liveStatuses } from '../../state/transition.ts'
import type { TaskQuery, TaskStore } from '../task.ts'
import type { Connection } from './connection.ts'
import { behind } from './place.ts'
import { type SessionDocument, sessionFilter } from './session-document.ts'
import type { TaskClaims } from './task-claim.ts'
import { textId } from './text-id.ts'

export function taskStore(connection: Connection, claims: TaskClaims): TaskStore {
  const sessions = connection.collection<SessionDocument>('session')
  const ofSession = async (id: string): Promise<TaskRecord[]> =>
    (await sessions.findOne({ _id: textId(id) }, { projection: { tasks: 1 } }))?.tasks ?? []
  return {
    find(id) {
      return connection.read(async () => {
        const session = await claims.sessionOf(id)
        return session === undefined ? undefined : (await ofSession(session)).find(({ task_id }) => task_id === id)
      })
    },
    ofSession(id) {
      return connection.read(() => ofSession(id))
    },
    unresolved({ endedSince }) {
      const projection = { tasks: 1, 'session.machine_id': 1, 'session.status': 1 }
      const isUnresolved = ({ status }: TaskRecord) => status === 'blocked' || status === 'failed'
      const read = (filter: Record<string, unknown>) =>
        sessions.find({ ...filter, 'tasks.status': { $in: ['blocked', 'failed'] } } as Filter<SessionDocument>, { projection }).toArray()
      const ended = { 'session.status': { $in: endedStatuses }, 'session.completed_at': { $gte: endedSince } }
      return connection.read(async () => {
        const [live, past] = await Promise.all([read(sessionFilter({ statuses: liveStatuses })), read(ended)])
        return [...live, ...past].flatMap(({ tasks, session: { machine_id, status: session_status } }) =>
          tasks.filter(isUnresolved).map((task) => ({ task, machine_id, session_status })),
        )
      })
    },
    list(query) {
      return connection.read(async () => {
        if (query.session_id !== undefined) return page(await ofSession(query.session_id), query)
        const { project_id, statuses, limit, offset, after } = query
        const status = statuses === undefined ? {} : { 'tasks.status': { $in: statuses } }
        const wanted = {
          'tasks.task_id': { $exists: true },
          ...(project_id === undefined ? {} : { 'session.project_id': project_id }),
          ...status,
        }
        const tasks: Document[] = [{ $match: wanted }, { $unwind: '$tasks' }, { $match: status }]
        const rest = after === undefined ? [] : [{ $match: behind(after, 'tasks.created_at', true, 'tasks.task_id') }]
        const newest = [...rest, { $sort: { 'tasks.created_at': -1, 'tasks.task_id': 1 } }, { $skip: offset }, { $limit: limit }]
        const [rows, counted] = await Promise.all([
          sessions.aggregate<{ tasks: TaskRecord }>([...tasks, ...newest, { $project: { tasks: 1 } }], { allowDiskUse: true }).toArray(),
          sessions.aggregate<{ total: number }>([...tasks, { $count: 'total' }]).toArray(),
        ])
        return { rows: rows.map((row) => row.tasks), total: counted[0]?.total ?? 0 }
      })
    },
  }
}

function page(
  tasks: readonly TaskRecord[],
  { project_id, statuses, limit, offset, after }: TaskQuery,
): { rows: TaskRecord[]; total: number } {
  const wanted = tasks
    .filter((task) => project_id === undefined || task.project_id === project_id)
    .filter((task) => statuses === undefined || (statuses as readonly TaskStatus[]).includes(task.status))
    .sort((a, b) => b.created_at - a.created_at || (a.task_id < b.task_id ? -1 : 1))
  const rest =
    after === undefined
      ? wanted
      : wanted.filter(({ created_at, task_id }) => created_at < after.at || (created_at === after.at && task_id > after.id))
  return { rows: rest.slice(offset, offset + limit), total: wanted.length }
}
