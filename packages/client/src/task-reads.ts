import type { SessionTasks, Task } from '@signalbox/contract/task'
import type { CallOptions } from './call-options.ts'
import { type EachRowOptions, eachRow } from './each-row.ts'
import type { ListQuery, TaskQuery } from './query.ts'
import { SessionReads } from './session-reads.ts'

/** The routes that read tasks, added to those before. */
export class TaskReads extends SessionReads {
  /** The tasks of a session by status, and its progress. Scope `read`. */
  getSessionTaskProgress(sessionId: string, { signal }: CallOptions = {}): Promise<SessionTasks> {
    return this.http.send({ method: 'GET', path: '/sessions/:id/tasks', id: sessionId, signal })
  }

  /** Scope `read`. */
  getTask(taskId: string, { signal }: CallOptions = {}): Promise<Task> {
    return this.http.send({ method: 'GET', path: '/tasks/:id', id: taskId, signal })
  }

  /** Every matching task, newest first, as `eachSession`. Scope `read`. */
  eachTask(query: Omit<TaskQuery, keyof ListQuery> = {}, options: EachRowOptions = {}): AsyncGenerator<Task, void, undefined> {
    return eachRow((page, more) => this.listTasks({ ...query, ...page }, more), options)
  }
}
