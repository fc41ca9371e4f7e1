import type { ListQuery } from '@signalbox/contract/list'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'
import type { ListPlace, Page } from '../store/change.ts'

/** The orders of lists; a cursor is one of its order. */
export type ListOrder = 'newest' | 'oldest heartbeat' | 'id' | 'most free slots' | 'in use first'

/** What a cursor says: the last row of the page before it, and the instant at which the first page was read. */
interface Cursor {
  readonly order: ListOrder
  readonly after: ListPlace
  readonly since: number
}

/** A page of a list, as its request asks for it. */
export interface ListPage {
  readonly order: ListOrder
  /** For the store: one row more than the page has shows whether there is a next one. */
  readonly range: { readonly limit: number; readonly offset: number; readonly after: ListPlace | undefined }
  /** When the first page was read. */
  readonly since: number
}

/**
 * Reads where a page begins. After the first page a list goes on by its cursor, behind the last row, and not by counting
 * rows: rows that are added and removed between two requests move no other row onto another page.
 * @throws HubError `validation_error` for a cursor of another list
 */
export function readPage({ limit, offset, cursor: text }: ListQuery, order: ListOrder, now = 0): ListPage {
  if (text === undefined) return { order, range: { limit: limit + 1, offset, after: undefined }, since: now }
  const cursor = parseCursor(text)
  if (cursor?.order !== order) throw wrongCursor('cursor is none of this list', 'Begin again without it, or follow the header Link.')
  if (offset > 0) throw wrongCursor('cursor and offset exclude each other', 'Leave offset out.')
  return { order, range: { limit: limit + 1, offset: 0, after: cursor.after }, since: cursor.since }
}

/**
 * Sets the headers of a page: the total of the list and the link to the next page.
 * @param rows as the store found them for `page.range`
 * @returns the rows of the page
 */
export function sendPage<R>(
  request: FastifyRequest,
  reply: FastifyReply,
  { order, range, since }: ListPage,
  { rows, total }: Page<R>,
  placeOf: (row: R) => ListPlace,
): R[] {
  reply.header('x-total-count', total)
  const shown = rows.slice(0, range.limit - 1)
  if (rows.length > shown.length) linkBehind(request, reply, { order, range, since }, placeOf(shown.at(-1)!))
  return shown
}

/** Links to the page behind a place. */
export function linkBehind(request: FastifyRequest, reply: FastifyReply, { order, range, since }: ListPage, after: ListPlace): void {
  const cursor: Cursor = { order, after, since }
  linkNext(request, reply, { limit: String(range.limit - 1), cursor: Buffer.from(JSON.stringify(cursor)).toString('base64url') })
}

/** Sets `Link: <…>; rel="next"`: the same request with changed parameters. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, change: Readonly<Record<string, string>>): void {
  const [path, query] = request.url.split('?', 2)
  const next = new URLSearchParams(query)
  next.delete('offset')
  for (const [name, value] of Object.entries(change)) next.set(name, value)
  reply.header('link', `<${request.server.ownAddress.basePath(request)}${path}?${next}>; rel="next"`)
}

function parseCursor(text: string): Cursor | undefined {
  try {
    const { order, after, since } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Cursor
    const isPlace = Number.isSafeInteger(after.at) && typeof after.id === 'string' && after.id.length <= 200 && Number.isSafeInteger(since)
    return isPlace ? { order, after: { at: after.at, id: after.id }, since } : undefined
  } catch {
    return undefined
  }
}

/** The refusal of a cursor that is of no use here. */
export function wrongCursor(message: string, suggestion: string): HubError {
  return new HubError('validation_error', message, { apiCode: 'VALIDATION_INVALID_TYPE', suggestion, details: { field: 'cursor' } })
}
