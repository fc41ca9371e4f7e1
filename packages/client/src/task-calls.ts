import type { BlockTask, CreateTask, FailTask, SessionTasks, Task, UpdateTask } from '@signalbox/contract/task'
import type { AttemptOptions, CallOptions, ChangeOptions, ListOptions } from './call-options.ts'
import { type EachRowOptions, eachRow } from './each-row.ts'
import { toAttemptField } from './heartbeat.ts'
import type { Http } from './http.ts'
import type { ListQuery, TaskQuery } from './query.ts'
import { SessionCalls } from './session-calls.ts'

/** The routes of tasks, added to those of sessions. */
export class TaskCalls extends SessionCalls {
  readonly #http: Http

  constructor(http: Http) {
    super(http)
    this.#http = http
  }

  /** The tasks of a session by status, and its progress. Scope `read`. */
  getSessionTaskProgress(sessionId: string, { signal }: CallOptions = {}): Promise<SessionTasks> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/tasks', id: sessionId, signal })
  }

  /** Adds a task to a live session. Scope `write`. */
  createTask(task: CreateTask, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'POST', path: '/tasks', body: task, idempotent: true, signal })
  }

  /** Scope `read`. */
  getTask(taskId: string, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'GET', path: '/tasks/:id', id: taskId, signal })
  }

  /** Newest first. Scope `read`. */
  listTasks(query: TaskQuery = {}, options: ListOptions = {}): Promise<Task[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/tasks', query: { ...query } })
  }

  /** Every matching task, newest first, as `eachSession`. Scope `read`. */
  eachTask(query: Omit<TaskQuery, keyof ListQuery> = {}, options: EachRowOptions = {}): AsyncGenerator<Task, void, undefined> {
    return eachRow((page, more) => this.listTasks({ ...query, ...page }, more), options)
  }

  /** Absent fields stay unchanged. Scope `write`. */
  updateTask(taskId: string, change: UpdateTask, options: ChangeOptions = {}): Promise<Task> {
    return this.#http.send({ ...options, method: 'PUT', path: '/tasks/:id', id: taskId, body: change })
  }

  /** Removes a task that never started; rejects with a ConflictError otherwise. Scope `write`. */
  async deleteTask(taskId: string, { attempt, ...options }: ChangeOptions & AttemptOptions = {}): Promise<void> {
    await this.#http.send({ ...options, method: 'DELETE', path: '/tasks/:id', id: taskId, query: toAttemptField(attempt) })
  }

  /** Starts the task; it becomes the current task of its session. Scope `write`. */
  startTask(taskId: string, { attempt, signal }: AttemptOptions = {}): Promise<Task> {
    return this.#http.send({
      method: 'POST',
      path: '/tasks/:id/start',
      id: taskId,
      body: toAttemptField(attempt),
      idempotent: true,
      signal,
    })
  }

  /** Scope `write`. */
  completeTask(taskId: string, { attempt, signal }: AttemptOptions = {}): Promise<Task> {
    return this.#http.send({
      method: 'POST',
      path: '/tasks/:id/complete',
      id: taskId,
      body: toAttemptField(attempt),
      idempotent: true,
      signal,
    })
  }

  /** Scope `write`. */
  failTask(taskId: string, failure: FailTask, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'POST', path: '/tasks/:id/fail', id: taskId, body: failure, idempotent: true, signal })
  }

  /** Marks the task as blocked. Scope `write`. */
  blockTask(taskId: string, block: BlockTask = {}, { signal }: CallOptions = {}): Promise<Task> {
    return this.#http.send({ method: 'POST', path: '/tasks/:id/block', id: taskId, body: block, idempotent: true, signal })
  }
}
