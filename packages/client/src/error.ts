import type { ApiErrorCode, ErrorCode } from '@signalbox/contract/error'

/** The hub's error codes, and two for requests without a response of the hub. */
export type ClientErrorCode = ErrorCode | 'connection_error' | 'unreadable_response'

export interface ApiClientErrorFields {
  readonly code: ClientErrorCode
  /** The HTTP status; absent when there was no response. */
  readonly status?: number | undefined
  /** The id under which the hub logged the request; without a response, the id that was sent. */
  readonly requestId?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** The suggested fix. */
  readonly suggestion?: string | undefined
  /** The code as the `/api/*` routes spell it, when the hub sent one. */
  readonly apiCode?: ApiErrorCode | undefined
  /** `Retry-After`, in milliseconds. */
  readonly retryAfter?: number | undefined
  readonly byHub?: boolean | undefined
  readonly cause?: unknown
}

/** The base class of all errors of the client. Names are written out, because a minifier changes the names of classes. */
export class ApiClientError extends Error {
  override readonly name: string = 'ApiClientError'
  readonly code: ClientErrorCode
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly suggestion: string | undefined
  readonly apiCode: ApiErrorCode | undefined
  readonly retryAfter: number | undefined
  /** Whether the response came from the hub itself: a proxy in front of a stopped hub may respond with 404 too. */
  readonly byHub: boolean

  constructor(message: string, fields: ApiClientErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.code = fields.code
    this.status = fields.status
    this.requestId = fields.requestId
    this.details = fields.details
    this.suggestion = fields.suggestion
    this.apiCode = fields.apiCode
    this.retryAfter = fields.retryAfter
    this.byHub = fields.byHub ?? false
  }

  /** True when the same request may succeed later: no connection, a timeout (also 408), 429, 502–504. */
  get retryable(): boolean {
    return (
      this.code === 'connection_error' ||
      this.code === 'timeout' ||
      this.status === 429 ||
      this.status === 502 ||
      this.status === 503 ||
      this.status === 504
    )
  }
}

/** No connection, or one that broke before the response was complete. */
export class ConnectionError extends ApiClientError {
  override readonly name = 'ConnectionError'
}
/** No response within the client's own timeout, a 408, or a 504. */
export class TimeoutError extends ApiClientError {
  override readonly name = 'TimeoutError'
}
/** A response that is not from a hub, such as a page of a proxy. */
export class UnreadableResponseError extends ApiClientError {
  override readonly name = 'UnreadableResponseError'
}
export class ValidationError extends ApiClientError {
  override readonly name = 'ValidationError'
}
export class UnauthorizedError extends ApiClientError {
  override readonly name = 'UnauthorizedError'
}
export class ForbiddenError extends ApiClientError {
  override readonly name = 'ForbiddenError'
}
export class NotFoundError extends ApiClientError {
  override readonly name = 'NotFoundError'
}
export class ConflictError extends ApiClientError {
  override readonly name: string = 'ConflictError'
}
/** The session was recovered since: a later attempt owns it. `details.attempt` is the current one. */
export class AttemptSupersededError extends ConflictError {
  override readonly name = 'AttemptSupersededError'
}
/** The event log no longer has the events that were asked for; `details` has an `EventGap`. */
export class GoneError extends ApiClientError {
  override readonly name = 'GoneError'
}
export class PreconditionFailedError extends ApiClientError {
  override readonly name = 'PreconditionFailedError'
}
export class PayloadTooLargeError extends ApiClientError {
  override readonly name = 'PayloadTooLargeError'
}
export class RateLimitError extends ApiClientError {
  override readonly name = 'RateLimitError'
}
/** The hub or its database failed; the hub's log has the reason under `requestId`. */
export class HubFailedError extends ApiClientError {
  override readonly name = 'HubFailedError'
}
/** The hub is starting, stopping, or cannot reach its database. */
export class UnavailableError extends ApiClientError {
  override readonly name = 'UnavailableError'
}

type ErrorClass = new (message: string, fields: ApiClientErrorFields) => ApiClientError

export const errorClasses: Record<ClientErrorCode, ErrorClass> = {
  connection_error: ConnectionError,
  unreadable_response: UnreadableResponseError,
  validation_error: ValidationError,
  unauthorized: UnauthorizedError,
  forbidden: ForbiddenError,
  not_found: NotFoundError,
  conflict: ConflictError,
  attempt_superseded: AttemptSupersededError,
  gone: GoneError,
  precondition_failed: PreconditionFailedError,
  payload_too_large: PayloadTooLargeError,
  unsupported_media_type: ValidationError,
  rate_limit_exceeded: RateLimitError,
  database_error: HubFailedError,
  internal_error: HubFailedError,
  unavailable: UnavailableError,
  timeout: TimeoutError,
}

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'validation_error',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  412: 'precondition_failed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'validation_error',
  429: 'rate_limit_exceeded',
  500: 'internal_error',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
}

/** The error for a status outside 2xx. `body` is the parsed JSON; undefined when it is not JSON. */
export function errorFromResponse(response: Response, body: unknown, sentRequestId: string, now: number): ApiClientError {
  const fields = isObject(body) ? body : {}
  const apiCode = text(fields.errorCode) as ApiErrorCode | undefined
  const ownCode = toErrorCode(text(fields.error))
  const code: ClientErrorCode =
    ownCode ?? (apiCode?.startsWith('STORAGE_') ? 'database_error' : codeByStatus[response.status]) ?? 'unreadable_response'
  const message = text(fields.message) ?? `The hub responded with ${response.status} and no message.`
  return new errorClasses[code](message, {
    code,
    status: response.status,
    requestId: text(fields.request_id) ?? text(fields.requestId) ?? response.headers.get('x-request-id') ?? sentRequestId,
    details: isObject(fields.details) ? fields.details : undefined,
    suggestion: text(fields.suggestion),
    apiCode,
    byHub: ownCode !== undefined || apiCode !== undefined,
    retryAfter: parseRetryAfter(response.headers.get('retry-after'), now),
  })
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date. */
function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}

function toErrorCode(code: string | undefined): ErrorCode | undefined {
  return code !== undefined && Object.hasOwn(errorClasses, code) ? (code as ErrorCode) : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
