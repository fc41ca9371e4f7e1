import { z } from 'zod'
import { anyOf, listQueryShape } from './list.ts'
import { metadataPatchSchema, metadataSchema } from './metadata.ts'
import { route } from './route.ts'
import { id, words } from './text.ts'
import { instant } from './time.ts'

export const taskStatuses = ['pending', 'in_progress', 'completed', 'failed', 'blocked'] as const
export const taskStatusSchema = z.enum(taskStatuses)
export type TaskStatus = z.infer<typeof taskStatusSchema>

/** A session keeps as many; who needs more begins another session. */
export const MAX_TASKS_PER_SESSION = 1000

const errorMessage = words(2000)
const taskName = words(500)

const exampleTask = {
  task_id: '1b7e0c52-95a1-4b5e-8a63-0d9f6c1f2a10',
  session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21',
  project_id: 'signalbox',
  task_name: 'Write the tests',
  status: 'in_progress' as const,
  started_at: '2026-10-06T09:00:00.000Z',
  metadata: {},
  created_at: '2026-10-06T08:30:00.000Z',
  updated_at: '2026-10-06T09:00:00.000Z',
  revision: 2,
}

export const taskSchema = z
  .object({
    task_id: z.string(),
    session_id: z.string(),
    project_id: z.string(),
    github_issue_id: z.string().optional(),
    task_name: z.string(),
    status: taskStatusSchema,
    /** When it was last started. */
    started_at: instant.optional(),
    /** When it was completed or failed. */
    completed_at: instant.optional(),
    /** Why it failed, or why it is blocked. */
    error_message: z.string().optional(),
    metadata: metadataSchema,
    created_at: instant,
    updated_at: instant,
    /** Grows with every change; the `ETag`. */
    revision: z.int(),
  })
  .meta({
    id: 'Task',
    examples: [exampleTask],
  })
export type Task = z.infer<typeof taskSchema>

export const createTaskSchema = z
  .strictObject({
    session_id: z.string().min(1).max(200),
    /** That of the session, which is also what it is without it. */
    project_id: id().optional(),
    /** The client's own; made by the hub otherwise. */
    task_id: z.uuid({ error: 'must be a UUID' }).optional(),
    github_issue_id: id().optional(),
    task_name: taskName,
    metadata: metadataPatchSchema.optional(),
  })
  .meta({ id: 'CreateTask', examples: [{ session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21', task_name: 'Write the tests' }] })
export type CreateTask = z.infer<typeof createTaskSchema>

/** What is absent stays. */
export const updateTaskSchema = z
  .strictObject({
    status: taskStatusSchema.optional(),
    task_name: taskName.optional(),
    github_issue_id: id().nullable().optional(),
    /** Needed with the status failed; why it is blocked with that. */
    error_message: errorMessage.optional(),
    metadata: metadataPatchSchema.optional(),
  })
  .meta({ id: 'UpdateTask', examples: [{ status: 'completed' }] })
export type UpdateTask = z.infer<typeof updateTaskSchema>

export const failTaskSchema = z
  .strictObject({ error_message: errorMessage })
  .meta({ id: 'FailTask', examples: [{ error_message: 'three tests fail' }] })
export type FailTask = z.infer<typeof failTaskSchema>

export const blockTaskSchema = z
  .strictObject({ reason: errorMessage.optional() })
  .meta({ id: 'BlockTask', examples: [{ reason: 'waits for a review' }] })
export type BlockTask = z.infer<typeof blockTaskSchema>

export const sessionTasksSchema = z
  .object({
    session_id: z.string(),
    tasks: z.object({
      pending: z.array(taskSchema),
      in_progress: z.array(taskSchema),
      completed: z.array(taskSchema),
      failed: z.array(taskSchema),
      blocked: z.array(taskSchema),
    }),
    stats: z.object({
      total: z.int(),
      pending: z.int(),
      in_progress: z.int(),
      completed: z.int(),
      failed: z.int(),
      blocked: z.int(),
      /** 0–100, with one decimal; 0 where there are no tasks. */
      completion_percentage: z.number(),
    }),
  })
  .meta({
    id: 'SessionTasks',
    examples: [
      {
        session_id: exampleTask.session_id,
        tasks: { pending: [], in_progress: [exampleTask], completed: [], failed: [], blocked: [] },
        stats: { total: 1, pending: 0, in_progress: 1, completed: 0, failed: 0, blocked: 0, completion_percentage: 0 },
      },
    ],
  })
export type SessionTasks = z.infer<typeof sessionTasksSchema>

export const taskListQuerySchema = z.strictObject({
  session_id: z.string().min(1).max(200).optional(),
  project_id: id().optional(),
  status: anyOf(taskStatuses).optional(),
  ...listQueryShape,
})
export type TaskListQuery = z.infer<typeof taskListQuerySchema>

const one = { params: z.strictObject({ task_id: z.string().min(1).max(200) }) } as const
const none = z.strictObject({}).optional()

export const taskRoutes = {
  ofSession: route({
    method: 'GET',
    path: '/sessions/:session_id/tasks',
    access: 'read',
    summary: 'The tasks of a session by status, and how far it is',
    params: z.strictObject({ session_id: z.string().min(1).max(200) }),
    answers: { 200: sessionTasksSchema },
  }),
  list: route({
    method: 'GET',
    path: '/tasks',
    access: 'read',
    summary: 'Tasks, newest first',
    description: '`status` may be given several times. Also answers `X-Total-Count` and `Link`.',
    query: taskListQuerySchema,
    answers: { 200: z.array(taskSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/tasks',
    access: 'write',
    summary: 'Add a task to a live session',
    body: createTaskSchema,
    answers: { 201: taskSchema },
  }),
  read: route({ method: 'GET', path: '/tasks/:task_id', access: 'read', summary: 'One task', ...one, answers: { 200: taskSchema } }),
  update: route({
    method: 'PUT',
    path: '/tasks/:task_id',
    access: 'write',
    summary: 'Change a task; what is absent stays. `PATCH` does the same',
    ...one,
    body: updateTaskSchema,
    answers: { 200: taskSchema },
  }),
  remove: route({
    method: 'DELETE',
    path: '/tasks/:task_id',
    access: 'write',
    summary: 'Remove a task that never started',
    ...one,
    answers: { 204: z.undefined() },
  }),
  start: route({
    method: 'POST',
    path: '/tasks/:task_id/start',
    access: 'write',
    summary: 'Begin with it; it becomes the current task of its session',
    ...one,
    body: none,
    answers: { 200: taskSchema },
  }),
  complete: route({
    method: 'POST',
    path: '/tasks/:task_id/complete',
    access: 'write',
    summary: 'It is done',
    ...one,
    body: none,
    answers: { 200: taskSchema },
  }),
  fail: route({
    method: 'POST',
    path: '/tasks/:task_id/fail',
    access: 'write',
    summary: 'It failed',
    ...one,
    body: failTaskSchema,
    answers: { 200: taskSchema },
  }),
  block: route({
    method: 'POST',
    path: '/tasks/:task_id/block',
    access: 'write',
    summary: 'It has to wait for something',
    ...one,
    body: blockTaskSchema.optional(),
    answers: { 200: taskSchema },
  }),
}
