import { type EventGap, eventRoutes } from '@signalbox/contract/event'
import { oldestOf } from '../event/feed.ts'
import { sendEvents } from '../event/stream.ts'
import { StreamCount } from '../event/stream-count.ts'
import { linkNext } from '../http/list.ts'
import { sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'

export function event({ app, store, feed, streams, streamLimits, openStreams }: RouteContext): void {
  const streamCount = new StreamCount(streamLimits)
  serve(
    app,
    eventRoutes.follow,
    async ({ query, request, reply }) => {
      const { format, after: requested, before, since, until, store_id: storeId, limit, ...filter } = query
      reply.header('x-store-id', store.id)
      if (format === 'json') {
        const bounds = await store.events.bounds()
        reply.header('x-oldest-event-id', oldestOf(bounds))
        if (requested !== undefined && before !== undefined) {
          throw new HubError('validation_error', 'after and before exclude each other', {
            apiCode: 'VALIDATION_INVALID_TYPE',
            details: { field: 'before' },
          })
        }
        const span = { since: toMs(since), until: toMs(until) }
        if (requested !== undefined) requireInLog(requested, storeId, store.id, bounds)
        const page =
          requested === undefined
            ? await store.events.latest({ ...filter, ...span, before, limit })
            : await store.events.page({ ...filter, ...span, after: requested, limit })
        if (requested !== undefined && page.length === limit) linkNext(request, reply, { after: String(page.at(-1)!.id) })
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
      const ended = streamCount.add(request.principal!.id)
      reply.raw.once('close', ended)
      const after = readLastEventId(request.headers['last-event-id']) ?? requested
      const end = sendEvents(feed, { after, storeId, filter }, reply, streams.turn)
      reply.raw.once('close', openStreams.add(request.principal!, end))
      return sent
    },
    { timeout: 0, compress: false, quiet: true },
  )
}

/**
 * Refuses a page that would leave out events without a word. 0 asks for the log from its beginning, wherever that is.
 * @throws HubError `gone`
 */
function requireInLog(after: number, of: string | undefined, storeId: string, bounds: { first: number; last: number }): void {
  const oldest = oldestOf(bounds)
  const isOther = after > bounds.last || (of !== undefined && of !== storeId)
  if (!isOther && (after === 0 || after >= oldest - 1)) return
  const gap: EventGap = {
    reason: isOther ? 'other_log' : 'removed',
    after,
    continues_after: isOther ? bounds.last : oldest - 1,
    store_id: storeId,
  }
  throw new HubError('gone', isOther ? `Event ${after} is not of this log` : `The events from ${after + 1} to ${oldest - 1} were removed`, {
    suggestion: `Read again what you know by events, then go on with after=${gap.continues_after}.`,
    details: { ...gap },
  })
}

function toMs(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant)
}

/** A browser that reconnects sends the id of its last event; that is newer than the `after` of its address. */
function readLastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header)
  throw new HubError('validation_error', 'Last-Event-ID is not the id of an event', {
    apiCode: 'VALIDATION_INVALID_TYPE',
    details: { field: 'Last-Event-ID' },
  })
}
