export type {
  AcknowledgeAlerts,
  AcknowledgedAlerts,
  Alert,
  AlertDetail,
  AlertMessage,
  AlertPause,
  AlertSummary,
  PauseAlerts,
  Snooze,
  SnoozeAlert,
} from '@signalbox/contract/alert'
export type { AlertRule, AlertRulePreview, ChangeAlertRule, CreateAlertRule } from '@signalbox/contract/alert-rule'
export type { AuditAction, AuditEntry } from '@signalbox/contract/audit'
export type {
  AskLeases,
  Budget,
  BudgetLease,
  BudgetLeases,
  BudgetLink,
  ChangeBudget,
  CreateBudget,
  HeldSession,
} from '@signalbox/contract/budget'
export type { BudgetKind } from '@signalbox/contract/budget-kind'
export type { Call } from '@signalbox/contract/call'
export type { ChangeChannel, Channel, ChannelTest, CreateChannel, CreatedChannel, TestChannel } from '@signalbox/contract/channel'
export type { ClaudeSession, ClaudeTask, SessionSource, SessionSourceRow, Subagent } from '@signalbox/contract/claude-session'
export type { ClaudeUsage } from '@signalbox/contract/claude-usage'
export type { CollectorHealth, CollectorInfo } from '@signalbox/contract/collector-health'
export type { CollectorHeartbeat, CollectorHeartbeatResponse, MachineCollector } from '@signalbox/contract/collector-heartbeat'
export type { CollectorPoll, CollectorWork } from '@signalbox/contract/collector-poll'
export type { CurrentLimits, CurrentWindow } from '@signalbox/contract/current-limits'
export type { DeleteDataResult } from '@signalbox/contract/data-deletion'
export type { EventGap, EventType, HubEvent, SessionChange, SessionUpdated } from '@signalbox/contract/event'
export type { Health, Readiness } from '@signalbox/contract/health'
export type { CreateInvite, Invite } from '@signalbox/contract/invite'
export type { CreatedKey, CreateKey, CreateKey as KeyRequest, Key } from '@signalbox/contract/key'
export type { LimitForecast, WindowForecast } from '@signalbox/contract/limit-forecast'
export type { LimitHistory, LimitPoint, LimitSeries } from '@signalbox/contract/limit-history'
export type { LimitsSnapshotEvent, LimitWindow, SnapshotBody, SnapshotStored } from '@signalbox/contract/limit-snapshot'
export type { LimitSource } from '@signalbox/contract/limit-source'
export type { LimitTrigger, TriggerResponse } from '@signalbox/contract/limit-trigger'
export type { WhoAmI } from '@signalbox/contract/login'
export type { AssignSession, AvailableMachine, CreateMachine, Machine, ReleaseSession, UpdateMachine } from '@signalbox/contract/machine'
export type { MachineHeartbeat, MachineHeartbeatResponse } from '@signalbox/contract/machine-heartbeat'
export type { MergeMachine, MovedMachine, PurgedMachine, RenameMachine } from '@signalbox/contract/machine-removal'
export type { FailSessions, FailSessionsResult } from '@signalbox/contract/machine-sessions'
export type { MachineStatus } from '@signalbox/contract/machine-status'
export type { MirrorState } from '@signalbox/contract/mirror-state'
export type { PriceRow, Prices } from '@signalbox/contract/price'
export type { CreatePushSubscription, PushKey, PushSubscription } from '@signalbox/contract/push-subscription'
export type {
  Answer,
  Answered,
  AskedQuestion,
  Decision,
  Question,
  QuestionContent,
  QuestionKind,
  QuestionLink,
  QuestionOutcome,
  QuestionState,
} from '@signalbox/contract/question'
export type { ChangeSavedView, CreateSavedView, SavedView, ViewScreen } from '@signalbox/contract/saved-view'
export type { Scope } from '@signalbox/contract/scope'
export type {
  Activity,
  CreateSession,
  ProjectSessions,
  Session,
  SessionStatus,
  UpdateSession,
  WaitingFor,
} from '@signalbox/contract/session'
export type { Cleanup, CleanupResult, PurgeResult } from '@signalbox/contract/session-cleanup'
export type { FailureInfo, MarkFailed, MarkStalled, ProcessEnded } from '@signalbox/contract/session-failure'
export type { SessionHealth } from '@signalbox/contract/session-health'
export type { Heartbeat, HeartbeatResponse } from '@signalbox/contract/session-heartbeat'
export type { ObservationResult, ObservedEvent, SessionObservation } from '@signalbox/contract/session-observation'
export type {
  RecoverableSession,
  RecoverSession,
  RecoveryAttempt,
  RecoveryCheckpoint,
  RecoveryHistory,
} from '@signalbox/contract/session-recovery'
export type { TimelineRow } from '@signalbox/contract/session-timeline'
export type { SignIn } from '@signalbox/contract/sign-in'
export type { BlockTask, CreateTask, FailTask, SessionTasks, Task, TaskStatus, UpdateTask } from '@signalbox/contract/task'
export type { IngestResult, UsageReport } from '@signalbox/contract/usage'
export type { AttemptOptions, CallOptions, ChangeOptions, ListOptions, NextPage } from './call-options.ts'
export { ApiClient, type ClientOptions, LIMITS_PATH } from './client.ts'
export { type Clock, systemClock } from './clock.ts'
export { type EachRowOptions, eachRow, type FetchPage, type PageRequest } from './each-row.ts'
export {
  ApiClientError,
  type ApiClientErrorFields,
  AttemptSupersededError,
  type ClientErrorCode,
  ConflictError,
  ConnectionError,
  ForbiddenError,
  GoneError,
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
export type { HeartbeatEnd, HeartbeatFailure, HeartbeatLoop, HeartbeatOptions } from './heartbeat.ts'
export type { Fetch, KeyHeader } from './http.ts'
export type { CreateLimitSnapshotOptions } from './ingest-calls.ts'
export type { LiveEvent, LiveOptions, LiveState } from './live.ts'
export type {
  AlertQuery,
  ClaudeUsageQuery,
  Confirmation,
  CurrentLimitsQuery,
  DeleteData,
  EventQuery,
  LimitForecastQuery,
  LimitHistoryQuery,
  LimitTriggerQuery,
  ListQuery,
  MachineQuery,
  MachineSessionQuery,
  QuestionQuery,
  SessionHealthQuery,
  SessionQuery,
  TaskQuery,
  UsageQuery,
} from './query.ts'
export type { RetryOptions } from './retry.ts'
export { StateTrackingApiClient } from './state-tracking-client.ts'
export type { ResumeOptions, TrackedSession, TrackingError, TrackOptions, TrackSession, TrackTask } from './track-session.ts'
