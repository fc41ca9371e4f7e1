import { type ApiError, type ApiErrorCode, apiErrorCodes, errorCodes, type StateError } from '@signalbox/contract/error'
import { instantOf } from '../clock.ts'
import type { HubError } from '../hub-error.ts'

export interface ErrorContext {
  /** The path of the request, without its query. */
  readonly path: string
  readonly requestId: string
  readonly now: number
}

export interface ErrorAnswer {
  readonly status: number
  readonly body: StateError | ApiError
}

/** Formats an error in the shape of its route. */
export function errorAnswer(error: HubError, { path, requestId, now }: ErrorContext): ErrorAnswer {
  const status = errorCodes[error.code]
  const timestamp = instantOf(now)
  const details = error.details === undefined ? {} : { details: { ...error.details } }
  if (path === '/api' || path.startsWith('/api/')) {
    return {
      status,
      body: {
        success: false,
        errorCode: apiCodeOf(error),
        message: error.message,
        suggestion: error.suggestion ?? defaultSuggestion(status),
        ...details,
        requestId,
        timestamp,
      },
    }
  }
  return {
    status,
    body: {
      statusCode: status,
      error: error.code,
      message: error.message,
      ...details,
      suggestion: error.suggestion ?? defaultSuggestion(status),
      request_id: requestId,
      timestamp,
      path,
    },
  }
}

function apiCodeOf(error: HubError): ApiErrorCode {
  if (error.apiCode !== undefined) return error.apiCode
  const codes = Object.keys(apiErrorCodes) as ApiErrorCode[]
  return codes.find((code) => apiErrorCodes[code] === error.code) ?? 'INTERNAL_ERROR'
}

function defaultSuggestion(status: number): string {
  if (status >= 500) return 'Try again; if it persists, find the request id in the log of the hub.'
  return 'Correct the problem and send the request again.'
}
