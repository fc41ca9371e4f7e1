import type { ApiErrorCode, ErrorCode } from '@signalbox/contract/error'

/** The hub's own codes, and two for what never became an answer of the hub. */
export type ClientErrorCode = ErrorCode | 'connection_error' | 'unreadable_response'

export interface ApiClientErrorFields {
  readonly code: ClientErrorCode
  /** HTTP status; absent when there was no answer. */
  readonly status?: number | undefined
  /** The id under which the hub logged the request; when the hub never answered, the id that was sent. */
  readonly requestId?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** What the hub says to do next. */
  readonly suggestion?: string | undefined
  /** The `/api/*` spelling of `code`, where the hub sent one. */
  readonly apiCode?: ApiErrorCode | undefined
  /** Milliseconds the hub asked to wait before trying again (`Retry-After`). */
  readonly retryAfter?: number | undefined
  readonly byHub?: boolean | undefined
  readonly cause?: unknown
}

/** Anything that went wrong between a method of the client and its answer. Names are written out, because a minifier changes those of classes. */
export class ApiClientError extends Error {
  override readonly name: string = 'ApiClientError'
  readonly code: ClientErrorCode
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly suggestion: string | undefined
  readonly apiCode: ApiErrorCode | undefined
  readonly retryAfter: number | undefined
  /** Whether the hub itself said so. A proxy whose hub is away may say 404, too, and means something else. */
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

  /** True when the same request may succeed later: no connection, no answer in time, 429, 502–504. */
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

/** No connection, or one that broke before the answer was whole. */
export class ConnectionError extends ApiClientError {
  override readonly name = 'ConnectionError'
}
/** No answer within the client's own limit, or a 504 of the hub. */
export class TimeoutError extends ApiClientError {
  override readonly name = 'TimeoutError'
}
/** An answer that is not the hub's: a proxy's page, a torn body. */
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
  override readonly name = 'ConflictError'
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
/** The store or the hub itself failed; the hub's log has the reason under `requestId`. */
export class HubFailedError extends ApiClientError {
  override readonly name = 'HubFailedError'
}
/** The hub is starting, stopping, or has lost its store. */
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
  precondition_failed: PreconditionFailedError,
  payload_too_large: PayloadTooLargeError,
  rate_limit_exceeded: RateLimitError,
  database_error: HubFailedError,
  internal_error: HubFailedError,
  unavailable: UnavailableError,
  timeout: TimeoutError,
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'validation_error',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'payload_too_large',
  429: 'rate_limit_exceeded',
  500: 'internal_error',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
}

/** The error for a status outside 2xx. `body` is the parsed JSON, or undefined when it was none. */
export function errorOfAnswer(response: Response, body: unknown, sentRequestId: string, now: number): ApiClientError {
  const told = isObject(body) ? body : {}
  const apiCode = text(told.errorCode) as ApiErrorCode | undefined
  const named = known(text(told.error))
  const code: ClientErrorCode =
    named ?? (apiCode?.startsWith('STORAGE_') ? 'database_error' : codeOfStatus[response.status]) ?? 'unreadable_response'
  const message = text(told.message) ?? `The hub answered ${response.status} without saying why.`
  return new errorClasses[code](message, {
    code,
    status: response.status,
    requestId: text(told.request_id) ?? text(told.requestId) ?? response.headers.get('x-request-id') ?? sentRequestId,
    details: isObject(told.details) ? told.details : undefined,
    suggestion: text(told.suggestion),
    apiCode,
    byHub: named !== undefined || apiCode !== undefined,
    retryAfter: retryAfterOf(response.headers.get('retry-after'), now),
  })
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date. */
function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}

function known(code: string | undefined): ErrorCode | undefined {
  return code !== undefined && Object.hasOwn(errorClasses, code) ? (code as ErrorCode) : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
