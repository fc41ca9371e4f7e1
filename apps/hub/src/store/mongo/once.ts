import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import { HubError } from '../../hub-error.ts'
import { type Change, ONCE_KEPT_MS, type Once } from '../store.ts'
import type { Connection } from './connection.ts'
import { isDuplicate } from './error.ts'
import { textId } from './text-id.ts'

export interface OnceDocument {
  /** Owner and key. */
  _id: string
  fingerprint: string
  made_at: number
  /** Who does the work, one name for each time it is begun. */
  holder: string
  /** When the holder was last seen at it; by the clocks of the hubs, which may differ by a few seconds. */
  held_at: number
  /** JSON; absent while the work goes on. */
  result?: string
}

/** A holder shows itself this often, and counts as dead when it has not for this long; in milliseconds. */
const SHOWS = 2_000
const DEAD = 10_000
/** So long a repeated request waits for the first one's result. */
const PATIENCE = 5_000

/** Keeps the promise that a write with an `Idempotency-Key` happens once, for all hubs of one database. */
export class OnceKeeper {
  readonly #records: Collection<OnceDocument>

  constructor(connection: Connection) {
    this.#records = connection.collection('once')
  }

  /**
   * Runs the work, or gives the result of the first time.
   * @param work may have been begun and not ended before, by a hub that died: then it is told `again`, and must not do
   * what is done already
   * @throws HubError `conflict` for another request under the same key, `unavailable` while the first one goes on
   */
  async once<T>({ now, once }: Change, work: (again: boolean) => Promise<T>): Promise<T> {
    if (once === undefined) return work(false)
    const holder = randomUUID()
    const found = await this.#hold(once, now, holder)
    if (found.result !== undefined) {
      once.replayed = true
      return JSON.parse(found.result) as T
    }
    const id = onceId(once)
    const showing = setInterval(() => {
      this.#records.updateOne({ _id: id, holder }, { $set: { held_at: Date.now() } }).catch(() => {})
    }, SHOWS)
    showing.unref()
    try {
      const result = await work(found.again)
      await this.#records.updateOne({ _id: id, holder }, { $set: { result: JSON.stringify(result ?? null) } })
      return result
    } catch (error) {
      // Where this fails too, the record is a dead one before long, and whoever comes again does the work again.
      await this.#records.deleteOne({ _id: id, holder, result: { $exists: false } }).catch(() => {})
      throw error
    } finally {
      clearInterval(showing)
    }
  }

  /** @returns records removed */
  async sweep(now: number): Promise<number> {
    return (await this.#records.deleteMany({ made_at: { $lte: now - ONCE_KEPT_MS } })).deletedCount
  }

  /** Takes the work on, or waits for whoever has. */
  async #hold(once: Once, now: number, holder: string): Promise<{ result?: string; again: boolean }> {
    const mine: OnceDocument = { _id: onceId(once), fingerprint: once.fingerprint, made_at: now, holder, held_at: Date.now() }
    const until = performance.now() + PATIENCE
    for (let wait = 20; ; wait = Math.min(2 * wait, 200)) {
      const known = (await this.#records.findOne({ _id: mine._id })) ?? undefined
      if (known === undefined) {
        if (await this.#insert(mine)) return { again: false }
        continue
      }
      if (known.made_at <= now - ONCE_KEPT_MS) {
        if (await this.#replace(known, mine)) return { again: false }
        continue
      }
      if (known.fingerprint !== once.fingerprint) {
        throw new HubError('conflict', 'This Idempotency-Key was used for another request', {
          suggestion: 'Use a fresh Idempotency-Key for each new request, and the same one only to repeat it.',
        })
      }
      if (known.result !== undefined) return { result: known.result, again: false }
      if (known.held_at <= Date.now() - DEAD) {
        if (await this.#replace(known, { ...mine, held_at: Date.now() })) return { again: true }
        continue
      }
      if (performance.now() > until) {
        throw new HubError('unavailable', 'The same request is being worked on', { suggestion: 'Send it again in a few seconds.' })
      }
      await delay(wait)
    }
  }

  async #insert(record: OnceDocument): Promise<boolean> {
    try {
      await this.#records.insertOne(record)
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  }

  async #replace({ _id, holder }: OnceDocument, { _id: _, ...next }: OnceDocument): Promise<boolean> {
    return (await this.#records.replaceOne({ _id, holder }, next)).matchedCount === 1
  }
}

export function onceId({ owner, key }: Pick<Once, 'owner' | 'key'>): string {
  return textId(`${owner}\n${key}`)
}
