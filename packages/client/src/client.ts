import type { Call } from '@signalbox/contract/call'
import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import type { HubEvent } from '@signalbox/contract/event'
import type { Health, Readiness } from '@signalbox/contract/health'
import type { CreatedKey, CreateKey, Key } from '@signalbox/contract/key'
import type { WhoAmI } from '@signalbox/contract/login'
import type { MirrorState } from '@signalbox/contract/mirror-state'
import type { IngestResult, UsageReport } from '@signalbox/contract/usage'
import type { CallOptions, ListOptions } from './call-options.ts'
import { type Clock, systemClock } from './clock.ts'
import { type BeatingHeart, type HeartbeatOptions, keepBeating } from './heartbeat.ts'
import { type Fetch, Http } from './http.ts'
import { LimitCalls } from './limit-calls.ts'
import { type LiveEvent, type LiveOptions, live } from './live.ts'
import type { ClaudeUsageQuery, EventQuery, ListQuery, UsageQuery } from './query.ts'
import { type RetryOptions, retrier } from './retry.ts'
import { resumeSession, type TrackedSession, type TrackOptions, type TrackSession, trackSession } from './track-session.ts'

export interface ClientOptions {
  /** Where the hub is, such as `http://127.0.0.1:4000`; in the hub's own page `location.origin`. */
  readonly baseUrl: string
  /** Not needed in a browser that is signed in, nor while the hub asks for none. */
  readonly apiKey?: string | undefined
  /** Milliseconds for one try; default 10,000. */
  readonly timeout?: number
  /** False: every request is tried once. */
  readonly retry?: RetryOptions | false
  readonly fetch?: Fetch
  readonly clock?: Clock
}

/**
 * Talks to a hub, from Node ≥ 20 or a browser. Each method is one route, but for those that go on by
 * themselves: `events`, `heartbeat`, `trackSession` and `resumeSession`. A retry never doubles what it asks for.
 * Every method throws an ApiClientError, or the reason of an aborted signal, and nothing else.
 */
export class StateTrackingApiClient extends LimitCalls {
  readonly #http: Http
  readonly #clock: Clock

  constructor(options: ClientOptions) {
    const clock = options.clock ?? systemClock
    const http = new Http({
      baseUrl: options.baseUrl.replace(/\/+$/, ''),
      apiKey: options.apiKey,
      timeout: options.timeout ?? 10_000,
      // Bound late, so that a test or a polyfill that replaces the global is heard.
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      clock,
      retry: options.retry === false ? (request) => request() : retrier(clock, options.retry),
    })
    super(http)
    this.#http = http
    this.#clock = clock
  }

  /** Sends calls, at most 5,000; sending them again changes nothing. Scope `ingest`. */
  ingestCalls(machineId: string, calls: readonly Call[], { signal }: CallOptions = {}): Promise<IngestResult> {
    return this.#http.send({ method: 'POST', path: '/api/usage/calls', body: { machine_id: machineId, calls }, gzip: true, signal })
  }

  /** Usage by day, model, project …; all machines unless one is named. Scope `read`. */
  getUsage(query: UsageQuery = {}, { signal }: CallOptions = {}): Promise<UsageReport> {
    return this.#http.send({ method: 'GET', path: '/api/usage', query: { ...query }, signal })
  }

  /** The dashboard's summary. Scope `read`. */
  getClaudeUsage(query: ClaudeUsageQuery = {}, { signal }: CallOptions = {}): Promise<ClaudeUsage> {
    return this.#http.send({ method: 'GET', path: '/api/claude-usage', query: { ...query }, signal })
  }

  /** Is the hub there, and its store? One without its store (503) is an answer here, not an error. Needs no key. */
  checkHealth({ signal }: CallOptions = {}): Promise<Health> {
    return this.#http.send({ method: 'GET', path: '/health', alsoOk: 503, signal })
  }

  /** May requests be sent to it? A no (503) is an answer here, not an error. Needs no key. */
  checkReady({ signal }: CallOptions = {}): Promise<Readiness> {
    return this.#http.send({ method: 'GET', path: '/health/ready', alsoOk: 503, signal })
  }

  /** Which key is this, and what may it do? */
  whoAmI({ signal }: CallOptions = {}): Promise<WhoAmI> {
    return this.#http.send({ method: 'GET', path: '/api/whoami', signal })
  }

  /** How the hub fares with the files in which it keeps readings of the plan limits. Scope `read`. */
  getMirrorState({ signal }: CallOptions = {}): Promise<MirrorState> {
    return this.#http.send({ method: 'GET', path: '/api/mirror', signal })
  }

  /** Gives a key for a cookie; only of use in a browser. */
  login(key: string, { signal }: CallOptions = {}): Promise<WhoAmI> {
    return this.#http.send({ method: 'POST', path: '/api/login', body: { key }, signal })
  }

  async logout({ signal }: CallOptions = {}): Promise<void> {
    await this.#http.send({ method: 'POST', path: '/api/logout', signal })
  }

  /** Managed keys, newest first. Scope `admin`. */
  listKeys(query: ListQuery = {}, options: ListOptions = {}): Promise<Key[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/api/keys', query: { ...query } })
  }

  /**
   * Makes a key; the answer is the only time it is shown. Scope `admin`.
   * When the first answer was lost on its way, a retry finds the key made but cannot show it: `key` is absent then.
   */
  createKey(request: CreateKey, { signal }: CallOptions = {}): Promise<CreatedKey> {
    return this.#http.send({ method: 'POST', path: '/api/keys', body: request, once: true, signal })
  }

  /** Refuses a key from now on. Scope `admin`. */
  async revokeKey(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#http.send({ method: 'DELETE', path: '/api/keys/:id', id, signal })
  }

  /** One page of the event log, newest last. Scope `read`. */
  listEvents(query: EventQuery = {}, { signal }: CallOptions = {}): Promise<HubEvent[]> {
    const { types, ...rest } = query
    return this.#http.send({ method: 'GET', path: '/events', query: { format: 'json', types: types?.join(','), ...rest }, signal })
  }

  /**
   * What happens from now on, as it happens; comes back by itself after a lost connection, without a gap.
   * Ends when the signal is aborted or the loop is left. Scope `read`.
   */
  events(options: LiveOptions = {}): AsyncGenerator<LiveEvent> {
    return live(this.#http, this.#clock, options)
  }
  /**
   * Says that a session lives, at once and then every minute or as said, until stopped; an outage is lived through. Stops
   * by itself when the session has ended or is gone, and when the key is refused. Never throws, never keeps a process alive
   * (a beat on its way does, for as long as one try may take). Scope `write`.
   */
  heartbeat(sessionId: string, options: HeartbeatOptions = {}): BeatingHeart {
    return keepBeating(this.#http, this.#clock, sessionId, options)
  }

  /**
   * A session around a function: created before it, beating while it runs, completed when it returns, failed with its
   * message when it throws.
   * @throws what the function throws; an ApiClientError only when the session could not be created. Scope `write`.
   */
  trackSession<T>(options: TrackSession, work: (session: TrackedSession) => T | Promise<T>): Promise<T> {
    return trackSession(this, (id, more) => this.heartbeat(id, more), options, work)
  }

  /**
   * `trackSession` for a session there is, such as one that was recovered.
   * @throws what the function throws; ConflictError when the session has ended. Scopes `write` and `read`.
   */
  resumeSession<T>(sessionId: string, options: TrackOptions, work: (session: TrackedSession) => T | Promise<T>): Promise<T> {
    return resumeSession(this, (id, more) => this.heartbeat(id, more), sessionId, options, work)
  }
}
