import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import { errorAnswer } from './error-body.ts'

const MiB = 1024 * 1024
/** What is unavailable is looked for again after so many seconds. */
const RETRY_AFTER_S = 5

/** Every 4xx and 5xx leaves through here, so all have the one body. */
export function handleErrors(app: FastifyInstance, clock: Clock): void {
  const known = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ method, url }) => {
    const methods = known.get(url) ?? new Set()
    known.set(url, methods)
    for (const name of [method].flat()) methods.add(name)
  })
  app.setErrorHandler((error, request, reply) => sendError(hubErrorOf(error, request), request, reply, clock))
  app.setNotFoundHandler((request, reply) => sendError(notFound(known, request, reply), request, reply, clock))
}

export function sendError(error: HubError, request: FastifyRequest, reply: FastifyReply, clock: Clock): FastifyReply {
  const path = request.url.split('?', 1)[0]!
  const { status, body } = errorAnswer(error, { path, requestId: request.id, now: clock.now() })
  if (status >= 500) request.log.error({ err: error.cause ?? error, code: error.code }, error.message)
  else request.log.debug({ code: error.code, status }, error.message)
  if (error.code === 'unavailable' && !reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER_S)
  // An answer that was begun with another type would otherwise keep it.
  return reply
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .removeHeader('etag')
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body))
}

/** An address Fastify could not even read, before there is a route. */
export function answerBadUrl(clock: Clock) {
  return (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
    const problem = new HubError('validation_error', 'The address cannot be read', {
      suggestion: 'Encode what is special in an address, such as % as %25.',
    })
    sendError(problem, request, reply, clock)
  }
}

/** Bytes that are not HTTP, or too much of a header: there is no request yet, only a socket. */
export function answerClientError(clock: Clock) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return
    const message =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? 'The headers of the request are too large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? 'The request took too long to arrive'
          : 'The request is not HTTP'
    const requestId = randomUUID()
    const { status, body } = errorAnswer(new HubError('validation_error', message), { path: '', requestId, now: clock.now() })
    const text = JSON.stringify(body)
    socket.end(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        'Content-Type: application/json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(text)}`,
        `X-Request-Id: ${requestId}`,
        'Connection: close',
        '',
        text,
      ].join('\r\n'),
    )
  }
}

function notFound(known: ReadonlyMap<string, ReadonlySet<string>>, request: FastifyRequest, reply: FastifyReply): HubError {
  const path = request.url.split('?', 1)[0]!
  const methods = [...known].filter(([url]) => isAt(url, path)).flatMap(([, methods]) => [...methods])
  if (methods.length === 0 || methods.includes(request.method)) {
    return new HubError('not_found', `There is nothing at ${path}`, { suggestion: 'GET /api/docs shows every route of the hub.' })
  }
  const allowed = [...new Set(methods)].join(', ')
  reply.header('allow', allowed)
  return new HubError('not_found', `There is no ${request.method} ${path}`, { suggestion: `${path} answers ${allowed}.` })
}

/** Whether a path is one of a route's, as `/api/keys/k_1` is of `/api/keys/:key_id`. */
function isAt(url: string, path: string): boolean {
  const wanted = url.split('/')
  const parts = path.split('/')
  if (wanted.at(-1) === '*') return parts.length >= wanted.length && wanted.slice(0, -1).every((part, index) => part === parts[index])
  return (
    wanted.length === parts.length && wanted.every((part, index) => (/^:\w+$/.test(part) ? parts[index] !== '' : part === parts[index]))
  )
}

function hubErrorOf(error: unknown, request: FastifyRequest): HubError {
  if (error instanceof HubError) return error
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(request.routeOptions.bodyLimit)
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new HubError('validation_error', 'The body is empty', {
        apiCode: 'VALIDATION_MISSING_FIELD',
        suggestion: 'Send a JSON body, or no Content-Type where no body is needed.',
      })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new HubError('validation_error', `A body of type ${request.headers['content-type']} is not read here`, {
        apiCode: 'VALIDATION_INVALID_TYPE',
        suggestion: 'Send JSON with "Content-Type: application/json".',
      })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new HubError('validation_error', 'The body is not as long as Content-Length says', { apiCode: 'VALIDATION_INVALID_TYPE' })
    case 'FST_ERR_HANDLER_TIMEOUT':
      return new HubError('timeout', 'The answer took too long', { suggestion: 'Try again, or ask for less at once.', cause: error })
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HubError('validation_error', 'The request cannot be read', { apiCode: 'VALIDATION_INVALID_TYPE', cause: error })
  }
  return new HubError('internal_error', 'Something went wrong inside the hub', {
    suggestion: 'Look for the request id in the log of the hub, and report what it says there.',
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
