import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Route } from '@signalbox/contract/route'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { HubState } from '../doors.ts'
import type { Doorman } from './auth.ts'
import { DirectSocket, type Write } from './direct-socket.ts'
import type { Metrics } from './metrics.ts'
import type { Counted } from './minute-count.ts'
import { type PlainRequest, readPlainRequest } from './plain-request.ts'
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
  /** Of the path, around the id. */
  readonly before: string
  readonly after: string
  readonly parameter: string
  readonly read: { safeParse(body: unknown): { success: true; data: unknown } | { success: false } }
  readonly answer: (id: string, body: unknown) => Promise<object>
  /** What an empty object is read as, where it may be sent. */
  readonly ofEmpty: { readonly success: true; readonly data: unknown } | { readonly success: false }
  readonly took: { observe(seconds: number): void }
}

/** Whose request it may be. */
interface Found {
  readonly parts: Parts
  readonly door: Door
  readonly id: string
}

/** An id that stands in the address as it is. */
const PLAIN_ID = /^[\w.~-]{1,200}$/
const MAX_BODY_BYTES = 64 * 1024
/** A connection on which nothing is said for so long is closed; in milliseconds. */
const IDLE_MS = 72_000
const SWEEP_MS = 5000
const GRACE_MS = 200
/** What the usual reader of bodies refuses, and what may spell it. */
const SUSPICIOUS = /__proto__|constructor|\\u/
const usualHeaders = Object.entries({
  'cache-control': 'no-store',
  ...answerHeaders(),
  'content-type': 'application/json; charset=utf-8',
})
const usualList = usualHeaders.flat()
const usualHead = `HTTP/1.1 200 OK\r\n${usualHeaders.map(([name, value]) => `${name}: ${value}\r\n`).join('')}`

/**
 * A quicker way for requests that are nearly all there are, such as ten thousand sessions' heartbeats: a known key, a
 * plain id, a short JSON body, an answer of 200. Their way through the framework's hooks costs more than what they ask
 * for. Whatever is not plain goes the usual way, and so does whatever turns out not to be: errors are told there only.
 * `fast-lane.test.ts` holds both ways to the same answers.
 */
export class FastLane {
  readonly #doors: Door[] = []
  readonly #direct = new Set<DirectSocket>()
  #parts: Parts | undefined

  /** @returns the server for the framework, with us before it */
  serve(handler: Handler): http.Server {
    const server = http.createServer((request, response) => {
      if (!this.#take(request, response, handler)) handler(request, response)
    })
    // As the framework sets them where it makes the server. Slow senders hold a socket; 8 MiB arrive in two minutes even by
    // a bad line.
    server.requestTimeout = 120_000
    server.keepAliveTimeout = IDLE_MS
    const usually = server.listeners('connection') as ((socket: Socket) => void)[]
    server.removeAllListeners('connection')
    server.on('connection', (socket) => {
      const handOver = () => {
        for (const take of usually) take.call(server, socket)
      }
      if (this.#doors.length === 0) return handOver()
      this.#meet(socket, handOver)
    })
    return server
  }

  #meet(socket: Socket, handOver: () => void): void {
    let last: PlainRequest | undefined
    const direct = new DirectSocket(socket, {
      take: (bytes, began, write, decline) => {
        last = readPlainRequest(bytes, last)
        return last !== undefined && this.#takeDirect(last, began, write, decline)
      },
      handOver: () => {
        this.#direct.delete(direct)
        handOver()
      },
    })
    this.#direct.add(direct)
    socket.once('close', () => this.#direct.delete(direct))
  }

  start(parts: Parts): void {
    this.#parts = parts
    // One look at all of them: a timer of its own for each would be set twice for each request.
    const sweep = setInterval(() => {
      for (const direct of this.#direct) direct.closeIdle(performance.now() - IDLE_MS)
    }, SWEEP_MS).unref()
    parts.app.addHook('preClose', async () => {
      clearInterval(sweep)
      // What is on its way meanwhile gets its answer from the usual way, which says that the hub is being closed.
      setTimeout(() => {
        for (const direct of this.#direct) direct.closeIdle()
      }, GRACE_MS)
    })
  }

  /** @param route a POST of the scope `write` with one parameter in the middle of its path */
  open<const R extends Route>(route: R, parameter: string, answer: (id: string, body: BodyOf<R>) => Promise<object>): void {
    if (this.#parts === undefined) return
    const read = z.compile(route.body ?? z.undefined()) as Door['read']
    const [before = '', after = ''] = route.path.split(`:${parameter}`)
    this.#doors.push({
      before,
      after,
      parameter,
      read,
      ofEmpty: read.safeParse({}),
      answer: answer as Door['answer'],
      took: this.#parts.metrics.answered(route.method, route.path, 200),
    })
  }

  /** @returns whether it will be answered from here; otherwise nothing of it has been read */
  #take(request: IncomingMessage, response: ServerResponse, usually: Handler): boolean {
    const began = performance.now()
    const found = request.method === 'POST' ? this.#find(request.url ?? '') : undefined
    const key = found && keyOf(request)
    if (found === undefined || key === undefined) return false
    const admitted = (counted: Counted) => {
      const knock = (bytes: Buffer) => {
        this.#knock(found, bytes, began).then(
          (body) => send(request, response, body, placeOf(counted), found.parts.state),
          () => void usualWay(found.parts.app, request, response, bytes),
        )
      }
      if (request.headers['content-length'] === undefined || request.headers['content-length'] === '0') return knock(nothing)
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => knock(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    }
    return this.#admit(found, key, admitted, () => usually(request, response))
  }

  /** As `#take`, before there is a request: see `DirectSocket`. */
  #takeDirect(request: PlainRequest, began: number, write: Write, decline: () => void): boolean {
    const found = this.#find(request.path)
    const key = found && keyOf(request)
    if (found === undefined || key === undefined) return false
    const admitted = (counted: Counted) => {
      this.#knock(found, request.body, began).then((body) => {
        const last = found.parts.state.reason === 'stopping'
        const length = Buffer.byteLength(body)
        const head = headOf(requestIdOf(request), length, placeOf(counted), last)
        write(head + body, length === body.length ? 'latin1' : 'utf8', last)
      }, decline)
    }
    return this.#admit(found, key, admitted, decline)
  }

  #find(url: string): Found | undefined {
    const parts = this.#parts
    if (parts === undefined || parts.state.reason !== undefined) return undefined
    for (const door of this.#doors) {
      if (!url.startsWith(door.before) || !url.endsWith(door.after)) continue
      const id = url.slice(door.before.length, -door.after.length)
      if (PLAIN_ID.test(id)) return { parts, door, id }
    }
    return undefined
  }

  /** @returns false when it is not for us; `declined` is called when that is known only later */
  #admit(found: Found, key: string, admitted: (counted: Counted) => void, declined: () => void): boolean {
    const { parts, door, id } = found
    const enter = (principal: Principal | undefined) => {
      if (principal === undefined || !principal.scopes.includes('write')) return false
      const counted = parts.limiter.countBeat(beatName(door.parameter, id))
      if (!counted.exceeded) admitted(counted)
      return !counted.exceeded
    }
    const principal = parts.doorman.recognise(key)
    if (!(principal instanceof Promise)) return enter(principal)
    principal.then(
      (known) => {
        if (!enter(known)) declined()
      },
      // The store cannot say; the usual way will, in its words.
      declined,
    )
    return true
  }

  /** @returns the answer's body; a rejection is for the usual way to explain, and has not been counted */
  async #knock({ parts, door, id }: Found, bytes: Buffer, began: number): Promise<string> {
    try {
      const read = isEmptyObject(bytes) ? door.ofEmpty : readBody(door, bytes)
      if (!read.success) throw declined
      const body = JSON.stringify(await door.answer(id, read.data))
      door.took.observe((performance.now() - began) / 1000)
      return body
    } catch (error) {
      parts.limiter.forgiveBeat(beatName(door.parameter, id))
      throw error
    }
  }
}

const declined = new Error('It is for the usual way')
const nothing = Buffer.alloc(0)
const odd = { success: false } as const

/** The key, where the headers say nothing but that and what the body is. */
function keyOf({ headers }: { readonly headers: IncomingHttpHeaders }): string | undefined {
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

/** Where the sender stands in its minute. */
function placeOf({ max, remaining, seconds }: Counted): string[] {
  return ['ratelimit-limit', `${max}`, 'ratelimit-remaining', `${remaining}`, 'ratelimit-reset', `${seconds}`]
}

function send(request: IncomingMessage, response: ServerResponse, body: string, place: readonly string[], state: HubState): void {
  if (response.destroyed) return
  const bytes = Buffer.byteLength(body)
  const headers = [...usualList, 'x-request-id', requestIdOf(request), 'content-length', `${bytes}`, ...place]
  // A connection that stays open for another request would keep the hub from ending.
  if (state.reason === 'stopping') headers.push('connection', 'close')
  response.writeHead(200, headers)
  // Head and body go out as one text; one of single bytes is copied, not encoded.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8')
}

/** What the server of Node would write before the body. */
function headOf(requestId: string, length: number, place: readonly string[], last: boolean): string {
  let head = `${usualHead}x-request-id: ${requestId}\r\ncontent-length: ${length}\r\n`
  for (let at = 0; at < place.length; at += 2) head += `${place[at]}: ${place[at + 1]}\r\n`
  const connection = last ? 'close' : `keep-alive\r\nKeep-Alive: timeout=${IDLE_MS / 1000}`
  return `${head}Date: ${dateText()}\r\nConnection: ${connection}\r\n\r\n`
}

let date = { second: 0, text: '' }

function dateText(): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== date.second) date = { second, text: new Date(second * 1000).toUTCString() }
  return date.text
}

/** Through the framework after all, with the body that was read already. */
async function usualWay(app: FastifyInstance, request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
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
