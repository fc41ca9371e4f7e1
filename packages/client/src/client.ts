import type { AlertSummary } from '@signalbox/contract/alert'
import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import type { WhoAmI } from '@signalbox/contract/login'
import type { UsageReport } from '@signalbox/contract/usage'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import type { CallOptions, ListOptions } from './call-options.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Fetch, Http, type KeyHeader } from './http.ts'
import { LimitCalls } from './limit-calls.ts'
import type { ClaudeUsageQuery, UsageQuery } from './query.ts'
import { createRetrier, type RetryOptions } from './retry.ts'

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
 * reason of an aborted signal. The first screen of the hub's page loads this class, which has what that needs;
 * `StateTrackingApiClient` adds everything else.
 */
export class ApiClient extends LimitCalls {
  protected readonly clock: Clock

  constructor(options: ClientOptions) {
    const clock = options.clock ?? systemClock
    const http = new Http({
      baseUrl: options.baseUrl.replace(/\/+$/, ''),
      apiKey: options.apiKey,
      keyHeader: options.keyHeader ?? 'authorization',
      timeout: options.timeout ?? 10_000,
      // Looked up at each call, so that a test or polyfill may replace the global.
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      clock,
      retry: options.retry === false ? (request) => request() : createRetrier(clock, options.retry),
    })
    super(http, options.limitsPath)
    this.clock = clock
  }

  /**
   * Usage by day, model, project and so on; of all machines unless one is given. Where there are more than 10,000 rows the report
   * has the newest or the most expensive; `left_out` counts the others, and `onNext` of the options gets their cursor. Scope `read`.
   */
  getUsage(query: UsageQuery = {}, options: ListOptions = {}): Promise<UsageReport> {
    return this.http.send({ ...options, method: 'GET', path: '/api/usage', query: { ...query } })
  }

  /** What rows, Claude Code's own record and telemetry have of a session, side by side, and why they differ. Scope `read`. */
  checkSessionUsage(sessionId: string, { signal }: CallOptions = {}): Promise<SessionCheck> {
    return this.http.send({ method: 'GET', path: '/api/usage/sessions/:id/check', id: sessionId, signal })
  }

  /** The dashboard's summary. Scope `read`. */
  getClaudeUsage(query: ClaudeUsageQuery = {}, { signal }: CallOptions = {}): Promise<ClaudeUsage> {
    return this.http.send({ method: 'GET', path: '/api/claude-usage', query: { ...query }, signal })
  }

  /** The number of open alerts and of channels by state, and whether all messages are paused. Scope `read`. */
  getAlertSummary({ signal }: CallOptions = {}): Promise<AlertSummary> {
    return this.http.send({ method: 'GET', path: '/api/alerts/summary', signal })
  }

  /** The client's own key and its scopes. */
  whoAmI({ signal }: CallOptions = {}): Promise<WhoAmI> {
    return this.http.send({ method: 'GET', path: '/api/whoami', signal })
  }

  /** Signs in with a key and receives a cookie; only useful in a browser. */
  login(key: string, { signal }: CallOptions = {}): Promise<WhoAmI> {
    return this.http.send({ method: 'POST', path: '/api/login', body: { key }, signal })
  }

  async logout({ signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'POST', path: '/api/logout', signal })
  }
}
