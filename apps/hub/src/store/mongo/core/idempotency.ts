import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import { HubError } from '../../../hub-error.ts'
import type { Change } from '../../change.ts'
import { IDEMPOTENCY_TTL_MS, type Idempotency } from '../../idempotency.ts'
import type { Connection } from '../connection.ts'
import { isDuplicate } from '../error.ts'
import { textId } from '../text-id.ts'

export interface IdempotencyDocument {
  /** Owner and key. */
  _id: string
  fingerprint: string
  made_at: number
  /** A token of the process that holds the lease; a new one for each attempt. */
  holder: string
  /** The last renewal of the lease, by the clock of the holder's hub; clocks may differ by a few seconds. */
  held_at: number
  /** JSON; absent while the work is in progress. */
  result?: string
}

export interface IdempotencyPace {
  /** The interval at which a holder renews its lease. */
  readonly leaseRenewalMs: number
  /** The time after which an unrenewed lease has expired. */
  readonly leaseTtlMs: number
  /** The time a repeated request waits for the result of the first one. */
  readonly resultWaitMs: number
}

const defaultPace: IdempotencyPace = { leaseRenewalMs: 2_000, leaseTtlMs: 10_000, resultWaitMs: 5_000 }

/** Makes writes idempotent by key, across all hubs of one database. The collection is called `once`. */
export class IdempotencyRecords {
  readonly #records: Collection<IdempotencyDocument>
  readonly #pace: IdempotencyPace

  constructor(connection: Pick<Connection, 'collection'>, pace: Partial<IdempotencyPace> = {}) {
    this.#records = connection.collection('once')
    this.#pace = { ...defaultPace, ...pace }
  }

  /**
   * Runs the work, or returns the stored result.
   * @param work is called with `again` when a hub has started it before and crashed: then it must not repeat finished steps;
   *   `startedAt` is the instant of the first attempt
   * @throws HubError `conflict` for another request with the same key, `unavailable` while the first one is in progress
   */
  async run<T>({ now, idempotency }: Change, work: (again: boolean, startedAt: number) => Promise<T>): Promise<T> {
    if (idempotency === undefined) return work(false, now)
    const holder = randomUUID()
    const lease = await this.#acquire(idempotency, now, holder)
    if (lease.result !== undefined) {
      idempotency.replayed = true
      return JSON.parse(lease.result) as T
    }
    const id = recordId(idempotency)
    const renewal = setInterval(() => {
      this.#records.updateOne({ _id: id, holder }, { $set: { held_at: Date.now() } }).catch(() => {})
    }, this.#pace.leaseRenewalMs)
    renewal.unref()
    try {
      const result = await work(lease.again, lease.startedAt)
      await this.#records.updateOne({ _id: id, holder }, { $set: { result: JSON.stringify(result ?? null) } })
      return result
    } catch (error) {
      // If this fails too, the lease expires, and the next attempt runs the work again.
      await this.#records.deleteOne({ _id: id, holder, result: { $exists: false } }).catch(() => {})
      throw error
    } finally {
      clearInterval(renewal)
    }
  }

  /** @returns records removed */
  async sweep(now: number): Promise<number> {
    return (await this.#records.deleteMany({ made_at: { $lte: now - IDEMPOTENCY_TTL_MS } })).deletedCount
  }

  /** Acquires the lease, or waits for the result of its holder. */
  async #acquire(idempotency: Idempotency, now: number, holder: string): Promise<{ result?: string; again: boolean; startedAt: number }> {
    const mine: IdempotencyDocument = {
      _id: recordId(idempotency),
      fingerprint: idempotency.fingerprint,
      made_at: now,
      holder,
      held_at: Date.now(),
    }
    const until = performance.now() + this.#pace.resultWaitMs
    for (let wait = 20; ; wait = Math.min(2 * wait, 200)) {
      const known = (await this.#records.findOne({ _id: mine._id })) ?? undefined
      if (known === undefined) {
        if (await this.#insert(mine)) return { again: false, startedAt: now }
        continue
      }
      if (known.made_at <= now - IDEMPOTENCY_TTL_MS) {
        if (await this.#replace(known, mine)) return { again: false, startedAt: now }
        continue
      }
      if (known.fingerprint !== idempotency.fingerprint) {
        throw new HubError('conflict', 'This Idempotency-Key was used for another request', {
          suggestion: 'Use a fresh Idempotency-Key for each new request, and the same one only to repeat it.',
        })
      }
      if (known.result !== undefined) return { result: known.result, again: false, startedAt: known.made_at }
      if (known.held_at <= Date.now() - this.#pace.leaseTtlMs) {
        const { made_at } = known
        if (await this.#replace(known, { ...mine, made_at, held_at: Date.now() })) return { again: true, startedAt: made_at }
        continue
      }
      if (performance.now() > until) {
        throw new HubError('unavailable', 'The same request is being worked on', { suggestion: 'Send it again in a few seconds.' })
      }
      await delay(wait)
    }
  }

  async #insert(record: IdempotencyDocument): Promise<boolean> {
    try {
      await this.#records.insertOne(record)
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  }

  async #replace({ _id, holder }: IdempotencyDocument, { _id: _, ...next }: IdempotencyDocument): Promise<boolean> {
    return (await this.#records.replaceOne({ _id, holder }, next)).matchedCount === 1
  }
}

export function recordId({ owner, key }: Pick<Idempotency, 'owner' | 'key'>): string {
  return textId(`${owner}\n${key}`)
}
