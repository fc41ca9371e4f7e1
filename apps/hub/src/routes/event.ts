import { eventRoutes } from '@signalbox/contract/event'
import type { Doors } from '../doors.ts'
import { sendEvents } from '../event/stream.ts'
import { linkNext } from '../http/list.ts'
import { sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'

export function event({ app, store, feed, streams, doorman }: Doors): void {
  serve(
    app,
    eventRoutes.follow,
    async ({ query, request, reply }) => {
      const { format, after: asked, limit, ...filter } = query
      if (format === 'json') {
        const page =
          asked === undefined
            ? await store.events.latest({ ...filter, limit })
            : await store.events.page({ ...filter, after: asked, limit })
        if (asked !== undefined && page.length === limit) linkNext(request, reply, { after: String(page.at(-1)!.id) })
        reply.header('cache-control', 'private, no-cache')
        return page
      }
      reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        // nginx would hold events back until its buffer is full.
        .header('x-accel-buffering', 'no')
      if (request.method === 'HEAD') {
        reply.send()
        return sent
      }
      const end = sendEvents(feed, { after: lastSeen(request.headers['last-event-id']) ?? asked, filter }, reply)
      // A stream is one request that never ends: a key that was revoked must not hear for ever.
      const look = setInterval(async () => {
        if (!(await doorman.isStillWelcome(request.principal!).catch(() => true))) end()
      }, streams.silence)
      reply.raw.once('close', () => clearInterval(look))
      return sent
    },
    { timeout: 0, compress: false, quiet: true },
  )
}

/** A browser that comes back says in a header what it saw last; that is newer than the address it was first given. */
function lastSeen(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header)
  throw new HubError('validation_error', 'Last-Event-ID is not the id of an event', {
    apiCode: 'VALIDATION_INVALID_TYPE',
    details: { field: 'Last-Event-ID' },
  })
}
