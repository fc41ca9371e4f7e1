import type { Heartbeat, HeartbeatAnswer } from '@signalbox/contract/session-heartbeat'
import { sessionRoutes } from '@signalbox/contract/session-route'
import type { FastifyReply } from 'fastify'
import { instantOf } from '../clock.ts'
import type { Doors } from '../doors.ts'
import { revisionWanted, sendRevision } from '../http/etag.ts'
import { sendList } from '../http/list.ts'
import { changeOf, markOf, newId } from '../http/once.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { cleanUp } from '../maintenance/clean-up.ts'
import {
  archiveSession,
  beatSession,
  createSession,
  deleteSession,
  markFailed,
  markStalled,
  prepareRecovery,
  processEnded,
  purgeSession,
  recoverSession,
  updateSession,
} from '../state/session.ts'
import { noSession, type SessionRecord, sessionEvent, sessionOf } from '../state/session-record.ts'
import { failureInfo, recoverableSession, recoveryCheckpoint, recoveryHistory, sessionHealth, timeline } from '../state/session-report.ts'
import { liveStatuses } from '../state/transition.ts'
import type { Change, SessionQuery } from '../store/store.ts'

const all = { limit: 1_000_000_000, offset: 0 } as const
/** Of each kind of ended sessions of a project. */
const NEWEST = { limit: 100, offset: 0 } as const
/** Answers that are hot or long are written as they are; their shape is held by types and tests. */
const unchecked = { unchecked: true } as const

export function session({ app, store, feed, clock, config, monitor, fastLane }: Doors): void {
  const { sessions, tasks, events } = store
  const { rules } = config
  const found = async (id: string): Promise<SessionRecord> => {
    const record = await sessions.find(id)
    if (record === undefined) throw noSession(id)
    return record
  }

  serve(
    app,
    sessionRoutes.list,
    async ({ query: { status, ...query }, request, reply }) => {
      const { rows, total } = await sessions.list({ ...query, statuses: status, order: 'newest' })
      return sendList(request, reply, query, { rows: rows.map(sessionOf), total })
    },
    unchecked,
  )

  serve(app, sessionRoutes.create, async ({ body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    const id = body.session_id ?? newId(change, 'session')
    const made = await sessions.change(id, { machine: { id: body.machine_id } }, change, (held) =>
      createSession(held, { ...body, session_id: id }, markOf(change), change.now, rules),
    )
    reply.code(201).header('location', `/sessions/${encodeURIComponent(made.session_id)}`)
    return answer(reply, made)
  })

  const rows = (query: Pick<SessionQuery, 'statuses' | 'order'>) => query
  for (const [route, { statuses, order }] of [
    [sessionRoutes.active, rows({ statuses: ['active'], order: 'newest' })],
    [sessionRoutes.failed, rows({ statuses: ['failed'], order: 'newest' })],
    [sessionRoutes.archived, rows({ statuses: ['archived'], order: 'newest' })],
    [sessionRoutes.stale, rows({ statuses: liveStatuses, order: 'oldest beat' })],
  ] as const) {
    serve(
      app,
      route,
      async ({ query: { threshold, ...query }, request, reply }) => {
        const now = clock.now()
        const beatBefore = route === sessionRoutes.stale ? now - threshold * 1000 : undefined
        const { rows, total } = await sessions.list({ ...query, statuses, order, beatBefore })
        return sendList(request, reply, query, { rows: rows.map((record) => sessionHealth(record, threshold, now)), total })
      },
      unchecked,
    )
  }

  serve(
    app,
    sessionRoutes.recoverable,
    async ({ query: { threshold, ...query }, request, reply }) => {
      const { rows, total } = await sessions.list({ ...query, statuses: ['stalled', 'failed'], order: 'oldest beat' })
      const now = clock.now()
      return sendList(request, reply, query, { rows: rows.map((record) => recoverableSession(record, threshold, now)), total })
    },
    unchecked,
  )

  serve(
    app,
    sessionRoutes.byProject,
    async ({ params: { project_id } }) => {
      const counts = await sessions.counts({ project_id })
      const of = async (status: keyof typeof counts) => {
        if (counts[status] === 0) return []
        const page = (liveStatuses as readonly string[]).includes(status) ? all : NEWEST
        return (await sessions.list({ project_id, statuses: [status], order: 'newest', ...page })).rows.map(sessionOf)
      }
      return {
        project_id,
        sessions: {
          active: await of('active'),
          paused: await of('paused'),
          stalled: await of('stalled'),
          completed: await of('completed'),
          failed: await of('failed'),
          archived: await of('archived'),
        },
        stats: { total: Object.values(counts).reduce((sum, count) => sum + count, 0), ...counts },
      }
    },
    unchecked,
  )

  serve(
    app,
    sessionRoutes.byMachine,
    async ({ params: { machine_id }, query: { status, ...query }, request, reply }) => {
      const { rows, total } = await sessions.list({ ...query, machine_id, statuses: status, order: 'newest' })
      return sendList(request, reply, query, { rows: rows.map(sessionOf), total })
    },
    unchecked,
  )

  serve(
    app,
    sessionRoutes.cleanup,
    ({ body, request, reply }) => {
      const change = changeOf(request, reply, clock.now())
      return store.repeatable(change, () => cleanUp(store, body, change.now))
    },
    { timeout: 600_000 },
  )

  serve(app, sessionRoutes.read, async ({ params, reply }) => answer(reply, await found(params.session_id)), unchecked)

  serve(app, sessionRoutes.update, async ({ params: { session_id: id }, body, request, reply }) => {
    const now = clock.now()
    const ends = body.status === 'completed' || body.status === 'failed'
    const needs = { tasks: ends, ...(body.docker_slot == null ? {} : { machine: 'own' as const }) }
    const wanted = revisionWanted(request)
    return answer(reply, await sessions.change(id, needs, { now }, (held) => updateSession(held, body, wanted, now, rules, id)))
  })

  serve(app, sessionRoutes.end, async ({ params: { session_id: id }, request, reply }): Promise<Sent> => {
    const now = clock.now()
    const wanted = revisionWanted(request)
    await sessions.change(id, { tasks: true }, { now }, (held) => deleteSession(held, wanted, now, id))
    reply.code(204).send()
    return sent
  })

  const alone = { patient: true }
  const beat = async (id: string, body: Heartbeat, change: Change): Promise<HeartbeatAnswer> => {
    const { now } = change
    let record: SessionRecord
    try {
      record = await sessions.change(id, alone, change, (held) => beatSession(held, body, now, rules, id))
    } catch (error) {
      if (error instanceof HubError && (error.code === 'database_error' || error.code === 'unavailable')) monitor.couldNotHear()
      throw error
    }
    if (feed.readers > 0) feed.tellLive(sessionEvent('session.heartbeat', record))
    return {
      session_id: record.session_id,
      status: record.status,
      last_heartbeat: instantOf(record.last_heartbeat),
      message: 'Heartbeat recorded',
      next_heartbeat_ms: record.heartbeat_interval_ms ?? Math.floor(rules.stallMs / 5),
    }
  }
  fastLane.open(sessionRoutes.heartbeat, 'session_id', (id, body = {}) => beat(id, body, { now: clock.now() }))
  serve(
    app,
    sessionRoutes.heartbeat,
    ({ params, body = {}, request, reply }) => beat(params.session_id, body, changeOf(request, reply, clock.now())),
    // A time limit of its own would cost as much as the rest; the store has one.
    { unchecked: true, compress: false, quiet: true, timeout: 0, heartbeatOf: 'session_id' },
  )

  serve(app, sessionRoutes.processEnded, async ({ params: { session_id: id }, body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    return answer(reply, await sessions.change(id, { tasks: true }, change, (held) => processEnded(held, body, change.now, id)))
  })

  serve(app, sessionRoutes.health, async ({ params, query, reply }) => {
    reply.header('cache-control', 'private, no-cache')
    return sessionHealth(await found(params.session_id), query.threshold, clock.now())
  })

  serve(app, sessionRoutes.markFailed, async ({ params: { session_id: id }, body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    return answer(reply, await sessions.change(id, { tasks: true }, change, (held) => markFailed(held, body, change.now, id)))
  })

  serve(app, sessionRoutes.markStalled, async ({ params: { session_id: id }, body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    return answer(reply, await sessions.change(id, {}, change, (held) => markStalled(held, body, change.now, id)))
  })

  serve(app, sessionRoutes.failureInfo, async ({ params: { session_id: id } }) => {
    const record = await found(id)
    const stuck = (await tasks.ofSession(id)).filter(({ status }) => status === 'in_progress').length
    return failureInfo(record, stuck, clock.now())
  })

  serve(app, sessionRoutes.prepareRecovery, async ({ params: { session_id: id }, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    const record = await sessions.change(id, {}, change, (held) => prepareRecovery(held, change.now, id))
    return recoveryCheckpoint(record, change.now)
  })

  serve(app, sessionRoutes.recover, async ({ params: { session_id: id }, body = {}, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    const machine = body.new_machine_id === undefined ? ('own' as const) : { id: body.new_machine_id }
    const record = await sessions.change(id, { tasks: true, machine }, change, (held) => recoverSession(held, body, change.now, rules, id))
    return answer(reply, record)
  })

  serve(app, sessionRoutes.recoveryHistory, async ({ params }) => recoveryHistory(await found(params.session_id)))

  serve(app, sessionRoutes.archive, async ({ params: { session_id: id }, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    return answer(reply, await sessions.change(id, {}, change, (held) => archiveSession(held, change.now, id)))
  })

  serve(app, sessionRoutes.purge, async ({ params: { session_id: id } }) => {
    const now = clock.now()
    const deleted = await sessions.change(id, { tasks: true }, { now }, (held) => purgeSession(held, now, id))
    return { session_id: id, tasks_deleted: deleted, purged_at: instantOf(now), purged: true as const }
  })

  serve(app, sessionRoutes.timeline, async ({ params: { session_id: id }, query: { limit } }) => {
    const record = await found(id)
    return timeline(record, await events.latest({ session_id: id, limit }), limit)
  })
}

function answer(reply: FastifyReply, record: SessionRecord) {
  sendRevision(reply, record.revision)
  return sessionOf(record)
}
