export type { ClaudeUsage } from '@signalbox/contract/claude-usage'
export type { Health, Readiness } from '@signalbox/contract/health'
export type { CreatedKey, CreateKey, CreateKey as KeyRequest, Key, Scope } from '@signalbox/contract/key'
export type { WhoAmI } from '@signalbox/contract/login'
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
export type { ClaudeUsageQuery, EventQuery, ListQuery, UsageQuery } from './query.ts'
export type { RetryOptions } from './retry.ts'
