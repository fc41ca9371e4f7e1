import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorCodes } from '@signalbox/contract/error'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { StoreFailures } from '../maintenance/store-failures.ts'
import type { Connections } from './connections.ts'
import { errorAnswer } from './error-body.ts'

const MiB = 1024 * 1024
/** `Retry-After` of an unavailable store or hub. */
const RETRY_AFTER_S = 5
/** How long the other side may take to read that its request is none, in milliseconds. */
const CLIENT_ERROR_GRACE_MS = 1_000

/** Handles all errors, so every 4xx and 5xx has the same body. */
export function handleErrors(app: FastifyInstance, clock: Clock, failures: StoreFailures): void {
  const methodsByUrl = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ method, url }) => {
    const methods = methodsByUrl.get(url) ?? new Set()
    methodsByUrl.set(url, methods)
    for (const name of [method].flat()) methods.add(name)
  })
  app.setErrorHandler((thrown, request, reply) => {
    const error = countRefusal(toHubError(thrown, request), request)
    failures.note(error)
    return sendError(error, request, reply, clock)
  })
  app.setNotFoundHandler((request, reply) => sendError(notFound(methodsByUrl, request, reply), request, reply, clock))
}

export function sendError(error: HubError, request: FastifyRequest, reply: FastifyReply, clock: Clock): FastifyReply {
  const path = request.url.split('?', 1)[0]!
  const { status, body } = errorAnswer(error, { path, requestId: request.id, now: clock.now() })
  if (status >= 500) request.log.error({ err: error.cause ?? error, code: error.code }, error.message)
  else request.log.debug({ code: error.code, status }, error.message)
  if (error.code === 'unavailable' && !reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER_S)
  // The handler may have set another content type already.
  return reply
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .removeHeader('etag')
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body))
}

/** @returns the error of an answer: that of the rate limit, where a refused heartbeat was one too many of its key */
function countRefusal(error: HubError, request: FastifyRequest): HubError {
  if (request.countRefusal === undefined || errorCodes[error.code] >= 500) return error
  try {
    request.countRefusal()
    return error
  } catch (exceeded) {
    return exceeded as HubError
  }
}

/** Answers a URL that Fastify cannot decode, before there is a route. */
export function answerBadUrl(clock: Clock) {
  return (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
    const problem = new HubError('validation_error', 'The URL cannot be decoded', {
      suggestion: 'Percent-encode special characters, such as % as %25.',
    })
    sendError(problem, request, reply, clock)
  }
}

/**
 * Answers bytes that are not HTTP, or headers that are too large: there is only a socket, and no request yet. The connection
 * is closed then, also where the other side never closes it.
 */
export function answerClientError(clock: Clock, connections: Connections) {
  const answered = new WeakSet<Socket>()
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (answered.has(socket)) return
    answered.add(socket)
    connections.abused(socket)
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const end = () => endWithError(socket, clientErrorText(error, clock))
    const { _httpMessage: pending } = socket as { _httpMessage?: ServerResponse | null }
    if (pending == null) end()
    // Nonsense behind a good request: that one is answered first.
    else if (pending.req.complete) pending.once('close', end)
    // The rest of its own body is nonsense or does not come: nothing else would ever answer it.
    else if (pending.headersSent) socket.destroy()
    else end()
  }
}

function endWithError(socket: Socket, text: string): void {
  if (socket.destroyed) return
  socket.end(text)
  // Not at once: what the other side is still sending would make the system drop the answer.
  const timer = setTimeout(() => socket.destroy(), CLIENT_ERROR_GRACE_MS)
  socket.once('close', () => clearTimeout(timer))
}

function clientErrorText(error: NodeJS.ErrnoException, clock: Clock): string {
  const message =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'The headers of the request are too large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'The request took too long to arrive'
        : 'The request is not HTTP'
  const requestId = randomUUID()
  const { status, body } = errorAnswer(new HubError('validation_error', message), { path: '', requestId, now: clock.now() })
  const text = JSON.stringify(body)
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    text,
  ].join('\r\n')
}

function notFound(methodsByUrl: ReadonlyMap<string, ReadonlySet<string>>, request: FastifyRequest, reply: FastifyReply): HubError {
  const path = request.url.split('?', 1)[0]!
  const methods = [...methodsByUrl].filter(([url]) => matchesPath(url, path)).flatMap(([, methods]) => [...methods])
  if (methods.length === 0 || methods.includes(request.method)) {
    return new HubError('not_found', `There is nothing at ${path}`, { suggestion: 'GET /api/docs shows every route of the hub.' })
  }
  const allowed = [...new Set(methods)].join(', ')
  reply.header('allow', allowed)
  return new HubError('not_found', `There is no ${request.method} ${path}`, { suggestion: `${path} answers ${allowed}.` })
}

/** Whether a path matches a route, as `/api/keys/k_1` matches `/api/keys/:key_id`. */
function matchesPath(url: string, path: string): boolean {
  const pattern = url.split('/')
  const parts = path.split('/')
  if (pattern.at(-1) === '*') return parts.length >= pattern.length && pattern.slice(0, -1).every((part, index) => part === parts[index])
  return (
    pattern.length === parts.length && pattern.every((part, index) => (/^:\w+$/.test(part) ? parts[index] !== '' : part === parts[index]))
  )
}

function toHubError(error: unknown, request: FastifyRequest): HubError {
  if (error instanceof HubError) return error
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(request.routeOptions.bodyLimit)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new HubError('validation_error', `A body of type ${request.headers['content-type']} is not accepted`, {
        apiCode: 'VALIDATION_INVALID_TYPE',
        suggestion: 'Send JSON with "Content-Type: application/json".',
      })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new HubError('validation_error', 'The length of the body differs from Content-Length', { apiCode: 'VALIDATION_INVALID_TYPE' })
    case 'FST_ERR_HANDLER_TIMEOUT':
      return new HubError('timeout', 'The answer took too long', { suggestion: 'Try again, or request less at once.', cause: error })
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HubError('validation_error', 'The request cannot be read', { apiCode: 'VALIDATION_INVALID_TYPE', cause: error })
  }
  return new HubError('internal_error', 'Something went wrong inside the hub', {
    suggestion: 'Find the request id in the log of the hub, and report that line.',
    cause: error,
  })
}

export function tooLarge(limit: number): HubError {
  const size = limit >= MiB ? `${limit / MiB} MiB` : `${Math.floor(limit / 1024)} KiB`
  return new HubError('payload_too_large', `The body is larger than ${size}`, {
    suggestion: 'Send it in smaller parts.',
    details: { limit_bytes: limit },
  })
}
