import type { ListQuery } from '@signalbox/contract/list'
import { type SessionStatus, sessionStatuses } from '@signalbox/contract/session'
import { sessionRoutes } from '@signalbox/contract/session-route'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ListPage, linkBehind, linkNext, readPage, sendPage } from '../http/list.ts'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'
import { type SessionRecord, toSession } from '../state/session-record.ts'
import { recoverableSession, sessionHealth } from '../state/session-report.ts'
import { liveStatuses } from '../state/transition.ts'
import type { ListPlace } from '../store/change.ts'
import type { SessionQuery } from '../store/session.ts'

/** Long lists are not checked against their schema; types and tests hold their shape. */
const unchecked = { unchecked: true } as const

export function sessionList({ app, store, clock }: RouteContext): void {
  const { sessions } = store

  serve(
    app,
    sessionRoutes.list,
    async ({ query: { status, ...query }, request, reply }) => {
      const page = readPage(query, 'newest')
      const found = await sessions.list({ ...query, ...page.range, statuses: status, order: 'newest' })
      return sendPage(request, reply, page, found, placeOf(page)).map(toSession)
    },
    unchecked,
  )

  const healthList = (query: Pick<SessionQuery, 'statuses' | 'order'>) => query

  for (const [route, { statuses, order }] of [
    [sessionRoutes.active, healthList({ statuses: ['active'], order: 'newest' })],
    [sessionRoutes.failed, healthList({ statuses: ['failed'], order: 'newest' })],
    [sessionRoutes.archived, healthList({ statuses: ['archived'], order: 'newest' })],
    [sessionRoutes.stale, healthList({ statuses: liveStatuses, order: 'oldest heartbeat' })],
  ] as const) {
    serve(
      app,
      route,
      async ({ query: { threshold, ...query }, request, reply }) => {
        const now = clock.now()
        const page = readPage(query, order, now)
        // Every page is of the sessions that were stale at the first one: a session that sends a heartbeat leaves the list, and
        // does not come again at its end.
        const heartbeatBefore = route === sessionRoutes.stale ? page.since - threshold * 1000 : undefined
        const found = await sessions.list({ ...query, ...page.range, statuses, order, heartbeatBefore })
        return sendPage(request, reply, page, found, placeOf(page)).map((record) => sessionHealth(record, threshold, now))
      },
      unchecked,
    )
  }

  serve(
    app,
    sessionRoutes.recoverable,
    async ({ query: { threshold, ...query }, request, reply }) => {
      const now = clock.now()
      const page = readPage(query, 'oldest heartbeat', now)
      const found = await sessions.list({ ...query, ...page.range, statuses: ['stalled', 'failed'], order: 'oldest heartbeat' })
      return sendPage(request, reply, page, found, placeOf(page)).map((record) => recoverableSession(record, threshold, now))
    },
    unchecked,
  )

  /** The newest sessions behind a place, at most `limit` of each status, and none older than what is missing of another status. */
  const pageByPlace = async (project_id: string, query: Omit<ListQuery, 'offset'>, request: FastifyRequest, reply: FastifyReply) => {
    const page = readPage({ ...query, offset: 0 }, 'newest')
    // Asked in one turn: a session that changes its status meanwhile is in one of the lists.
    const lists = await Promise.all(
      sessionStatuses.map((status) => sessions.list({ ...page.range, project_id, statuses: [status], order: 'newest' })),
    )
    const ends = lists.flatMap(({ rows }) => (rows.length > query.limit ? [rows[query.limit - 1]!] : []))
    const rows = lists.flatMap((list) => list.rows.slice(0, query.limit)).sort(newestFirst)
    const end = ends.sort(newestFirst)[0]
    if (end === undefined) return rows
    linkBehind(request, reply, page, placeOf(page)(end))
    return rows.filter((row) => newestFirst(row, end) <= 0)
  }

  const pageByOffset = async (
    project_id: string,
    query: ListQuery,
    counts: Readonly<Record<SessionStatus, number>>,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => {
    const { range } = readPage(query, 'newest')
    const next = query.offset + query.limit
    if (Object.values(counts).some((count) => count > next)) {
      linkNext(request, reply, { limit: String(query.limit), offset: String(next) })
    }
    const statuses = sessionStatuses.filter((status) => counts[status] > query.offset)
    const lists = statuses.map((status) => sessions.list({ ...range, limit: query.limit, project_id, statuses: [status], order: 'newest' }))
    return (await Promise.all(lists)).flatMap(({ rows }) => rows)
  }

  serve(
    app,
    sessionRoutes.byProject,
    async ({ params: { project_id }, query: { limit, offset, cursor }, request, reply }) => {
      const counts = await sessions.counts({ project_id })
      const page = await (offset === undefined
        ? pageByPlace(project_id, { limit, cursor }, request, reply)
        : pageByOffset(project_id, { limit, offset, cursor }, counts, request, reply))
      const rowsOf = (status: SessionStatus) => page.filter((record) => record.status === status).map(toSession)
      return {
        project_id,
        sessions: {
          active: rowsOf('active'),
          paused: rowsOf('paused'),
          stalled: rowsOf('stalled'),
          completed: rowsOf('completed'),
          failed: rowsOf('failed'),
          archived: rowsOf('archived'),
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
      const page = readPage(query, 'newest')
      const found = await sessions.list({ ...query, ...page.range, machine_id, statuses: status, order: 'newest' })
      return sendPage(request, reply, page, found, placeOf(page)).map(toSession)
    },
    unchecked,
  )
}

/** The order of the lists. */
function newestFirst(a: SessionRecord, b: SessionRecord): number {
  return b.created_at - a.created_at || (a.session_id < b.session_id ? -1 : a.session_id > b.session_id ? 1 : 0)
}

function placeOf({ order }: ListPage): (record: SessionRecord) => ListPlace {
  return ({ session_id, created_at, last_heartbeat }) => ({ at: order === 'newest' ? created_at : last_heartbeat, id: session_id })
}
