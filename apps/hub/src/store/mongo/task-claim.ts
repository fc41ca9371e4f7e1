import type { Collection } from 'mongodb'
import { taskExists } from '../../state/task.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { Connection } from './connection.ts'
import { type ClaimDocument, Claims } from './core/claim.ts'
import type { SessionDocument } from './session-document.ts'
import { textId } from './text-id.ts'

/** Makes the ids of tasks unique over all sessions, each of which is a document that contains its tasks. */
export class TaskClaims {
  readonly documents: Collection<ClaimDocument>
  readonly #claims: Claims

  constructor(connection: Connection, options: { timeoutMs?: number | undefined } = {}) {
    this.documents = connection.collection('task_place')
    const sessions = connection.collection<SessionDocument>('session')
    const tasksOf = async (sessionId: string): Promise<string[]> => {
      const session = await sessions.findOne({ _id: textId(sessionId) }, { projection: { 'tasks.task_id': 1 } })
      return session?.tasks?.map(({ task_id }) => task_id) ?? []
    }
    this.#claims = new Claims(this.documents, tasksOf, options)
  }

  /** To be called before the task is written. @throws HubError `conflict` when another session has a task of that id */
  async claim({ task_id, session_id }: TaskRecord): Promise<void> {
    if (!(await this.#claims.claim(task_id, session_id))) throw taskExists(task_id)
  }

  /** Of these tasks of a session: the ids that another session has taken over. */
  async lost(sessionId: string, ids: readonly string[]): Promise<string[]> {
    const lost: string[] = []
    for (const id of ids) if (!(await this.#claims.isClaimed(id, sessionId))) lost.push(id)
    return lost
  }

  sessionOf(taskId: string): Promise<string | undefined> {
    return this.#claims.ownerOf(taskId)
  }

  release(sessionId: string, ids: readonly string[]): Promise<void> {
    return this.#claims.release(sessionId, ids)
  }
}
