import type { ApiErrorCode, ErrorCode } from '@signalbox/contract/error'

export interface HubErrorOptions {
  /** What to do next: which command, which setting. */
  readonly suggestion?: string
  /** Shown to the client. */
  readonly details?: Readonly<Record<string, unknown>>
  /** The spelling on `/api/*`, where a code has several. */
  readonly apiCode?: ApiErrorCode
  /** For the log only. */
  readonly cause?: unknown
}

/**
 * The one error type of the hub. Its message and suggestion are shown to the client as they are, so they never hold
 * another exception's text; that goes into `cause`.
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
