import type { Account, NamedAccount } from '@signalbox/contract/account'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import type { LimitHistory } from '@signalbox/contract/limit-history'
import type { TriggerResponse } from '@signalbox/contract/limit-trigger'
import type { CallOptions, ListOptions } from './call-options.ts'
import type { Http } from './http.ts'
import { MachineReads } from './machine-reads.ts'
import type { CurrentLimitsQuery, LimitHistoryQuery, LimitTriggerQuery, ListQuery } from './query.ts'

/** The routes of plan limits on a hub. */
export const LIMITS_PATH = '/api/claude/console-usage'

/** The routes of plan limits, added to those that read sessions, tasks and machines. */
export class LimitCalls extends MachineReads {
  protected readonly limitsPath: string

  constructor(http: Http, path = LIMITS_PATH) {
    super(http)
    this.limitsPath = path
  }

  /** The current limits, or one version as it was sent. Rejects with a NotFoundError while there is none. Scope `read`. */
  getCurrentLimits(query: CurrentLimitsQuery = {}, { signal }: CallOptions = {}): Promise<CurrentLimits> {
    return this.http.send({ method: 'GET', path: this.limitsPath, query: { ...query }, signal })
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
    return this.http.send({ method: 'GET', path: `${this.limitsPath}/history`, query: { ...query }, signal })
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
}
