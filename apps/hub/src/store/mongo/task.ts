import { setTimeout as delay } from 'node:timers/promises'
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

/** So long a claim of another session may be on its way before it counts as left behind; in milliseconds. */
const ON_ITS_WAY = 1_000
const LOOK_EVERY = 50

/**
 * Makes the id of a task its own over all sessions, each of which is a document with its tasks in it.
 * The place is claimed before the task is written, and looked at again after that; who takes a place over looks at the
 * other session once more. So of two sessions that want one id, one sees the other.
 */
export class TaskPlaces {
  readonly #places: Collection<PlaceDocument>
  readonly #sessions: Collection<SessionDocument>

  constructor(connection: Connection) {
    this.#places = connection.collection('task_place')
    this.#sessions = connection.collection('session')
  }

  /** Before the task is written. @throws HubError `conflict` when another session has a task of that id */
  async claim({ task_id, session_id }: TaskRecord): Promise<void> {
    const _id = textId(task_id)
    let waited = 0
    for (;;) {
      if (await this.#insert(_id, session_id)) return
      const known = await this.#places.findOne({ _id })
      if (known === null) continue
      const other = known.session_id
      if (other === session_id) return
      if (await this.#has(other, task_id)) throw taskExists(task_id)
      if (waited < ON_ITS_WAY) {
        await delay(LOOK_EVERY)
        waited += LOOK_EVERY
        continue
      }
      // Claimed by who died, or was refused, before it was written.
      const taken = await this.#places.updateOne({ _id, session_id: other }, { $set: { session_id } })
      if (taken.matchedCount !== 1) continue
      if (!(await this.#has(other, task_id))) return
      // It was only slow.
      await this.#places.updateOne({ _id, session_id }, { $set: { session_id: other } })
      throw taskExists(task_id)
    }
  }

  /** After the task is written. @returns false when another session has taken its place */
  async isKept({ task_id, session_id }: Pick<TaskRecord, 'task_id' | 'session_id'>): Promise<boolean> {
    const _id = textId(task_id)
    for (;;) {
      const known = await this.#places.findOne({ _id })
      if (known !== null) return known.session_id === session_id
      // It was released for a task of that id that this session had before.
      if (await this.#insert(_id, session_id)) return true
    }
  }

  async find(id: string): Promise<string | undefined> {
    return (await this.#places.findOne({ _id: textId(id) }))?.session_id
  }

  /** After the tasks are gone from their session; done again, it does no harm. */
  async release(session_id: string, ids: readonly string[]): Promise<void> {
    // One may have been made anew.
    const there = new Set(await this.tasksOf(session_id))
    const gone = ids.filter((id) => !there.has(id))
    if (gone.length === 0) return
    await this.#places.deleteMany({ _id: { $in: gone.map(textId) }, session_id })
    const again = (await this.tasksOf(session_id)).filter((id) => gone.includes(id))
    for (const id of again) await this.#insert(textId(id), session_id)
  }

  /** Ids of the tasks that a session has. */
  async tasksOf(sessionId: string): Promise<string[]> {
    const session = await this.#sessions.findOne({ _id: textId(sessionId) }, { projection: { 'tasks.task_id': 1 } })
    return session?.tasks?.map(({ task_id }) => task_id) ?? []
  }

  async #insert(_id: string, session_id: string): Promise<boolean> {
    try {
      await this.#places.insertOne({ _id, session_id })
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  }

  async #has(sessionId: string, taskId: string): Promise<boolean> {
    return (await this.tasksOf(sessionId)).includes(taskId)
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
