import { taskRoutes } from '@signalbox/contract/task'
import type { FastifyReply } from 'fastify'
import type { Doors } from '../doors.ts'
import { revisionWanted, sendRevision } from '../http/etag.ts'
import { sendList } from '../http/list.ts'
import { changeOf, newId } from '../http/once.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { noSession } from '../state/session-record.ts'
import { createTask, noTask, removeTask, sessionTasks, updateTask } from '../state/task.ts'
import { type TaskRecord, taskOf } from '../state/task-record.ts'
import type { Change } from '../store/store.ts'

const withTasks = { tasks: true } as const

export function task({ app, store, clock }: Doors): void {
  const { sessions, tasks } = store
  const found = async (id: string): Promise<TaskRecord> => {
    const record = await tasks.find(id)
    if (record === undefined) throw noTask(id)
    return record
  }
  /** A task is changed under its session: one that ends at the same moment takes its tasks along. */
  const update = async (id: string, body: Parameters<typeof updateTask>[2], revision: number | undefined, change: Change) => {
    const { session_id } = await found(id)
    return sessions.change(session_id, withTasks, change, (held) => updateTask(held, id, body, revision, change.now))
  }

  serve(
    app,
    taskRoutes.ofSession,
    async ({ params: { session_id } }) => {
      const records = await tasks.ofSession(session_id)
      if (records.length === 0 && (await sessions.find(session_id)) === undefined) throw noSession(session_id)
      return sessionTasks(session_id, records)
    },
    { unchecked: true },
  )

  serve(
    app,
    taskRoutes.list,
    async ({ query: { status, ...query }, request, reply }) => {
      const { rows, total } = await tasks.list({ ...query, statuses: status })
      return sendList(request, reply, query, { rows: rows.map(taskOf), total })
    },
    { unchecked: true },
  )

  serve(app, taskRoutes.create, async ({ body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    const id = body.task_id ?? newId(change, 'task')
    const made = await sessions.change(body.session_id, withTasks, change, (held) =>
      createTask(held, { ...body, task_id: id }, body.task_id === undefined && change.once !== undefined, change.now),
    )
    reply.code(201).header('location', `/tasks/${encodeURIComponent(made.task_id)}`)
    return answer(reply, made)
  })

  serve(app, taskRoutes.read, async ({ params, reply }) => answer(reply, await found(params.task_id)))

  serve(app, taskRoutes.update, async ({ params, body, request, reply }) =>
    answer(reply, await update(params.task_id, body, revisionWanted(request), { now: clock.now() })),
  )

  serve(app, taskRoutes.remove, async ({ params: { task_id }, request, reply }): Promise<Sent> => {
    const { session_id } = await found(task_id)
    const wanted = revisionWanted(request)
    await sessions.change(session_id, withTasks, { now: clock.now() }, (held) => removeTask(held, task_id, wanted))
    reply.code(204).send()
    return sent
  })

  for (const [route, status] of [
    [taskRoutes.start, 'in_progress'],
    [taskRoutes.complete, 'completed'],
  ] as const) {
    serve(app, route, async ({ params, request, reply }) => {
      const change = changeOf(request, reply, clock.now())
      return answer(reply, await update(params.task_id, { status }, undefined, change))
    })
  }

  serve(app, taskRoutes.fail, async ({ params, body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    return answer(reply, await update(params.task_id, { status: 'failed', ...body }, undefined, change))
  })

  serve(app, taskRoutes.block, async ({ params, body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    const why = body?.reason === undefined ? {} : { error_message: body.reason }
    return answer(reply, await update(params.task_id, { status: 'blocked', ...why }, undefined, change))
  })
}

function answer(reply: FastifyReply, record: TaskRecord) {
  sendRevision(reply, record.revision)
  return taskOf(record)
}
