export type { ClaudeUsage, CreatedKey, Health, Key, KeyRequest, Readiness, Scope, UsageSpan, WhoAmI } from './answer.ts'
export { type CallOptions, type ClientOptions, StateTrackingApiClient } from './client.ts'
export { type Clock, systemClock } from './clock.ts'
export {
  ApiClientError,
  type ApiClientErrorFields,
  type ClientErrorCode,
  ConflictError,
  ConnectionError,
  ForbiddenError,
  HubFailedError,
  NotFoundError,
  PayloadTooLargeError,
  PreconditionFailedError,
  RateLimitError,
  TimeoutError,
  UnauthorizedError,
  UnavailableError,
  UnreadableResponseError,
  ValidationError,
} from './error.ts'
export type { Fetch } from './http.ts'
export type { LiveEvent, LiveOptions, LiveState } from './live.ts'
export type { ClaudeUsageQuery, EventQuery, UsageQuery } from './query.ts'
export type { RetryOptions } from './retry.ts'
