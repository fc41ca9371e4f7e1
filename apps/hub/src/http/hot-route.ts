import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Route } from '@signalbox/contract/route'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { HubState } from '../hub-state.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Authenticator } from './auth.ts'
import type { Certificate } from './certificate.ts'
import type { Connections } from './connections.ts'
import { hasTwoHosts } from './host-header.ts'
import type { MinuteCount } from './minute-counter.ts'
import { askForHttps, isPlainFromElsewhere } from './plain-http.ts'
import type { Principal } from './principal.ts'
import { heartbeatKey, type Limiter } from './rate-limit.ts'
import { requestIdOf } from './request-id.ts'
import { answerHeaders } from './security-headers.ts'
import { canonicalId } from './session-id.ts'

interface ServerOptions {
  readonly basePath?: string
  readonly publicUrl?: string | undefined
  readonly certificate?: Certificate | undefined
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

interface HotRouteOptions {
  readonly app: FastifyInstance
  readonly authenticator: Authenticator
  readonly limiter: Limiter
  readonly metrics: Metrics
  readonly state: HubState
}

type ParseResult = { readonly success: true; readonly data: unknown } | { readonly success: false }

interface HotRoute {
  /** The path before and after its parameter. */
  readonly prefix: string
  readonly suffix: string
  readonly parameter: string
  readonly body: { safeParse(body: unknown): ParseResult }
  /** The parsed body `{}`, which most requests have. */
  readonly emptyBody: ParseResult
  readonly handle: (id: string, body: unknown) => Promise<object>
  readonly duration: { observe(seconds: number): void }
}

interface Match {
  readonly options: HotRouteOptions
  readonly route: HotRoute
  readonly id: string
}

/** An id that needs no decoding. `.` and `..` are steps in a path. */
const PLAIN_ID = /^(?!\.{1,2}$)[\w.~-]{1,200}$/
const MAX_BODY_BYTES = 64 * 1024
const KEEP_ALIVE_TIMEOUT_MS = 72_000
/** Time limit of a request, because a slow sender holds a socket; 8 MiB arrive in two minutes even over a bad connection. */
const REQUEST_TIMEOUT_MS = 120_000
/** Keys that Fastify's JSON parser refuses, and the escape that could write them. */
const SUSPICIOUS = /__proto__|constructor|\\u/
const fixedHeaders = Object.entries({
  'cache-control': 'no-store',
  ...answerHeaders(),
  'content-type': 'application/json; charset=utf-8',
}).flat()

/**
 * The short path of hot routes, such as the heartbeats of ten thousand sessions: a known key, a plain id, a short JSON
 * body, an answer of 200. Fastify's hooks cost more than the work of such a request. Every other request takes the path
 * through Fastify, and so does one that turns out not to be plain: only that path answers with errors.
 * `hot-route.test.ts` holds both paths to the same answers.
 */
export class HotRoutes {
  readonly #routes: HotRoute[] = []
  readonly #connections: Connections
  #options: HotRouteOptions | undefined

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /**
   * Creates Fastify's server, with the short path before its listener.
   * @param options.publicUrl where plain http from elsewhere is sent, when there is a certificate
   * @param options.basePath the path below which a proxy serves the hub. It may take it off or not, so requests come with and without
   */
  createServer(listener: Listener, { basePath = '', publicUrl, certificate }: ServerOptions = {}): http.Server {
    const server = http.createServer((request, response) => {
      if (!this.#connections.admit(request, response)) return
      if (certificate !== undefined && isPlainFromElsewhere(request)) return askForHttps(request, response, publicUrl)
      if (basePath !== '') request.url = withoutBasePath(request.url ?? '/', basePath)
      if (!this.#accept(request, response, listener)) listener(request, response)
    })
    // Fastify sets these only where it creates the server itself.
    server.requestTimeout = REQUEST_TIMEOUT_MS
    server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS
    certificate?.serve(server, (secure, socket) => this.#connections.secured(secure, socket))
    this.#connections.watch(server)
    return server
  }

  /** Opens the short path. Without this call every request goes through Fastify. */
  start(options: HotRouteOptions): void {
    this.#options = options
  }

  /** @param route a POST of the scope `write` with one parameter in the middle of its path */
  add(route: Route, parameter: string, handle: HotRoute['handle']): void {
    if (this.#options === undefined) return
    const body = z.compile(route.body ?? z.undefined()) as HotRoute['body']
    const [prefix = '', suffix = ''] = route.path.split(`:${parameter}`)
    const duration = this.#options.metrics.answered(route.method, route.path, 200)
    this.#routes.push({ prefix, suffix, parameter, body, emptyBody: body.safeParse({}), handle, duration })
  }

  /** @returns whether the request is answered here; otherwise none of its body has been read */
  #accept(request: IncomingMessage, response: ServerResponse, listener: Listener): boolean {
    const startedAt = performance.now()
    const match = request.method === 'POST' ? this.#find(request.url ?? '') : undefined
    const key = match && readPlainKey(request.headers)
    if (match === undefined || key === undefined || hasTwoHosts(request.rawHeaders)) return false
    const principal = match.options.authenticator.lookUpPrincipal(key)
    if (!(principal instanceof Promise)) return this.#admit(match, principal, request, response, startedAt)
    principal.then(
      (found) => {
        if (!this.#admit(match, found, request, response, startedAt)) listener(request, response)
      },
      // The store failed: Fastify's path answers with the error.
      () => listener(request, response),
    )
    return true
  }

  #find(url: string): Match | undefined {
    const options = this.#options
    if (options === undefined || options.state.reason !== undefined) return undefined
    for (const route of this.#routes) {
      if (!url.startsWith(route.prefix) || !url.endsWith(route.suffix)) continue
      const id = url.slice(route.prefix.length, -route.suffix.length)
      if (PLAIN_ID.test(id)) return { options, route, id: canonicalId(route.parameter, id) }
    }
    return undefined
  }

  /** Counts the request and answers it when its body has arrived. @returns false when Fastify is to answer it */
  #admit(match: Match, principal: Principal | undefined, request: IncomingMessage, response: ServerResponse, startedAt: number): boolean {
    if (principal === undefined || !principal.scopes.includes('write')) return false
    this.#connections.known(request.socket)
    const { options, route, id } = match
    const count = options.limiter.countHeartbeat(principal, heartbeatKey(route.parameter, id))
    if (count.exceeded) return false
    const respond = (bytes: Buffer) => {
      handleRequest(match, principal, bytes, startedAt).then(
        (body) => sendAnswer(request, response, body, count, options.state),
        () => void answerThroughFastify(options.app, request, response, bytes),
      )
    }
    const length = request.headers['content-length']
    if (length === undefined || length === '0') {
      respond(noBytes)
      return true
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => respond(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    return true
  }
}

const notPlain = new Error('The request needs the path through Fastify')
const noBytes = Buffer.alloc(0)
const unreadable = { success: false } as const

/** The key, where no header asks for more than the short path does. */
function readPlainKey(headers: IncomingHttpHeaders): string | undefined {
  if (headers['idempotency-key'] !== undefined || headers['content-encoding'] !== undefined || headers.expect !== undefined)
    return undefined
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined
  const type = headers['content-type']
  if (type !== undefined && type !== 'application/json') return undefined
  if (type === undefined && Number(headers['content-length'] ?? 0) > 0) return undefined
  const { authorization, 'x-api-key': apiKey } = headers
  if (authorization !== undefined) return authorization.startsWith('Bearer ') ? authorization.slice(7).trim() : undefined
  return typeof apiKey === 'string' ? apiKey.trim() : undefined
}

/** @returns the body of the answer; a rejection is for Fastify's path to explain, and counts no heartbeat */
async function handleRequest({ options, route, id }: Match, principal: Principal, bytes: Buffer, startedAt: number): Promise<string> {
  try {
    const parsed = isEmptyObject(bytes) ? route.emptyBody : parseBody(route, bytes)
    if (!parsed.success) throw notPlain
    const body = JSON.stringify(await route.handle(id, parsed.data))
    route.duration.observe((performance.now() - startedAt) / 1000)
    return body
  } catch (error) {
    options.limiter.refundHeartbeat(principal, heartbeatKey(route.parameter, id))
    throw error
  }
}

/** `{}` */
function isEmptyObject(bytes: Buffer): boolean {
  return bytes.length === 2 && bytes[0] === 0x7b && bytes[1] === 0x7d
}

function parseBody({ body }: HotRoute, bytes: Buffer): ParseResult {
  if (bytes.length === 0) return body.safeParse(undefined)
  const text = bytes.toString('utf8')
  if (SUSPICIOUS.test(text)) return unreadable
  try {
    return body.safeParse(JSON.parse(text))
  } catch {
    return unreadable
  }
}

function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  { max, remaining, seconds }: MinuteCount,
  state: HubState,
): void {
  if (response.destroyed) return
  const bytes = Buffer.byteLength(body)
  const headers = [...fixedHeaders, 'x-request-id', requestIdOf(request), 'content-length', `${bytes}`]
  headers.push('ratelimit-limit', `${max}`, 'ratelimit-remaining', `${remaining}`, 'ratelimit-reset', `${seconds}`)
  // A connection that stays open for another request would keep the hub from ending.
  if (state.reason === 'stopping') headers.push('connection', 'close')
  response.writeHead(200, headers)
  // Head and body go out as one text; a text of single bytes is copied, not encoded.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8')
}

/** Injects the request into Fastify, with the body that was read already. */
async function answerThroughFastify(app: FastifyInstance, request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
  try {
    const answer = await app.inject({
      method: 'POST',
      url: request.url!,
      headers: request.headers as Record<string, string>,
      ...(request.socket.remoteAddress === undefined ? {} : { remoteAddress: request.socket.remoteAddress }),
      ...(body.length === 0 ? {} : { payload: body }),
    })
    const { date: _date, connection, ...headers } = answer.headers
    if (connection === 'close') response.setHeader('connection', connection)
    response.writeHead(answer.statusCode, headers as http.OutgoingHttpHeaders)
    response.end(answer.rawPayload)
  } catch {
    // The hub is being closed: nothing can answer any more.
    response.destroy()
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    hotRoutes: HotRoutes
  }
}

function withoutBasePath(url: string, basePath: string): string {
  if (!url.startsWith(basePath)) return url
  const rest = url.slice(basePath.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : url
}
