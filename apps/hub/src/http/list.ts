import type { ListQuery } from '@signalbox/contract/list'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A page of a list as a bare array; how many there are, and where the next page is, stand in the headers. */
export function sendList<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  { limit, offset }: ListQuery,
  { rows, total }: { rows: T[]; total: number },
): T[] {
  reply.header('x-total-count', total)
  if (offset + rows.length < total && rows.length > 0)
    linkNext(request, reply, { limit: String(limit), offset: String(offset + rows.length) })
  return rows
}

/** `Link: <…>; rel="next"`: the same question with other values. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, change: Readonly<Record<string, string>>): void {
  const [path, query] = request.url.split('?', 2)
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(change)) next.set(name, value)
  reply.header('link', `<${path}?${next}>; rel="next"`)
}
