import type { ApiErrorCode, ErrorCode } from '@signalbox/contract/error'

export interface HubErrorOptions {
  /** The next step for the reader: a command or a setting. */
  readonly suggestion?: string
  /** Shown to the client. */
  readonly details?: Readonly<Record<string, unknown>>
  /** The code on `/api/*`, where an error code has several. */
  readonly apiCode?: ApiErrorCode
  /** For the log only. */
  readonly cause?: unknown
}

/**
 * The error type of the hub. Its message and suggestion are sent to the client, so they never contain the text of another
 * exception; that goes into `cause`.
 */
export class HubError extends Error {
  readonly code: ErrorCode
  readonly suggestion: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly apiCode: ApiErrorCode | undefined

  constructor(code: ErrorCode, message: string, options: HubErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HubError'
    this.code = code
    this.suggestion = options.suggestion
    this.details = options.details
    this.apiCode = options.apiCode
  }
}

/** Whether the store failed, and not the request. */
export function isStoreOutage(error: unknown): error is HubError {
  return error instanceof HubError && (error.code === 'database_error' || error.code === 'unavailable')
}
