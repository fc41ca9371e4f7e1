import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Route } from '@signalbox/contract/route'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { HubState } from '../doors.ts'
import type { Doorman } from './auth.ts'
import type { Metrics } from './metrics.ts'
import type { Principal } from './principal.ts'
import { beatName, type Limiter } from './rate-limit.ts'
import { requestIdOf } from './request-id.ts'
import { answerHeaders } from './security-headers.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void
type BodyOf<R extends Route> = R['body'] extends z.ZodType ? z.output<R['body']> : undefined

interface Parts {
  readonly app: FastifyInstance
  readonly doorman: Doorman
  readonly limiter: Limiter
  readonly metrics: Metrics
  readonly state: HubState
}

interface Door {
  readonly parameter: string
  readonly read: { safeParse(body: unknown): { success: true; data: unknown } | { success: false } }
  readonly answer: (id: string, body: unknown) => Promise<object>
  /** What an empty object is read as, where it may be sent. */
  readonly ofEmpty: { readonly success: true; readonly data: unknown } | { readonly success: false }
  readonly took: { observe(seconds: number): void }
}

/** An id that stands in the address as it is. */
const PLAIN_ID = /^[\w.~-]{1,200}$/
const MAX_BODY_BYTES = 64 * 1024
/** What the usual reader of bodies refuses, and what may spell it. */
const SUSPICIOUS = /__proto__|constructor|\\u/
const usualHeaders = Object.entries({
  'cache-control': 'no-store',
  ...answerHeaders(),
  'content-type': 'application/json; charset=utf-8',
}).flat()

/**
 * A quicker way for requests that are nearly all there are, such as ten thousand sessions' heartbeats: a known key, a
 * plain id, a short JSON body, an answer of 200. Their way through the framework's hooks costs more than what they ask
 * for. Whatever is not plain goes the usual way, and so does whatever turns out not to be: errors are told there only.
 * `fast-lane.test.ts` holds both ways to the same answers.
 */
export class FastLane {
  readonly #doors = new Map<string, Door>()
  #parts: Parts | undefined

  /** @returns the server for the framework, with us before it */
  serve(handler: Handler): http.Server {
    const server = http.createServer((request, response) => {
      if (!this.#take(request, response, handler)) handler(request, response)
    })
    // As the framework sets them where it makes the server. Slow senders hold a socket; 8 MiB arrive in two minutes even by
    // a bad line.
    server.requestTimeout = 120_000
    server.keepAliveTimeout = 72_000
    return server
  }

  start(parts: Parts): void {
    this.#parts = parts
  }

  /** @param route a POST of the scope `write` with one parameter in the middle of its path */
  open<const R extends Route>(route: R, parameter: string, answer: (id: string, body: BodyOf<R>) => Promise<object>): void {
    if (this.#parts === undefined) return
    const read = z.compile(route.body ?? z.undefined()) as Door['read']
    this.#doors.set(route.path.replace(`:${parameter}`, ''), {
      parameter,
      read,
      ofEmpty: read.safeParse({}),
      answer: answer as Door['answer'],
      took: this.#parts.metrics.answered(route.method, route.path, 200),
    })
  }

  /** @returns whether it will be answered from here; otherwise nothing of it has been read */
  #take(request: IncomingMessage, response: ServerResponse, usually: Handler): boolean {
    const parts = this.#parts
    if (parts === undefined || parts.state.reason !== undefined || request.method !== 'POST') return false
    const { url = '' } = request
    const [first, last] = [url.indexOf('/', 1), url.lastIndexOf('/')]
    const door = last > first ? this.#doors.get(url.slice(0, first + 1) + url.slice(last)) : undefined
    if (door === undefined) return false
    const id = url.slice(first + 1, last)
    const key = PLAIN_ID.test(id) ? keyOf(request) : undefined
    if (key === undefined) return false
    const visit: Visit = { id, request, response, began: performance.now() }
    const principal = parts.doorman.recognise(key)
    if (!(principal instanceof Promise)) return this.#admitted(door, visit, principal, parts)
    principal.then(
      (known) => {
        if (!this.#admitted(door, visit, known, parts)) usually(request, response)
      },
      // The store cannot say; the usual way will, in its words.
      () => usually(request, response),
    )
    return true
  }

  #admitted(door: Door, visit: Visit, principal: Principal | undefined, parts: Parts): boolean {
    if (principal === undefined || !principal.scopes.includes('write')) return false
    const name = beatName(door.parameter, visit.id)
    const counted = parts.limiter.countBeat(name)
    if (counted.exceeded) return false
    const { request } = visit
    const again = (bytes: Buffer) => {
      parts.limiter.forgiveBeat(name)
      void usualWay(parts.app, visit, bytes)
    }
    const knock = (bytes: Buffer) => {
      const read = isEmptyObject(bytes) ? door.ofEmpty : readBody(door, bytes)
      if (!read.success) return again(bytes)
      door.answer(visit.id, read.data).then(
        (answer) => {
          const { max, remaining, seconds } = counted
          send(visit, JSON.stringify(answer), parts.state, [
            'ratelimit-limit',
            `${max}`,
            'ratelimit-remaining',
            `${remaining}`,
            'ratelimit-reset',
            `${seconds}`,
          ])
          door.took.observe((performance.now() - visit.began) / 1000)
        },
        () => again(bytes),
      )
    }
    if (request.headers['content-length'] === undefined || request.headers['content-length'] === '0') {
      knock(nothing)
      return true
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => knock(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    return true
  }
}

interface Visit {
  readonly id: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly began: number
}

const nothing = Buffer.alloc(0)
const odd = { success: false } as const

/** The key, where the headers say nothing but that and what the body is. */
function keyOf({ headers }: IncomingMessage): string | undefined {
  if (headers['idempotency-key'] !== undefined || headers['content-encoding'] !== undefined || headers.expect !== undefined)
    return undefined
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined
  const type = headers['content-type']
  if (type !== undefined && type !== 'application/json') return undefined
  if (type === undefined && Number(headers['content-length'] ?? 0) > 0) return undefined
  const { authorization, 'x-api-key': other } = headers
  if (authorization !== undefined) return authorization.startsWith('Bearer ') ? authorization.slice(7).trim() : undefined
  return typeof other === 'string' ? other.trim() : undefined
}

/** `{}`, as most bodies are. */
function isEmptyObject(bytes: Buffer): boolean {
  return bytes.length === 2 && bytes[0] === 0x7b && bytes[1] === 0x7d
}

function readBody(door: Door, bytes: Buffer): ReturnType<Door['read']['safeParse']> {
  if (bytes.length === 0) return door.read.safeParse(undefined)
  const text = bytes.toString('utf8')
  if (SUSPICIOUS.test(text)) return odd
  try {
    return door.read.safeParse(JSON.parse(text))
  } catch {
    return odd
  }
}

function send({ request, response }: Visit, body: string, state: HubState, more: readonly string[]): void {
  if (response.destroyed) return
  const bytes = Buffer.byteLength(body)
  const headers = [...usualHeaders, 'x-request-id', requestIdOf(request), 'content-length', `${bytes}`, ...more]
  // A connection that stays open for another request would keep the hub from ending.
  if (state.reason === 'stopping') headers.push('connection', 'close')
  response.writeHead(200, headers)
  // Head and body go out as one text; one of single bytes is copied, not encoded.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8')
}

/** Through the framework after all, with the body that was read already. */
async function usualWay(app: FastifyInstance, { request, response }: Visit, body: Buffer): Promise<void> {
  try {
    const answer = await app.inject({
      method: 'POST',
      url: request.url!,
      headers: request.headers as Record<string, string>,
      ...(request.socket.remoteAddress === undefined ? {} : { remoteAddress: request.socket.remoteAddress }),
      ...(body.length === 0 ? {} : { payload: body }),
    })
    const { date: _date, connection: _connection, ...headers } = answer.headers
    response.writeHead(answer.statusCode, headers as http.OutgoingHttpHeaders)
    response.end(answer.rawPayload)
  } catch {
    // The hub is being closed: nobody can answer any more.
    response.destroy()
  }
}
