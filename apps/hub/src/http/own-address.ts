import { isLoopback } from '@signalbox/hub-address/this-machine'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { HubConfig } from '../config.ts'
import { isForwarded } from './forwarded.ts'

/** What a prefix may consist of: it is written into pages, headers and cookies. */
const PLAIN_PATH = /^(?:\/[\w.~-]+)+$/

/**
 * The addresses at which clients reach this hub: PUBLIC_URL, else what the request itself and the proxies that are trusted
 * say. Fastify takes the last entry of an `X-Forwarded-*` list, which the nearest proxy wrote; behind two trusted proxies the
 * browser's address is one entry further left.
 */
export class OwnAddress {
  readonly #config: Pick<HubConfig, 'publicUrl' | 'basePath'>

  constructor(config: Pick<HubConfig, 'publicUrl' | 'basePath'>) {
    this.#config = config
  }

  /** The address to give to people, without a slash at its end. */
  url(request: FastifyRequest): string {
    return `${this.#config.publicUrl === undefined ? (originOf(request) ?? '') : new URL(this.#config.publicUrl).origin}${this.basePath(request)}`
  }

  /** The origins of the hub's own pages, the one to name first. */
  origins(request: FastifyRequest): string[] {
    const { publicUrl } = this.#config
    const own = [publicUrl === undefined ? undefined : new URL(publicUrl).origin, originOf(request), originWithPort(request)]
    return [...new Set(own)].filter((origin) => origin !== undefined)
  }

  /** The path below which browsers see the hub, such as `/signalbox`; empty at the root. */
  basePath(request: FastifyRequest): string {
    return this.#config.basePath || forwardedPrefix(request)
  }

  /** Whether the browser came over https. */
  isSecure(request: FastifyRequest): boolean {
    if (this.isKnownSecure(request)) return true
    const { publicUrl } = this.#config
    if (publicUrl === undefined || !publicUrl.startsWith('https:')) return false
    const { origin } = request.headers
    // On the hub's own machine the page may also be opened without the proxy.
    return origin === undefined
      ? !isLoopback(request.hostname) || isForwarded(request.raw)
      : origin.toLowerCase() === new URL(publicUrl).origin
  }

  /** Whether the request itself, or a trusted proxy, says that it came over https. */
  isKnownSecure(request: FastifyRequest): boolean {
    return protocolOf(request) === 'https'
  }
}

/** Gives each request the addresses of the hub. */
export function decorateOwnAddress(app: FastifyInstance, config: Pick<HubConfig, 'publicUrl' | 'basePath'>): void {
  app.decorate('ownAddress', new OwnAddress(config))
}

declare module 'fastify' {
  interface FastifyInstance {
    ownAddress: OwnAddress
  }
}

/** @returns undefined when the request names no host that can be one */
function originOf(request: FastifyRequest): string | undefined {
  return toOrigin(`${protocolOf(request)}://${hostOf(request)}`)
}

/** For proxies that say the port apart, as nginx does whose `Host` is `$host`. */
function originWithPort(request: FastifyRequest): string | undefined {
  const port = request.headers['x-forwarded-port']
  if (!isFromTrustedProxy(request) || typeof port !== 'string' || !/^\d{1,5}$/.test(port)) return undefined
  return toOrigin(`${protocolOf(request)}://${hostOf(request).replace(/:\d+$/, '')}:${port}`)
}

function toOrigin(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined
}

function protocolOf(request: FastifyRequest): string {
  return (entryOfOutermost(request, 'x-forwarded-proto') ?? request.protocol).toLowerCase()
}

function hostOf(request: FastifyRequest): string {
  return entryOfOutermost(request, 'x-forwarded-host') ?? request.host
}

function forwardedPrefix(request: FastifyRequest): string {
  if (!isFromTrustedProxy(request)) return ''
  const sent = request.headers['x-forwarded-prefix']
  const prefix = (Array.isArray(sent) ? sent.join() : (sent ?? '')).split(',')[0]!.trim().replace(/\/+$/, '')
  return PLAIN_PATH.test(prefix) && !/\/\.{1,2}(?:\/|$)/.test(prefix) ? prefix : ''
}

/** Fastify lists the peer and, as far as they are trusted, the addresses of `X-Forwarded-For`: a second one follows only a trusted peer. */
function isFromTrustedProxy({ ips }: FastifyRequest): boolean {
  return (ips?.length ?? 0) > 1
}

/** The entry of the outermost trusted proxy; undefined behind fewer than two proxies, where Fastify's answer holds. */
function entryOfOutermost(request: FastifyRequest, name: string): string | undefined {
  const proxies = (request.ips?.length ?? 0) - 1
  const sent = request.headers[name]
  if (proxies < 2 || sent === undefined) return undefined
  const entries = String(sent).split(',')
  return entries[Math.max(0, entries.length - proxies)]?.trim()
}
