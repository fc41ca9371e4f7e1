import type {
  CollectorCall,
  CollectorWork,
  CurrentLimitReading,
  LimitHistory,
  LimitReading,
  LimitReadingStored,
  TriggerAnswer,
} from '@signalbox/contract/limits'
import type { CallOptions } from './call-options.ts'
import type { Http } from './http.ts'
import { MachineCalls } from './machine-calls.ts'
import type { LimitHistoryQuery, LimitReadingQuery, LimitTriggerQuery } from './query.ts'

const path = '/api/claude/console-usage'
/** The hub answers a collector within 20 s; so long, in milliseconds, its answer may be on its way beyond that. */
const ON_ITS_WAY = 10_000
const LONGEST_WAIT = 20_000

export interface CreateLimitReadingOptions extends CallOptions {
  /** False: one try, for whoever tries again by a plan of their own. */
  readonly retry?: boolean
  /** Milliseconds for one try. */
  readonly timeout?: number
}

/** The routes of plan limits, added to those of sessions, tasks and machines. */
export class LimitCalls extends MachineCalls {
  readonly #http: Http

  constructor(http: Http) {
    super(http)
    this.#http = http
  }

  /** Stores a reading; with its `idempotencyKey` it is stored once, however often it is sent. Scope `ingest`. */
  createLimitReading(reading: LimitReading, { signal, retry, timeout }: CreateLimitReadingOptions = {}): Promise<LimitReadingStored> {
    return this.#http.send({
      method: 'POST',
      path,
      body: reading,
      once: true,
      signal,
      ...(retry === undefined ? {} : { retry }),
      ...(timeout === undefined ? {} : { timeout }),
    })
  }

  /** What is known of the plan now, or a version as it was sent. Rejects with a NotFoundError while there is none. Scope `read`. */
  getLimitReading(query: LimitReadingQuery = {}, { signal }: CallOptions = {}): Promise<CurrentLimitReading> {
    return this.#http.send({ method: 'GET', path, query: { ...query }, signal })
  }

  /** A series for each window, of the last seven days unless said otherwise. Scope `read`. */
  getLimitHistory(query: LimitHistoryQuery = {}, { signal }: CallOptions = {}): Promise<LimitHistory> {
    return this.#http.send({ method: 'GET', path: `${path}/history`, query: { ...query }, signal })
  }

  /** Asks a collector for a reading now; rejects with an UnavailableError when it is offline. Scope `read`. */
  triggerLimitReading(query: LimitTriggerQuery = {}, { signal }: CallOptions = {}): Promise<TriggerAnswer> {
    // Nobody waits for a collector to come back: it reads by itself then.
    return this.#http.send({ method: 'POST', path: `${path}/trigger`, query: { ...query }, once: true, retry: false, signal })
  }

  /** For collectors: says how this one is, and waits up to `waitMs` for work. Tried once. Scope `ingest`. */
  waitForLimitWork(call: CollectorCall, { signal }: CallOptions = {}): Promise<CollectorWork> {
    const timeout = (call.waitMs ?? LONGEST_WAIT) + ON_ITS_WAY
    return this.#http.send({ method: 'POST', path: `${path}/collector`, body: call, retry: false, timeout, signal })
  }
}
