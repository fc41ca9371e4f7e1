import { isLoopback } from '@signalbox/hub-address/this-machine'
import type { FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'

/** Whether a request changes state, and so must not come from a page of another origin. */
export function changesState({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
}

/**
 * Refuses a request from a page of another origin, which browsers name in `Origin`.
 * @param mayBeAbsent where the caller need not be a browser
 * @throws HubError `forbidden`
 */
export function requireOwnOrigin(request: FastifyRequest, { mayBeAbsent }: { mayBeAbsent: boolean }): void {
  const { origin } = request.headers
  if (origin === undefined && mayBeAbsent) return
  // The browser itself compares the page with the address it asks; no page can set this header.
  if (request.headers['sec-fetch-site'] === 'same-origin') return
  if (origin === undefined) {
    throw new HubError('forbidden', 'The header Origin is missing', {
      suggestion: 'Use the page that this hub serves, or send a key as "Authorization: Bearer KEY".',
    })
  }
  const own = request.server.ownAddress.origins(request)
  if (own.includes(origin.toLowerCase())) return
  const [known = 'unknown'] = own
  const page = origin.slice(0, MAX_SHOWN_ORIGIN)
  request.log.warn(
    { origin: page, own },
    'refused a request from a page of another origin: if that is the address of this hub, set PUBLIC_URL',
  )
  throw new HubError('forbidden', `The request comes from a page of ${page}, and the address of this hub is ${known}`, {
    suggestion: `If ${page} is where people open this hub, set PUBLIC_URL=${page} for the hub, with its path if it has one; docs/proxy.md has examples. Otherwise use the page that this hub serves, or send a key as "Authorization: Bearer KEY".`,
    details: { origin: page, own },
  })
}

/** An origin is a scheme, a host and a port; a name of a host has at most 253 characters. */
const MAX_SHOWN_ORIGIN = 280

/**
 * Refuses a `Host` that is no name of this machine. While no key is needed, this alone stops DNS rebinding: a page whose
 * own name resolves to this machine still sends that name.
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
