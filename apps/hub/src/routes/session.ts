import { sessionRoutes } from '@signalbox/contract/session-route'
import type { FastifyReply } from 'fastify'
import { instantOf } from '../clock.ts'
import { auditEntry } from '../http/audit.ts'
import { requireConfirmation } from '../http/confirm.ts'
import { readIfMatch, sendRevision } from '../http/etag.ts'
import { newId, requestMark, toChange } from '../http/idempotency.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { cleanUp } from '../maintenance/clean-up.ts'
import type { RouteContext } from '../route-context.ts'
import { archiveSession, createSession, deleteSession, purgeSession, updateSession } from '../state/session.ts'
import { type SessionRecord, sessionNotFound, toSession } from '../state/session-record.ts'
import { timeline } from '../state/session-report.ts'
import type { SessionStore } from '../store/session.ts'

export function session({ app, store, clock, config, quotas }: RouteContext): void {
  const { sessions, events } = store
  const { rules } = config

  serve(app, sessionRoutes.create, async ({ body, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    const id = body.session_id ?? newId(change, 'session')
    await quotas.take(request, reply, {
      names: [
        { kind: 'session', name: id },
        { kind: 'machine', name: body.machine_id },
      ],
    })
    const created = await sessions.change(id, { machine: { id: body.machine_id } }, change, (state) =>
      createSession(state, { ...body, session_id: id }, requestMark(change), change.now, rules),
    )
    reply.code(201).header('location', `${app.ownAddress.basePath(request)}/sessions/${encodeURIComponent(created.session_id)}`)
    return respondSession(reply, created)
  })

  serve(
    app,
    sessionRoutes.cleanup,
    ({ body, request, reply }) => {
      const audit = body.dry_run ? undefined : (result: unknown) => auditEntry(request, 'sessions.cleaned_up', { ...body, result })
      const change = { ...toChange(request, reply, clock.now()), audit }
      return store.runIdempotent(change, () => cleanUp(store, body, change.now))
    },
    { timeout: 600_000 },
  )

  serve(app, sessionRoutes.read, async ({ params, reply }) => respondSession(reply, await readSession(sessions, params.session_id)), {
    unchecked: true,
  })

  serve(app, sessionRoutes.update, async ({ params: { session_id: id }, body, request, reply }) => {
    const now = clock.now()
    const isEnd = body.status === 'completed' || body.status === 'failed'
    const readSet = { tasks: isEnd, ...(body.docker_slot == null ? {} : { machine: 'own' as const }) }
    const revision = readIfMatch(request)
    return respondSession(
      reply,
      await sessions.change(id, readSet, { now }, (state) => updateSession(state, body, revision, now, rules, id)),
    )
  })

  serve(app, sessionRoutes.end, async ({ params: { session_id: id }, query: { attempt }, request, reply }): Promise<Sent> => {
    const now = clock.now()
    const revision = readIfMatch(request)
    await sessions.change(id, { tasks: true }, { now }, (state) => deleteSession(state, { attempt, revision }, now, id))
    reply.code(204).send()
    return sent
  })

  serve(app, sessionRoutes.archive, async ({ params: { session_id: id }, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    return respondSession(reply, await sessions.change(id, {}, change, (state) => archiveSession(state, change.now, id)))
  })

  serve(app, sessionRoutes.purge, async ({ params: { session_id: id }, query, body, request }) => {
    requireConfirmation(query, body)
    const now = clock.now()
    const audit = (tasks_deleted: unknown) => auditEntry(request, 'session.purged', { session_id: id, tasks_deleted })
    const deleted = await sessions.change(id, { tasks: true }, { now, audit }, (state) => purgeSession(state, now, id))
    return { session_id: id, tasks_deleted: deleted, purged_at: instantOf(now), purged: true as const }
  })

  serve(app, sessionRoutes.timeline, async ({ params: { session_id: id }, query: { limit } }) => {
    const record = await readSession(sessions, id)
    const observed = record.observed === null ? [] : await sessions.observedEvents(id, limit)
    return timeline(record, await events.latest({ session_id: id, limit }), observed, limit)
  })
}

/** @throws HubError `not_found` */
export async function readSession(sessions: SessionStore, id: string): Promise<SessionRecord> {
  const record = await sessions.find(id)
  if (record === undefined) throw sessionNotFound(id)
  return record
}

/** The body of an answer that is one session; its revision goes into the `ETag`. */
export function respondSession(reply: FastifyReply, record: SessionRecord) {
  sendRevision(reply, record.revision)
  return toSession(record)
}
