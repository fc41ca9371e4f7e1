export type { Call } from '@signalbox/contract/call'
export type { ClaudeUsage } from '@signalbox/contract/claude-usage'
export type { EventType, HubEvent, SessionChange, SessionUpdated } from '@signalbox/contract/event'
export type { Health, Readiness } from '@signalbox/contract/health'
export type { CreatedKey, CreateKey, CreateKey as KeyRequest, Key, Scope } from '@signalbox/contract/key'
export type {
  CollectorCall,
  CollectorHealth,
  CollectorWork,
  CurrentLimitReading,
  LimitHistory,
  LimitPoint,
  LimitReading,
  LimitReadingStored,
  LimitSeries,
  LimitSource,
  LimitsSnapshot,
  LimitTrigger,
  LimitWindow,
  ShownCollector,
  ShownWindow,
  TriggerAnswer,
} from '@signalbox/contract/limits'
export type { WhoAmI } from '@signalbox/contract/login'
export type {
  AssignSession,
  AvailableMachine,
  CreateMachine,
  Machine,
  MachineHeartbeat,
  MachineHeartbeatAnswer,
  MachineStatus,
  ReleaseSession,
  UpdateMachine,
} from '@signalbox/contract/machine'
export type { MirrorState } from '@signalbox/contract/mirror-state'
export type {
  Activity,
  CreateSession,
  ProjectSessions,
  Session,
  SessionStatus,
  UpdateSession,
  WaitingFor,
} from '@signalbox/contract/session'
export type { CleanedUp, Cleanup, Purged } from '@signalbox/contract/session-cleanup'
export type { FailureInfo, MarkFailed, MarkStalled, ProcessEnded } from '@signalbox/contract/session-failure'
export type { SessionHealth } from '@signalbox/contract/session-health'
export type { Heartbeat, HeartbeatAnswer } from '@signalbox/contract/session-heartbeat'
export type {
  RecoverableSession,
  RecoverSession,
  RecoveryAttempt,
  RecoveryCheckpoint,
  RecoveryHistory,
} from '@signalbox/contract/session-recovery'
export type { TimelineRow } from '@signalbox/contract/session-timeline'
export type { BlockTask, CreateTask, FailTask, SessionTasks, Task, TaskStatus, UpdateTask } from '@signalbox/contract/task'
export type { IngestResult, UsageReport } from '@signalbox/contract/usage'
export type { CallOptions, ChangeOptions, ListOptions } from './call-options.ts'
export { type ClientOptions, StateTrackingApiClient } from './client.ts'
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
export type { BeatingHeart, HeartbeatEnd, HeartbeatFailure, HeartbeatOptions } from './heartbeat.ts'
export type { Fetch } from './http.ts'
export type { CreateLimitReadingOptions } from './limit-calls.ts'
export type { LiveEvent, LiveOptions, LiveState } from './live.ts'
export type {
  ClaudeUsageQuery,
  EventQuery,
  LimitHistoryQuery,
  LimitReadingQuery,
  LimitTriggerQuery,
  ListQuery,
  MachineQuery,
  MachineSessionQuery,
  SessionHealthQuery,
  SessionQuery,
  TaskQuery,
  UsageQuery,
} from './query.ts'
export type { RetryOptions } from './retry.ts'
export type { TrackedSession, TrackingTrouble, TrackOptions, TrackSession, TrackTask } from './track-session.ts'
