import type { BlockTask, CreateTask, FailTask, Task, UpdateTask } from '@signalbox/contract/task'
import type { AttemptOptions, CallOptions, ChangeOptions } from './call-options.ts'
import { toAttemptField } from './heartbeat.ts'
import { SessionWrites } from './session-writes.ts'

/** The routes that change tasks, added to those before. */
export class TaskWrites extends SessionWrites {
  /** Adds a task to a live session. Scope `write`. */
  createTask(task: CreateTask, { signal }: CallOptions = {}): Promise<Task> {
    return this.http.send({ method: 'POST', path: '/tasks', body: task, idempotent: true, signal })
  }

  /** Absent fields stay unchanged. Scope `write`. */
  updateTask(taskId: string, change: UpdateTask, options: ChangeOptions = {}): Promise<Task> {
    return this.http.send({ ...options, method: 'PUT', path: '/tasks/:id', id: taskId, body: change })
  }

  /** Removes a task that never started; rejects with a ConflictError otherwise. Scope `write`. */
  async deleteTask(taskId: string, { attempt, ...options }: ChangeOptions & AttemptOptions = {}): Promise<void> {
    await this.http.send({ ...options, method: 'DELETE', path: '/tasks/:id', id: taskId, query: toAttemptField(attempt) })
  }

  /** Starts the task; it becomes the current task of its session. Scope `write`. */
  startTask(taskId: string, { attempt, signal }: AttemptOptions = {}): Promise<Task> {
    return this.http.send({
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
    return this.http.send({
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
    return this.http.send({ method: 'POST', path: '/tasks/:id/fail', id: taskId, body: failure, idempotent: true, signal })
  }

  /** Marks the task as blocked. Scope `write`. */
  blockTask(taskId: string, block: BlockTask = {}, { signal }: CallOptions = {}): Promise<Task> {
    return this.http.send({ method: 'POST', path: '/tasks/:id/block', id: taskId, body: block, idempotent: true, signal })
  }
}
