import { addInto, type Slice, sliceKey, sliceOf } from '@signalbox/usage/slice'
import type { AnyBulkWriteOperation, Collection } from 'mongodb'
import type { Connection } from '../connection.ts'
import { isDuplicate } from '../error.ts'
import { type CallDocument, quarterId, recordOf } from './call-document.ts'

/** The slices of one quarter hour. They are those of its calls when `computed` is `marked`. */
interface QuarterDocument {
  _id: string
  /** How often calls of this quarter were written. */
  marked: number
  /** What `marked` was before the calls were read that `sums` is made of. */
  computed?: number
  /** The prompt lengths it was cut at, JSON. */
  cuts?: string
  /** JSON of its slices; absent when they are too many to keep, and are added up from the calls each time. */
  sums?: string
}

/** Commands stay small: FerretDB holds one of a hundred connections for each update of a command. */
const UPDATES_AT_ONCE = 50
const IDS_AT_ONCE = 1000
/** A document may have 16 MiB. */
const MAX_SUMS = 4 * 1024 * 1024

/**
 * Roll-ups by quarter hour. They are never counted on, only added up again from the calls of a quarter, so nothing that
 * happens twice, half or at the same time in two hubs can leave a wrong sum: whoever writes calls marks their quarters
 * afterwards, and a quarter that was marked since it was added up is added up again by whoever reads it.
 */
export class Quarters {
  readonly #quarters: Collection<QuarterDocument>
  readonly #calls: Collection<CallDocument>
  readonly #ingests: Collection<{ _id: string; quarters: string[] }>
  readonly #thresholds: readonly number[]
  readonly #cuts: string

  /** @param thresholds the prompt lengths of the price table, in tokens */
  constructor(connection: Connection, thresholds: readonly number[]) {
    this.#quarters = connection.collection('quarter')
    this.#calls = connection.collection('call')
    this.#ingests = connection.collection('ingest')
    this.#thresholds = thresholds
    this.#cuts = JSON.stringify(thresholds)
  }

  /** After calls of these quarters were written. */
  async mark(ids: readonly string[]): Promise<void> {
    const updates = ids.map((id) => ({ updateOne: { filter: { _id: id }, update: { $inc: { marked: 1 } }, upsert: true } }))
    await this.#bulk(updates)
  }

  /** Brings the sums of quarters up to date, after they were marked. */
  async addUp(ids: readonly string[]): Promise<void> {
    for (const some of chunks(ids, IDS_AT_ONCE)) {
      await this.#renew(await this.#quarters.find({ _id: { $in: [...some] } }, { projection: { marked: 1 } }).toArray())
    }
  }

  /** Brings all sums up to date, so that the first who reads them need not. */
  async addUpAll(): Promise<void> {
    const stale: Pick<QuarterDocument, '_id' | 'marked'>[] = []
    for await (const { _id, marked, computed, cuts } of this.#quarters.find({}, { projection: { marked: 1, computed: 1, cuts: 1 } })) {
      if (computed !== marked || cuts !== this.#cuts) stale.push({ _id, marked })
    }
    for (const some of chunks(stale, UPDATES_AT_ONCE)) await this.#renew(some)
  }

  /** The slices of the quarters in [from, to), oldest first. */
  async read(from = 0, to = Number.MAX_SAFE_INTEGER): Promise<Slice[]> {
    const [first, end] = [quarterId(from), to > 9_999_999 ? ':' : quarterId(to)]
    // First: one that is crossed out by now has marked its quarters before.
    const underWay = new Set<string>()
    for (const { quarters } of await this.#ingests.find({}, { projection: { quarters: 1 } }).toArray()) {
      for (const id of quarters) if (id >= first && id < end) underWay.add(id)
    }
    const found = new Map<string, Slice[]>()
    const stale: Pick<QuarterDocument, '_id' | 'marked'>[] = []
    const direct = new Set(underWay)
    for await (const document of this.#quarters.find({ _id: { $gte: first, $lt: end } })) {
      const { _id, marked, computed, cuts, sums } = document
      if (underWay.has(_id)) continue
      if (computed !== marked || cuts !== this.#cuts) stale.push({ _id, marked })
      else if (sums === undefined) direct.add(_id)
      else found.set(_id, slicesIn(_id, sums))
    }
    for (const some of chunks(stale, IDS_AT_ONCE)) for (const [id, slices] of await this.#renew(some)) found.set(id, slices)
    for (const [id, slices] of await this.#ofCalls([...direct])) found.set(id, slices)
    return [...found.keys()].sort().flatMap((id) => found.get(id)!)
  }

  /** The slices of the calls of one quarter in [from, to), in milliseconds. */
  async cut(quarter: number, from: number, to: number): Promise<Slice[]> {
    return (await this.#ofCalls([quarterId(quarter)], from, to)).get(quarterId(quarter)) ?? []
  }

  /** Up to this many quarters before another one, newest first; empty ones too. */
  async before(quarter: number, limit: number): Promise<number[]> {
    const end = quarter > 9_999_999 ? ':' : quarterId(quarter)
    const found = await this.#quarters.find({ _id: { $lt: end } }, { sort: { _id: -1 }, limit, projection: { _id: 1 } }).toArray()
    return found.map(({ _id }) => Number(_id))
  }

  /** Adds up from the calls, and keeps the sums. */
  async #renew(documents: readonly Pick<QuarterDocument, '_id' | 'marked'>[]): Promise<Map<string, Slice[]>> {
    const sums = await this.#ofCalls(documents.map(({ _id }) => _id))
    const updates: AnyBulkWriteOperation<QuarterDocument>[] = documents.map(({ _id, marked }) => {
      const slices = sums.get(_id) ?? []
      sums.set(_id, slices)
      const text = JSON.stringify(slices.map(({ quarter: _, ...slice }) => slice))
      // Where it was marked again meanwhile, these sums may lack a call, and are seen to be old.
      const kept = { computed: marked, cuts: this.#cuts }
      const update = text.length > MAX_SUMS ? { $set: kept, $unset: { sums: '' as const } } : { $set: { ...kept, sums: text } }
      return { updateOne: { filter: { _id }, update } }
    })
    await this.#bulk(updates)
    return sums
  }

  async #ofCalls(ids: readonly string[], from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Promise<Map<string, Slice[]>> {
    const sums = new Map<string, Map<string, Slice>>()
    for (const some of chunks(ids, IDS_AT_ONCE)) {
      const calls = this.#calls.find(
        { quarter: some.length === 1 ? some[0]! : { $in: [...some] } },
        { projection: { quarter: 1, record: 1 } },
      )
      for await (const document of calls) {
        const { machine, call } = recordOf(document)
        const slice = sliceOf(call, this.#thresholds, machine)
        if (slice.first_at < from || slice.first_at >= to) continue
        let ofQuarter = sums.get(document.quarter)
        if (ofQuarter === undefined) {
          ofQuarter = new Map()
          sums.set(document.quarter, ofQuarter)
        }
        const key = sliceKey(slice)
        const sum = ofQuarter.get(key)
        if (sum === undefined) ofQuarter.set(key, slice)
        else addInto(sum, slice)
      }
    }
    return new Map([...sums].map(([id, slices]) => [id, [...slices.values()]]))
  }

  async #bulk(updates: readonly AnyBulkWriteOperation<QuarterDocument>[]): Promise<void> {
    for (const some of chunks(updates, UPDATES_AT_ONCE)) {
      try {
        await this.#quarters.bulkWrite([...some], { ordered: false })
      } catch (error) {
        if (!isDuplicate(error)) throw error
        // Another hub has made one of them at the same moment. To mark the others twice does no harm.
        await this.#quarters.bulkWrite([...some], { ordered: false })
      }
    }
  }
}

/** The prompt lengths that the newest sums are cut at; undefined where there are none. */
export async function keptThresholds(connection: Connection): Promise<readonly number[] | undefined> {
  const quarters = connection.collection<QuarterDocument>('quarter')
  const newest = await quarters.findOne({ cuts: { $exists: true } }, { sort: { _id: -1 }, projection: { cuts: 1 } })
  return newest?.cuts === undefined ? undefined : (JSON.parse(newest.cuts) as number[])
}

function slicesIn(id: string, sums: string): Slice[] {
  const slices = JSON.parse(sums) as Slice[]
  for (const slice of slices) slice.quarter = Number(id)
  return slices
}

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let n = 0; n < list.length; n += size) yield list.slice(n, n + size)
}
