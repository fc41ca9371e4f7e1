import type { TaskStatus } from '@signalbox/contract/task'
import type { Collection, Document } from 'mongodb'
import { taskExists } from '../../state/task.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { TaskQuery, TaskStore } from '../store.ts'
import type { Connection } from './connection.ts'
import { isDuplicate } from './error.ts'
import type { SessionDocument } from './session.ts'
import { textId } from './text-id.ts'

/** In which session a task is kept. */
export interface PlaceDocument {
  _id: string
  session_id: string
}

/** Makes the id of a task its own over all sessions, each of which is a document with its tasks in it. */
export class TaskPlaces {
  readonly #places: Collection<PlaceDocument>

  constructor(connection: Connection) {
    this.#places = connection.collection('task_place')
  }

  /** Before the task is written. @throws HubError `conflict` when another session has a task of that id */
  async claim({ task_id, session_id }: TaskRecord, sessions: Collection<SessionDocument>): Promise<void> {
    const _id = textId(task_id)
    for (;;) {
      try {
        await this.#places.insertOne({ _id, session_id })
        return
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
      const known = await this.#places.findOne({ _id })
      if (known === null) continue
      if (known.session_id === session_id) return
      const other = await sessions.findOne({ _id: textId(known.session_id) }, { projection: { 'tasks.task_id': 1 } })
      if (other?.tasks.some((task) => task.task_id === task_id)) throw taskExists(task_id)
      // Claimed by who died, or was refused, before it was written.
      await this.#places.updateOne({ _id, session_id: known.session_id }, { $set: { session_id } })
    }
  }

  async find(id: string): Promise<string | undefined> {
    return (await this.#places.findOne({ _id: textId(id) }))?.session_id
  }

  async release(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#places.deleteMany({ _id: { $in: ids.map(textId) } })
  }
}

export function taskStore(connection: Connection, places: TaskPlaces): TaskStore {
  const sessions = connection.collection<SessionDocument>('session')
  const ofSession = async (id: string): Promise<TaskRecord[]> =>
    (await sessions.findOne({ _id: textId(id) }, { projection: { tasks: 1 } }))?.tasks ?? []

  return {
    find(id) {
      return connection.read(async () => {
        const session = await places.find(id)
        return session === undefined ? undefined : (await ofSession(session)).find(({ task_id }) => task_id === id)
      })
    },
    ofSession(id) {
      return connection.read(() => ofSession(id))
    },
    list(query) {
      return connection.read(async () => {
        if (query.session_id !== undefined) return page(await ofSession(query.session_id), query)
        const { project_id, statuses, limit, offset } = query
        const status = statuses === undefined ? {} : { 'tasks.status': { $in: statuses } }
        const wanted = {
          'tasks.task_id': { $exists: true },
          ...(project_id === undefined ? {} : { 'session.project_id': project_id }),
          ...status,
        }
        const tasks: Document[] = [{ $match: wanted }, { $unwind: '$tasks' }, { $match: status }]
        const newest = [{ $sort: { 'tasks.created_at': -1, 'tasks.task_id': 1 } }, { $skip: offset }, { $limit: limit }]
        const [rows, counted] = await Promise.all([
          sessions.aggregate<{ tasks: TaskRecord }>([...tasks, ...newest, { $project: { tasks: 1 } }], { allowDiskUse: true }).toArray(),
          sessions.aggregate<{ total: number }>([...tasks, { $count: 'total' }]).toArray(),
        ])
        return { rows: rows.map((row) => row.tasks), total: counted[0]?.total ?? 0 }
      })
    },
  }
}

function page(tasks: readonly TaskRecord[], { project_id, statuses, limit, offset }: TaskQuery): { rows: TaskRecord[]; total: number } {
  const wanted = tasks
    .filter((task) => project_id === undefined || task.project_id === project_id)
    .filter((task) => statuses === undefined || (statuses as readonly TaskStatus[]).includes(task.status))
    .sort((a, b) => b.created_at - a.created_at || (a.task_id < b.task_id ? -1 : 1))
  return { rows: wanted.slice(offset, offset + limit), total: wanted.length }
}
