import type { UsageUpdated } from '@signalbox/contract/event'
import type { Collection } from 'mongodb'
import type { Connection } from '../connection.ts'
import { isDuplicate } from '../error.ts'
import type { EventLog } from '../event.ts'
import { type CallDocument, recordOf } from './call-document.ts'
import type { Quarters } from './quarter.ts'

interface IngestDocument {
  /** A token of its own, which the calls it writes carry. */
  _id: string
  /** JSON. */
  machine: string
  /** Milliseconds. */
  at: number
  /** Ids of every quarter it may change. */
  quarters: string[]
  /** Of a copy: nobody is told of it. */
  quiet?: true
}

export interface StateDocument {
  _id: 'usage'
  revision: number
  last_ingest_at?: number
}

export type Told = Omit<UsageUpdated, 'machine_id'>

const IDS_AT_ONCE = 1000

/**
 * Ingests that are under way. Each is written down before its first call and crossed out after everything that follows
 * from its calls: the sums are marked, the revision has grown, the event is in the log. Where a hub dies in between,
 * another one finishes what it finds.
 */
export class Ingests {
  readonly #ingests: Collection<IngestDocument>
  readonly #calls: Collection<CallDocument>
  readonly #state: Collection<StateDocument>
  readonly #quarters: Quarters
  readonly #log: EventLog
  readonly #deadMs: number
  /** Of this hub, and still at it. */
  readonly #own = new Set<string>()
  /** Since when others have been seen, by `performance.now()`. */
  #seen = new Map<string, number>()

  /** @param deadMs after which an ingest that is not crossed out is nobody's any more */
  constructor(connection: Connection, quarters: Quarters, log: EventLog, deadMs: number) {
    this.#ingests = connection.collection('ingest')
    this.#calls = connection.collection('call')
    this.#state = connection.collection('meta')
    this.#quarters = quarters
    this.#log = log
    this.#deadMs = deadMs
  }

  /** Before any call of these quarters is written. */
  async announce(token: string, machine: string, quarters: readonly string[], now: number, quiet = false): Promise<void> {
    if (this.#own.has(token)) {
      await this.#ingests.updateOne({ _id: token }, { $addToSet: { quarters: { $each: [...quarters] } } })
      return
    }
    this.#own.add(token)
    await this.#ingests.insertOne({
      _id: token,
      machine: JSON.stringify(machine),
      at: now,
      quarters: [...quarters],
      ...(quiet ? { quiet } : {}),
    })
  }

  /** After the last call is written. @param before what has to be told first */
  async finish(
    token: string,
    machine: string,
    quarters: readonly string[],
    told: Told,
    now: number,
    before: Promise<unknown> = Promise.resolve(),
  ): Promise<void> {
    await this.#quarters.mark(quarters)
    await this.#quarters.addUp(quarters)
    await before
    await this.#grow({ revision: 1, at: now })
    const data = JSON.stringify({ machine_id: machine, ...told })
    await this.#log.append([{ cause: `ingest/${token}`, event: 'usage.updated', data, at: now }])
    await this.#ingests.deleteOne({ _id: token })
  }

  /** As `finish`, for one that was announced as quiet; its sums are added up by whoever reads them. */
  async finishQuietly(token: string, quarters: readonly string[]): Promise<void> {
    await this.#quarters.mark(quarters)
    await this.#grow({ revision: 1 })
    await this.#ingests.deleteOne({ _id: token })
  }

  /** Whatever happened: from now on it is somebody else's, where it is not crossed out. */
  release(token: string): void {
    this.#own.delete(token)
  }

  /** Calls came in, and none of them was new. */
  async noteNothingNew(now: number): Promise<void> {
    await this.#grow({ revision: 0, at: now })
  }

  async state(): Promise<{ revision: number; lastIngestAt: number | undefined }> {
    const state = await this.#state.findOne({ _id: 'usage' })
    return { revision: state?.revision ?? 0, lastIngestAt: state?.last_ingest_at }
  }

  /**
   * Finishes what dead hubs have begun.
   * It counts as dead when it was there in every look for so long: while a server does not answer, it may still hold a
   * write that it has not come to.
   * @returns ingests finished
   */
  async finishForgotten(): Promise<number> {
    const before = this.#seen
    this.#seen = new Map()
    const found = await this.#ingests.find({}).toArray()
    const at = performance.now()
    const seen = new Map<string, number>()
    let finished = 0
    for (const ingest of found) {
      if (this.#own.has(ingest._id)) continue
      const since = before.get(ingest._id) ?? at
      if (at - since < this.#deadMs) {
        seen.set(ingest._id, since)
        continue
      }
      await this.#finishFor(ingest)
      finished++
    }
    this.#seen = seen
    return finished
  }

  async #finishFor({ _id, machine, at, quarters, quiet }: IngestDocument): Promise<void> {
    if (quiet) return this.finishQuietly(_id, quarters)
    const told = { accepted: 0, improved: 0, since: '9999', until: '' }
    for (let n = 0; n < quarters.length; n += IDS_AT_ONCE) {
      const some = { quarter: { $in: quarters.slice(n, n + IDS_AT_ONCE) }, by: _id }
      for await (const document of this.#calls.find(some)) {
        const call = recordOf(document).call
        if (document.revision === 1) told.accepted++
        else told.improved++
        if (call.at < told.since) told.since = call.at
        if (call.at > told.until) told.until = call.at
      }
    }
    if (told.accepted + told.improved > 0) {
      await this.finish(_id, JSON.parse(machine) as string, quarters, told, at)
      return
    }
    // Died before its first call, or others have improved them all since and told of it.
    await this.#quarters.mark(quarters)
    await this.#ingests.deleteOne({ _id })
  }

  async #grow({ revision, at }: { revision: number; at?: number }): Promise<void> {
    const update = { $inc: { revision }, ...(at === undefined ? {} : { $set: { last_ingest_at: at } }) }
    try {
      await this.#state.updateOne({ _id: 'usage' }, update, { upsert: true })
    } catch (error) {
      if (!isDuplicate(error)) throw error
      await this.#state.updateOne({ _id: 'usage' }, update)
    }
  }
}
