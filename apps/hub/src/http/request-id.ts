import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The client's own id where it is 1–128 printable characters, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\x20-\x7e]{1,128}$/.test(given) ? given : randomUUID()
}
