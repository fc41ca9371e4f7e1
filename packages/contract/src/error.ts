import { z } from 'zod'

/** The HTTP status of each error code. Both spellings are described in docs/ERROR_HANDLING.md. */
export const errorCodes = {
  validation_error: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  attempt_superseded: 409,
  gone: 410,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limit_exceeded: 429,
  database_error: 500,
  internal_error: 500,
  unavailable: 503,
  timeout: 504,
} as const
export type ErrorCode = keyof typeof errorCodes

/** The spelling of the codes on `/api/*`. Where one code has several, the reason of the error decides. */
export const apiErrorCodes = {
  VALIDATION_MISSING_FIELD: 'validation_error',
  VALIDATION_INVALID_TYPE: 'validation_error',
  VALIDATION_OUT_OF_RANGE: 'validation_error',
  AUTH_MISSING: 'unauthorized',
  AUTH_INVALID: 'unauthorized',
  AUTH_FORBIDDEN: 'forbidden',
  NOT_FOUND: 'not_found',
  CONFLICT: 'conflict',
  ATTEMPT_SUPERSEDED: 'attempt_superseded',
  GONE: 'gone',
  PRECONDITION_FAILED: 'precondition_failed',
  PAYLOAD_TOO_LARGE: 'payload_too_large',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_media_type',
  RATE_LIMITED: 'rate_limit_exceeded',
  STORAGE_READ_FAILED: 'database_error',
  STORAGE_WRITE_FAILED: 'database_error',
  INTERNAL_ERROR: 'internal_error',
  UNAVAILABLE: 'unavailable',
  TIMEOUT: 'timeout',
} as const satisfies Record<string, ErrorCode>
export type ApiErrorCode = keyof typeof apiErrorCodes

const details = z.record(z.string(), z.unknown()).optional()

/** The body of every 4xx and 5xx response of the state routes. */
export const stateErrorSchema = z
  .object({
    statusCode: z.int(),
    error: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    details,
    suggestion: z.string().optional(),
    request_id: z.string(),
    timestamp: z.string(),
    path: z.string(),
  })
  .meta({
    id: 'StateError',
    examples: [
      {
        statusCode: 401,
        error: 'unauthorized',
        message: 'API key is missing',
        suggestion: 'Send the header "Authorization: Bearer KEY".',
        request_id: '2f1c9d0e-6a53-4d3e-8f0a-1b9f3a7c5d11',
        timestamp: '2026-10-06T09:12:00.000Z',
        path: '/events',
      },
    ],
  })
export type StateError = z.infer<typeof stateErrorSchema>

/** The body of every 4xx and 5xx response of the `/api/*` routes. */
export const apiErrorSchema = z
  .object({
    success: z.literal(false),
    errorCode: z.enum(Object.keys(apiErrorCodes) as [ApiErrorCode, ...ApiErrorCode[]]),
    message: z.string(),
    suggestion: z.string(),
    details,
    requestId: z.string(),
    timestamp: z.string(),
  })
  .meta({
    id: 'ApiError',
    examples: [
      {
        success: false,
        errorCode: 'VALIDATION_INVALID_TYPE',
        message: 'calls[3].output: expected number, received string',
        suggestion: 'Correct what the message names and send the request again.',
        details: { field: 'calls[3].output' },
        requestId: '2f1c9d0e-6a53-4d3e-8f0a-1b9f3a7c5d11',
        timestamp: '2026-10-06T09:12:00.000Z',
      },
    ],
  })
export type ApiError = z.infer<typeof apiErrorSchema>
