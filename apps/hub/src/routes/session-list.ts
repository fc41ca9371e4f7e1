import { sessionRoutes } from '@signalbox/contract/session-route'
import { type ListPage, linkNext, readPage, sendPage } from '../http/list.ts'
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

  serve(
    app,
    sessionRoutes.byProject,
    async ({ params: { project_id }, query, request, reply }) => {
      const counts = await sessions.counts({ project_id })
      const readStatus = async (status: keyof typeof counts) => {
        if (counts[status] <= query.offset) return []
        return (await sessions.list({ ...query, project_id, statuses: [status], order: 'newest' })).rows.map(toSession)
      }
      const next = query.offset + query.limit
      if (Object.values(counts).some((count) => count > next)) {
        linkNext(request, reply, { limit: String(query.limit), offset: String(next) })
      }
      return {
        project_id,
        sessions: {
          active: await readStatus('active'),
          paused: await readStatus('paused'),
          stalled: await readStatus('stalled'),
          completed: await readStatus('completed'),
          failed: await readStatus('failed'),
          archived: await readStatus('archived'),
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

function placeOf({ order }: ListPage): (record: SessionRecord) => ListPlace {
  return ({ session_id, created_at, last_heartbeat }) => ({ at: order === 'newest' ? created_at : last_heartbeat, id: session_id })
}
