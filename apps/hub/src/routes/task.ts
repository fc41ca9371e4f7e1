import { taskRoutes } from '@signalbox/contract/task'
import type { FastifyReply } from 'fastify'
import { readIfMatch, sendRevision } from '../http/etag.ts'
import { newId, toChange } from '../http/idempotency.ts'
import { readPage, sendPage } from '../http/list.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'
import { sessionNotFound } from '../state/session-record.ts'
import { createTask, removeTask, sessionTasks, taskNotFound, updateTask } from '../state/task.ts'
import { type TaskRecord, toTask } from '../state/task-record.ts'
import type { Change } from '../store/change.ts'

const withTasks = { tasks: true } as const

export function task({ app, store, clock }: RouteContext): void {
  const { sessions, tasks } = store
  const requireTask = async (id: string): Promise<TaskRecord> => {
    const record = await tasks.find(id)
    if (record === undefined) throw taskNotFound(id)
    return record
  }
  /** Changes a task under its session: a session that ends at the same moment ends its tasks too. */
  const update = async (id: string, body: Parameters<typeof updateTask>[2], revision: number | undefined, change: Change) => {
    const { session_id } = await requireTask(id)
    return sessions.change(session_id, withTasks, change, (state) => updateTask(state, id, body, revision, change.now))
  }

  serve(
    app,
    taskRoutes.ofSession,
    async ({ params: { session_id } }) => {
      const records = await tasks.ofSession(session_id)
      if (records.length === 0 && (await sessions.find(session_id)) === undefined) throw sessionNotFound(session_id)
      return sessionTasks(session_id, records)
    },
    { unchecked: true },
  )

  serve(
    app,
    taskRoutes.list,
    async ({ query: { status, ...query }, request, reply }) => {
      const page = readPage(query, 'newest')
      const found = await tasks.list({ ...query, ...page.range, statuses: status })
      return sendPage(request, reply, page, found, ({ created_at, task_id }) => ({ at: created_at, id: task_id })).map(toTask)
    },
    { unchecked: true },
  )

  serve(app, taskRoutes.create, async ({ body, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    const id = body.task_id ?? newId(change, 'task')
    const created = await sessions.change(body.session_id, withTasks, change, (state) =>
      createTask(state, { ...body, task_id: id }, body.task_id === undefined && change.idempotency !== undefined, change.now),
    )
    reply.code(201).header('location', `${app.ownAddress.basePath(request)}/tasks/${encodeURIComponent(created.task_id)}`)
    return respond(reply, created)
  })

  serve(app, taskRoutes.read, async ({ params, reply }) => respond(reply, await requireTask(params.task_id)))

  serve(app, taskRoutes.update, async ({ params, body, request, reply }) =>
    respond(reply, await update(params.task_id, body, readIfMatch(request), { now: clock.now() })),
  )

  serve(app, taskRoutes.remove, async ({ params: { task_id }, query: { attempt }, request, reply }): Promise<Sent> => {
    const { session_id } = await requireTask(task_id)
    const revision = readIfMatch(request)
    await sessions.change(session_id, withTasks, { now: clock.now() }, (state) => removeTask(state, task_id, { attempt, revision }))
    reply.code(204).send()
    return sent
  })

  for (const [route, status] of [
    [taskRoutes.start, 'in_progress'],
    [taskRoutes.complete, 'completed'],
  ] as const) {
    serve(app, route, async ({ params, body, request, reply }) => {
      const change = toChange(request, reply, clock.now())
      return respond(reply, await update(params.task_id, { status, attempt: body?.attempt }, undefined, change))
    })
  }

  serve(app, taskRoutes.fail, async ({ params, body, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    return respond(reply, await update(params.task_id, { status: 'failed', ...body }, undefined, change))
  })

  serve(app, taskRoutes.block, async ({ params, body, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    const text = body?.reason === undefined ? {} : { error_message: body.reason }
    return respond(reply, await update(params.task_id, { status: 'blocked', attempt: body?.attempt, ...text }, undefined, change))
  })
}

function respond(reply: FastifyReply, record: TaskRecord) {
  sendRevision(reply, record.revision)
  return toTask(record)
}
