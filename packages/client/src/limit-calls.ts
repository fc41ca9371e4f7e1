import type { Account, NamedAccount } from '@signalbox/contract/account'
import type { CollectorPoll, CollectorWork } from '@signalbox/contract/collector-poll'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import type { LimitHistory } from '@signalbox/contract/limit-history'
import type { SnapshotBody, SnapshotStored } from '@signalbox/contract/limit-snapshot'
import type { TriggerResponse } from '@signalbox/contract/limit-trigger'
import { BudgetCalls } from './budget-calls.ts'
import type { CallOptions, ListOptions } from './call-options.ts'
import type { Http } from './http.ts'
import type { CurrentLimitsQuery, LimitHistoryQuery, LimitTriggerQuery, ListQuery } from './query.ts'

/** The routes of plan limits on a hub. */
export const LIMITS_PATH = '/api/claude/console-usage'
/** The hub's longest wait in a long poll. */
const MAX_WAIT_MS = 20_000
/** Time for the response of a long poll to arrive, beyond the wait. */
const RESPONSE_GRACE_MS = 10_000

export interface CreateLimitSnapshotOptions extends CallOptions {
  /** False: a single attempt, for callers with their own retries. */
  readonly retry?: boolean
  /** Milliseconds for one attempt. */
  readonly timeout?: number
}

/** The routes of plan limits, added to those that read sessions, tasks and machines. */
export class LimitCalls extends BudgetCalls {
  readonly #path: string

  constructor(http: Http, path = LIMITS_PATH) {
    super(http)
    this.#path = path
  }

  /** Stores a snapshot; its `idempotencyKey` makes repeated requests idempotent. Scope `ingest`. */
  createLimitSnapshot(snapshot: SnapshotBody, { signal, retry, timeout }: CreateLimitSnapshotOptions = {}): Promise<SnapshotStored> {
    return this.http.send({
      method: 'POST',
      path: this.#path,
      body: snapshot,
      // With an idempotency key in its body the request needs no second one.
      idempotent: snapshot.idempotencyKey === undefined,
      signal,
      ...(retry === undefined ? {} : { retry }),
      ...(timeout === undefined ? {} : { timeout }),
    })
  }

  /** The current limits, or one version as it was sent. Rejects with a NotFoundError while there is none. Scope `read`. */
  getCurrentLimits(query: CurrentLimitsQuery = {}, { signal }: CallOptions = {}): Promise<CurrentLimits> {
    return this.http.send({ method: 'GET', path: this.#path, query: { ...query }, signal })
  }

  /** The accounts whose limits were sent to the hub, each with its current limits; those in use first. Scope `read`. */
  listAccounts(query: ListQuery = {}, options: ListOptions = {}): Promise<Account[]> {
    return this.http.send({ ...options, method: 'GET', path: '/api/claude/accounts', query: { ...query } })
  }

  /** Gives an account a name for people; null takes it away. Scope `write`. */
  nameAccount(account: string, name: string | null, { signal }: CallOptions = {}): Promise<NamedAccount> {
    return this.http.send({ method: 'PATCH', path: '/api/claude/accounts/:id', id: account, body: { name }, idempotent: true, signal })
  }

  /** A series per window, by default of the last seven days. Scope `read`. */
  getLimitHistory(query: LimitHistoryQuery = {}, { signal }: CallOptions = {}): Promise<LimitHistory> {
    return this.http.send({ method: 'GET', path: `${this.#path}/history`, query: { ...query }, signal })
  }

  /** Asks a collector for a snapshot now; rejects with an UnavailableError when it is offline. Scope `read`. */
  triggerLimitSnapshot(query: LimitTriggerQuery = {}, { signal }: CallOptions = {}): Promise<TriggerResponse> {
    // No retry while the collector is offline: it takes a snapshot by itself when it is back.
    return this.http.send({ method: 'POST', path: `${this.#path}/trigger`, query: { ...query }, idempotent: true, retry: false, signal })
  }

  /** For collectors: reports the health of this one, and waits up to `waitMs` for work (a long poll). A single attempt. Scope `ingest`. */
  waitForLimitWork(call: CollectorPoll, { signal }: CallOptions = {}): Promise<CollectorWork> {
    const timeout = (call.waitMs ?? MAX_WAIT_MS) + RESPONSE_GRACE_MS
    return this.http.send({ method: 'POST', path: `${this.#path}/collector`, body: call, retry: false, timeout, signal })
  }
}
