import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The client's own request id where it is 1–128 printable characters, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const sent = request.headers['x-request-id']
  return typeof sent === 'string' && /^[\x20-\x7e]{1,128}$/.test(sent) ? sent : randomUUID()
}
