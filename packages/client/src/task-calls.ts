import type { BlockTask, CreateTask, FailTask, SessionTasks, Task, UpdateTask } from '@signalbox/contract/task'
import type { CallOptions, ChangeOptions, ListOptions } from './call-options.ts'
import type { Http } from './http.ts'
import type { TaskQuery } from './query.ts'
import { SessionCalls } from './session-calls.ts'

/** The routes of tasks, added to those of sessions. */
export class TaskCalls extends SessionCalls {
  readonly #http: Http

  constructor(http: Http) {
    super(http)
    this.#http = http
  }

  /** The tasks of a session by status, and how far it is. Scope `read`. */
  getSessionTaskProgress(sessionId: string, { signal }: CallOptions = {}): Promise<SessionTasks> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/tasks', id: sessionId, signal })
  }

  /** Adds a task to a live session. Scope `write`. */
  createTask(task: CreateTask, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'POST', path: '/tasks', body: task, once: true, signal })
  }

  /** Scope `read`. */
  getTask(taskId: string, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'GET', path: '/tasks/:id', id: taskId, signal })
  }

  /** Newest first. Scope `read`. */
  listTasks(query: TaskQuery = {}, options: ListOptions = {}): Promise<Task[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/tasks', query: { ...query } })
  }

  /** What is absent stays. Scope `write`. */
  updateTask(taskId: string, change: UpdateTask, options: ChangeOptions = {}): Promise<Task> {
    return this.#http.send({ ...options, method: 'PUT', path: '/tasks/:id', id: taskId, body: change })
  }

  /** Removes a task that never started; another one rejects with a ConflictError. Scope `write`. */
  async deleteTask(taskId: string, options: ChangeOptions = {}): Promise<void> {
    await this.#http.send({ ...options, method: 'DELETE', path: '/tasks/:id', id: taskId })
  }

  /** Begins with it; it becomes the current task of its session. Scope `write`. */
  startTask(taskId: string, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'POST', path: '/tasks/:id/start', id: taskId, body: {}, once: true, signal })
  }

  /** Scope `write`. */
  completeTask(taskId: string, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'POST', path: '/tasks/:id/complete', id: taskId, body: {}, once: true, signal })
  }

  /** Scope `write`. */
  failTask(taskId: string, failure: FailTask, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'POST', path: '/tasks/:id/fail', id: taskId, body: failure, once: true, signal })
  }

  /** It has to wait for something. Scope `write`. */
  blockTask(taskId: string, block: BlockTask = {}, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'POST', path: '/tasks/:id/block', id: taskId, body: block, once: true, signal })
  }
}
