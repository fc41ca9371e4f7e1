import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../config.ts'
import { HubError } from '../hub-error.ts'

/** Whether a request changes something, and so must not be caused by a foreign page. */
export function changesState({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
}

/**
 * Holds a request to the hub's own page: a browser says in `Origin` whose page it was.
 * @param mayBeAbsent where no browser need be involved
 * @throws HubError `forbidden`
 */
export function requireOwnOrigin(request: FastifyRequest, { mayBeAbsent }: { mayBeAbsent: boolean }): void {
  const { origin } = request.headers
  if (origin === undefined && mayBeAbsent) return
  if (origin !== undefined && origin.toLowerCase() === `${request.protocol}://${request.host}`.toLowerCase()) return
  throw new HubError('forbidden', origin === undefined ? 'The header Origin is missing' : 'The request comes from a foreign page', {
    suggestion:
      'Use the page that this hub serves, or send a key as "Authorization: Bearer KEY". Behind a proxy, set TRUST_PROXY so that the hub knows its own address.',
  })
}

/**
 * While no key is asked for, a name is the only thing that keeps foreign pages out: one that makes its own name point
 * to this machine still sends that name in `Host`.
 * @throws HubError `forbidden`
 */
export function requireLoopbackHost(request: FastifyRequest): void {
  const { host } = request.headers
  const name = host === undefined ? undefined : /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host)?.[1]
  if (name !== undefined && isLoopback(name)) return
  throw new HubError('forbidden', 'While no key exists, the hub answers only to the names of this machine', {
    suggestion: 'Use http://localhost or http://127.0.0.1, or make a key: signalbox keys create NAME.',
  })
}
