import type { AuditEntry, AuditQuery } from '@signalbox/contract/audit'
import type { Call } from '@signalbox/contract/call'
import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import type { HubEvent } from '@signalbox/contract/event'
import type { Health, Readiness } from '@signalbox/contract/health'
import type { CreateInvite, Invite, RedeemedInvite, RedeemInvite } from '@signalbox/contract/invite'
import type { CreatedKey, CreateKey, Key } from '@signalbox/contract/key'
import type { CreateSignInLink, SignInLink, WhoAmI } from '@signalbox/contract/login'
import type { MirrorState } from '@signalbox/contract/mirror-state'
import type { IngestFoldersResult, ProjectFolder } from '@signalbox/contract/project-folder'
import type { EndSignInsQuery, SignIn } from '@signalbox/contract/sign-in'
import type { IngestResult, UsageReport } from '@signalbox/contract/usage'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import type { CallOptions, ListOptions } from './call-options.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Fetch, Http, type KeyHeader } from './http.ts'
import { LimitCalls } from './limit-calls.ts'
import type { ClaudeUsageQuery, EventQuery, ListQuery, UsageQuery } from './query.ts'
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
 * reason of an aborted signal. The hub's page uses this class, which has what it needs; `StateTrackingApiClient` adds what changes state and what runs for longer.
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

  /** Sends up to 5,000 calls; idempotent. Scope `ingest`. */
  ingestCalls(machineId: string, calls: readonly Call[], { signal }: CallOptions = {}): Promise<IngestResult> {
    return this.http.send({ method: 'POST', path: '/api/usage/calls', body: { machine_id: machineId, calls }, gzip: true, signal })
  }

  /** Says which projects up to 1,000 folders of a machine belong to; idempotent. Scope `ingest`. */
  ingestFolders(machineId: string, folders: readonly ProjectFolder[], { signal }: CallOptions = {}): Promise<IngestFoldersResult> {
    return this.http.send({ method: 'POST', path: '/api/usage/folders', body: { machine_id: machineId, folders }, gzip: true, signal })
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

  /** The health of the hub and its database; an unhealthy one (503) is a result here, not an error. Needs no key. */
  checkHealth({ signal }: CallOptions = {}): Promise<Health> {
    return this.http.send({ method: 'GET', path: '/health', alsoOk: 503, signal })
  }

  /** Whether the hub accepts requests; `not_ready` (503) is a result here, not an error. Needs no key. */
  checkReady({ signal }: CallOptions = {}): Promise<Readiness> {
    return this.http.send({ method: 'GET', path: '/health/ready', alsoOk: 503, signal })
  }

  /** The client's own key and its scopes. */
  whoAmI({ signal }: CallOptions = {}): Promise<WhoAmI> {
    return this.http.send({ method: 'GET', path: '/api/whoami', signal })
  }

  /** The state of the hub's JSON files of plan limits. Scope `read`. */
  getMirrorState({ signal }: CallOptions = {}): Promise<MirrorState> {
    return this.http.send({ method: 'GET', path: '/api/mirror', signal })
  }

  /** Signs in with a key and receives a cookie; only useful in a browser. */
  login(key: string, { signal }: CallOptions = {}): Promise<WhoAmI> {
    return this.http.send({ method: 'POST', path: '/api/login', body: { key }, signal })
  }

  /** A link that signs a browser in with this client's key, once, within a minute or the seconds given. */
  createSignInLink(link: CreateSignInLink = {}, { signal }: CallOptions = {}): Promise<SignInLink> {
    return this.http.send({ method: 'POST', path: '/api/login/links', body: link, retry: false, signal })
  }

  /** Signed-in browsers of this client's key, or, with the scope `admin`, of all keys, newest first. */
  listSignIns(query: ListQuery = {}, options: ListOptions = {}): Promise<SignIn[]> {
    return this.http.send({ ...options, method: 'GET', path: '/api/sign-ins', query: { ...query } })
  }

  async endSignIn(signInId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'DELETE', path: `/api/sign-ins/${encodeURIComponent(signInId)}`, signal })
  }

  /** Signs all browsers out that `listSignIns` lists. */
  endAllSignIns(query: EndSignInsQuery = {}, { signal }: CallOptions = {}): Promise<{ ended: number }> {
    return this.http.send({ method: 'DELETE', path: '/api/sign-ins', query: { ...query }, signal })
  }

  /** Who signed in, made keys and deleted data, newest first; `before` the id of the last entry has the next page. Scope `admin`. */
  listAudit(query: AuditQuery = {}, { signal }: CallOptions = {}): Promise<AuditEntry[]> {
    return this.http.send({ method: 'GET', path: '/api/audit', query: { ...query }, signal })
  }

  async logout({ signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'POST', path: '/api/logout', signal })
  }

  /** Managed keys, newest first. Scope `admin`. */
  listKeys(query: ListQuery = {}, options: ListOptions = {}): Promise<Key[]> {
    return this.http.send({ ...options, method: 'GET', path: '/api/keys', query: { ...query } })
  }

  /**
   * Creates a key, which only this response contains. Scope `admin`.
   * If the first response was lost, a retry finds the key already created but cannot return it: `key` is absent then.
   */
  createKey(request: CreateKey, { signal }: CallOptions = {}): Promise<CreatedKey> {
    return this.http.send({ method: 'POST', path: '/api/keys', body: request, idempotent: true, signal })
  }

  /** Revokes a key. Scope `admin`. */
  async revokeKey(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'DELETE', path: '/api/keys/:id', id, signal })
  }

  /**
   * Makes a code that a machine exchanges for a key, once. Scope `admin`.
   * Not repeated after a lost response: a repeated answer would have no code.
   */
  createInvite(request: CreateInvite = {}, { signal }: CallOptions = {}): Promise<Invite> {
    return this.http.send({ method: 'POST', path: '/api/invites', body: request, retry: false, signal })
  }

  /** Exchanges a code for a key. Needs no key. A code works once, so a lost response needs another one. */
  redeemInvite(request: RedeemInvite, { signal }: CallOptions = {}): Promise<RedeemedInvite> {
    return this.http.send({ method: 'POST', path: '/api/invites/redeem', body: request, retry: false, signal })
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
