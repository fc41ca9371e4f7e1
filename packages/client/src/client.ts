import type { Account } from '@signalbox/contract/account'
import type { AlertSummary } from '@signalbox/contract/alert'
import type { Budget } from '@signalbox/contract/budget'
import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import type { HubEvent } from '@signalbox/contract/event'
import type { LimitForecast } from '@signalbox/contract/limit-forecast'
import type { LimitHistory } from '@signalbox/contract/limit-history'
import type { TriggerResponse } from '@signalbox/contract/limit-trigger'
import type { WhoAmI } from '@signalbox/contract/login'
import type { Machine } from '@signalbox/contract/machine'
import type { AskedQuestion } from '@signalbox/contract/question'
import type { Session } from '@signalbox/contract/session'
import type { FailureInfo } from '@signalbox/contract/session-failure'
import type { Task } from '@signalbox/contract/task'
import type { UsageReport } from '@signalbox/contract/usage'
import type { CallOptions, ListOptions } from './call-options.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Fetch, Http, type KeyHeader } from './http.ts'
import type {
  ClaudeUsageQuery,
  CurrentLimitsQuery,
  EventQuery,
  LimitForecastQuery,
  LimitHistoryQuery,
  LimitTriggerQuery,
  ListQuery,
  MachineQuery,
  QuestionQuery,
  SessionQuery,
  TaskQuery,
  UsageQuery,
} from './query.ts'
import { createRetrier, type RetryOptions } from './retry.ts'

/** The routes of plan limits on a hub. */
export const LIMITS_PATH = '/api/claude/console-usage'

export interface ClientOptions {
  /** The hub's address, such as `http://127.0.0.1:4000`; on the hub's own page `location.origin`. */
  readonly baseUrl: string
  /** Not needed in a browser that is signed in, nor for a hub without authentication. */
  readonly apiKey?: string | undefined
  /** The header that carries the key; default `authorization`. */
  readonly keyHeader?: KeyHeader
  /** The path of the routes of plan limits, for a server with another layout; default `/api/claude/console-usage`. */
  readonly limitsPath?: string | undefined
  /** Milliseconds for one attempt; default 10,000. */
  readonly timeout?: number
  /** False: a single attempt for every request. */
  readonly retry?: RetryOptions | false
  readonly fetch?: Fetch
  readonly clock?: Clock
}

/**
 * The requests to one hub: each method is one route. Retries are idempotent. Every method throws only ApiClientErrors and the
 * reason of an aborted signal. This class has what the first screen of the hub's page loads. Each
 * file beside it adds a part, and `StateTrackingApiClient` has all of them.
 */
export class ApiClient {
  protected readonly http: Http
  protected readonly limitsPath: string
  protected readonly clock: Clock

  constructor(options: ClientOptions) {
    const clock = options.clock ?? systemClock
    this.http = new Http({
      baseUrl: options.baseUrl.replace(/\/+$/, ''),
      apiKey: options.apiKey,
      keyHeader: options.keyHeader ?? 'authorization',
      timeout: options.timeout ?? 10_000,
      // Looked up at each call, so that a test or polyfill may replace the global.
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      clock,
      retry: options.retry === false ? (request) => request() : createRetrier(clock, options.retry),
    })
    this.limitsPath = options.limitsPath ?? LIMITS_PATH
    this.clock = clock
  }

  /**
   * Usage by day, model, project and so on; of all machines unless one is given. Where there are more than 10,000 rows the report
   * has the newest or the most expensive; `left_out` counts the others, and `onNext` of the options gets their cursor. Scope `read`.
   */
  getUsage(query: UsageQuery = {}, options: ListOptions = {}): Promise<UsageReport> {
    return this.http.send({ ...options, method: 'GET', path: '/api/usage', query: { ...query } })
  }

  /** The dashboard's summary. Scope `read`. */
  getClaudeUsage(query: ClaudeUsageQuery = {}, { signal }: CallOptions = {}): Promise<ClaudeUsage> {
    return this.http.send({ method: 'GET', path: '/api/claude-usage', query: { ...query }, signal })
  }

  /** The number of open alerts and of channels by state, and whether all messages are paused. Scope `read`. */
  getAlertSummary({ signal }: CallOptions = {}): Promise<AlertSummary> {
    return this.http.send({ method: 'GET', path: '/api/alerts/summary', signal })
  }

  /** By name, with what is used of each, and the sessions that are held. Scope `read`. */
  listBudgets({ signal }: CallOptions = {}): Promise<Budget[]> {
    return this.http.send({ method: 'GET', path: '/api/budgets', signal })
  }

  /** The client's own key and its scopes. */
  whoAmI({ signal }: CallOptions = {}): Promise<WhoAmI> {
    return this.http.send({ method: 'GET', path: '/api/whoami', signal })
  }

  /** Newest first. Scope `read`. */
  listSessions(query: SessionQuery = {}, options: ListOptions = {}): Promise<Session[]> {
    return this.http.send({ ...options, method: 'GET', path: '/sessions', query: { ...query } })
  }

  /** The reason why the session failed or stalled, and suggested actions. Scope `read`. */
  getSessionFailureInfo(sessionId: string, { signal }: CallOptions = {}): Promise<FailureInfo> {
    return this.http.send({ method: 'GET', path: '/sessions/:id/failure-info', id: sessionId, signal })
  }

  /** Newest first. Scope `read`. */
  listTasks(query: TaskQuery = {}, options: ListOptions = {}): Promise<Task[]> {
    return this.http.send({ ...options, method: 'GET', path: '/tasks', query: { ...query } })
  }

  /** Ordered by id. Scope `read`. */
  listMachines(query: MachineQuery = {}, options: ListOptions = {}): Promise<Machine[]> {
    return this.http.send({ ...options, method: 'GET', path: '/machines', query: { ...query } })
  }

  /** The accounts whose limits were sent to the hub, each with its current limits; those in use first. Scope `read`. */
  listAccounts(query: ListQuery = {}, options: ListOptions = {}): Promise<Account[]> {
    return this.http.send({ ...options, method: 'GET', path: '/api/claude/accounts', query: { ...query } })
  }

  /** The current limits, or one version as it was sent. Rejects with a NotFoundError while there is none. Scope `read`. */
  getCurrentLimits(query: CurrentLimitsQuery = {}, { signal }: CallOptions = {}): Promise<CurrentLimits> {
    return this.http.send({ method: 'GET', path: this.limitsPath, query: { ...query }, signal })
  }

  /** A series per window, by default of the last seven days. Scope `read`. */
  getLimitHistory(query: LimitHistoryQuery = {}, { signal }: CallOptions = {}): Promise<LimitHistory> {
    return this.http.send({ method: 'GET', path: `${this.limitsPath}/history`, query: { ...query }, signal })
  }

  /** The range in which each current window ends in nine of ten cases. Rejects with a NotFoundError while there is no snapshot. Scope `read`. */
  getLimitForecast(query: LimitForecastQuery = {}, { signal }: CallOptions = {}): Promise<LimitForecast> {
    return this.http.send({ method: 'GET', path: `${this.limitsPath}/forecast`, query: { ...query }, signal })
  }

  /** Asks a collector for a snapshot now; rejects with an UnavailableError when it is offline. Scope `read`. */
  triggerLimitSnapshot(query: LimitTriggerQuery = {}, { signal }: CallOptions = {}): Promise<TriggerResponse> {
    // No retry while the collector is offline: it takes a snapshot by itself when it is back.
    return this.http.send({
      method: 'POST',
      path: `${this.limitsPath}/trigger`,
      query: { ...query },
      idempotent: true,
      retry: false,
      signal,
    })
  }

  /** What sessions ask and no one has answered, with what is asked, and those that ended just now. Oldest first. Scope `answer`. */
  listQuestions(query: QuestionQuery = {}, { signal }: CallOptions = {}): Promise<AskedQuestion[]> {
    return this.http.send({ method: 'GET', path: '/api/questions', query: { ...query }, signal })
  }

  /**
   * One page of the event log, newest last. Rejects with a GoneError when the log no longer has the events after `after`, or is
   * of another store. Scope `read`.
   */
  listEvents(query: EventQuery = {}, { signal }: CallOptions = {}): Promise<HubEvent[]> {
    const { types, ...rest } = query
    return this.http.send({ method: 'GET', path: '/events', query: { format: 'json', types: types?.join(','), ...rest }, signal })
  }
}
