import { createHash } from 'node:crypto'
import { callFieldList } from '@signalbox/contract/call-field'
import { addToSlice, type Slice, sliceKey, toSlice } from '@signalbox/usage/slice'
import type { AnyBulkWriteOperation, Collection } from 'mongodb'
import type { Collections, Connection } from '../connection.ts'
import { isDuplicate } from '../error.ts'
import { type CallDocument, quarterId } from './call-document.ts'
import { countedCalls } from './counted-calls.ts'

/** The sums of one quarter hour, which are current when `computed` equals `marked`. */
interface QuarterDocument {
  _id: string
  /** The number of times that calls of this quarter were written. */
  marked: number
  /** The value of `marked` before the calls of `sums` were read. */
  computed?: number
  /** How it was cut: the text of `cutsText`. */
  cuts?: string
  /** Its slices as JSON; absent when they are too large, and are computed from the calls by each read. */
  sums?: string
}

const ID_BATCH = 1000
/** MongoDB's limit is 16 MiB for one document. */
const MAX_STORED_SUMS_BYTES = 4 * 1024 * 1024

/**
 * Sums by quarter hour. They are never incremented, only recomputed from the calls of a quarter, so no repeated, aborted or
 * concurrent write can leave a wrong sum: an ingest marks the quarters of its calls after it has written them, and a quarter
 * that was marked after it was computed is recomputed by the next read.
 */
export class QuarterSums {
  readonly #connection: Collections
  readonly #quarters: Collection<QuarterDocument>
  readonly #calls: Collection<CallDocument>
  readonly #pendingIngests: Collection<{ _id: string; quarters: string[] }>
  readonly #thresholds: readonly number[]
  readonly #cuts: string

  /** @param thresholds the prompt lengths of the price table, in tokens */
  constructor(connection: Collections, thresholds: readonly number[]) {
    this.#connection = connection
    this.#quarters = connection.collection('quarter')
    this.#calls = connection.collection('call')
    this.#pendingIngests = connection.collection('ingest')
    this.#thresholds = thresholds
    this.#cuts = cutsText(thresholds)
  }

  /** To be called after calls of these quarters were written. */
  async mark(ids: readonly string[]): Promise<void> {
    const updates = ids.map((id) => ({ updateOne: { filter: { _id: id }, update: { $inc: { marked: 1 } }, upsert: true } }))
    await this.#bulk(updates)
  }

  /** Recomputes the sums of quarters, after they were marked. */
  async sumUp(ids: readonly string[]): Promise<void> {
    for (const some of chunks(ids, ID_BATCH)) {
      await this.#recompute(await this.#quarters.find({ _id: { $in: [...some] } }, { projection: { marked: 1 } }).toArray())
    }
  }

  /** Recomputes all outdated sums, so that the next read is fast. */
  async sumUpAll(): Promise<void> {
    const stale: Pick<QuarterDocument, '_id' | 'marked'>[] = []
    for await (const { _id, marked, computed, cuts } of this.#quarters.find({}, { projection: { marked: 1, computed: 1, cuts: 1 } })) {
      if (computed !== marked || cuts !== this.#cuts) stale.push({ _id, marked })
    }
    for (const some of chunks(stale, this.#connection.dialect.maxUpdates)) await this.#recompute(some)
  }

  /** The slices of the quarters in [from, to), oldest first. */
  async read(from = 0, to = Number.MAX_SAFE_INTEGER): Promise<Slice[]> {
    const [first, end] = [quarterId(from), to > 9_999_999 ? ':' : quarterId(to)]
    // Read first: an ingest whose record is gone by now has marked its quarters before.
    const inProgress = new Set<string>()
    for (const { quarters } of await this.#pendingIngests.find({}, { projection: { quarters: 1 } }).toArray()) {
      for (const id of quarters) if (id >= first && id < end) inProgress.add(id)
    }
    const found = new Map<string, Slice[]>()
    const stale: Pick<QuarterDocument, '_id' | 'marked'>[] = []
    const direct = new Set(inProgress)
    for await (const document of this.#quarters.find({ _id: { $gte: first, $lt: end } })) {
      const { _id, marked, computed, cuts, sums } = document
      if (inProgress.has(_id)) continue
      if (computed !== marked || cuts !== this.#cuts) stale.push({ _id, marked })
      else if (sums === undefined) direct.add(_id)
      else found.set(_id, slicesIn(_id, sums))
    }
    for (const some of chunks(stale, ID_BATCH)) for (const [id, slices] of await this.#recompute(some)) found.set(id, slices)
    for (const [id, slices] of await this.#ofCalls([...direct])) found.set(id, slices)
    return [...found.keys()].sort().flatMap((id) => found.get(id)!)
  }

  /** The slices of the calls in [from, to) of one quarter; in milliseconds. */
  async cut(quarter: number, from: number, to: number): Promise<Slice[]> {
    return (await this.#ofCalls([quarterId(quarter)], from, to)).get(quarterId(quarter)) ?? []
  }

  /** Up to `limit` quarters before another one, newest first, empty ones included. */
  async before(quarter: number, limit: number): Promise<number[]> {
    const end = quarter > 9_999_999 ? ':' : quarterId(quarter)
    const found = await this.#quarters.find({ _id: { $lt: end } }, { sort: { _id: -1 }, limit, projection: { _id: 1 } }).toArray()
    return found.map(({ _id }) => Number(_id))
  }

  /** Computes sums from the calls, and stores them. */
  async #recompute(documents: readonly Pick<QuarterDocument, '_id' | 'marked'>[]): Promise<Map<string, Slice[]>> {
    const sums = await this.#ofCalls(documents.map(({ _id }) => _id))
    const updates: AnyBulkWriteOperation<QuarterDocument>[] = documents.map(({ _id, marked }) => {
      const slices = sums.get(_id) ?? []
      sums.set(_id, slices)
      const text = JSON.stringify(slices.map(({ quarter: _, ...slice }) => slice))
      // If the quarter was marked again meanwhile, these sums may lack a call, and `computed` says so.
      const fields = { computed: marked, cuts: this.#cuts }
      const update =
        text.length > MAX_STORED_SUMS_BYTES ? { $set: fields, $unset: { sums: '' as const } } : { $set: { ...fields, sums: text } }
      return { updateOne: { filter: { _id }, update } }
    })
    await this.#bulk(updates)
    return sums
  }

  async #ofCalls(ids: readonly string[], from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Promise<Map<string, Slice[]>> {
    const sums = new Map<string, Map<string, Slice>>()
    for (const some of chunks(ids, ID_BATCH)) {
      const filter = { quarter: some.length === 1 ? some[0]! : { $in: [...some] } }
      for await (const { quarter, machine, call } of countedCalls(this.#calls, filter)) {
        const slice = toSlice(call, this.#thresholds, machine)
        if (slice.first_at < from || slice.first_at >= to) continue
        let ofQuarter = sums.get(quarter)
        if (ofQuarter === undefined) {
          ofQuarter = new Map()
          sums.set(quarter, ofQuarter)
        }
        const key = sliceKey(slice)
        const sum = ofQuarter.get(key)
        if (sum === undefined) ofQuarter.set(key, slice)
        else addToSlice(sum, slice)
      }
    }
    return new Map([...sums].map(([id, slices]) => [id, [...slices.values()]]))
  }

  async #bulk(updates: readonly AnyBulkWriteOperation<QuarterDocument>[]): Promise<void> {
    for (const some of chunks(updates, this.#connection.dialect.maxUpdates)) {
      try {
        await this.#quarters.bulkWrite([...some], { ordered: false })
      } catch (error) {
        if (!isDuplicate(error)) throw error
        // Another hub has inserted one of them at the same moment. Marking the others twice is harmless.
        await this.#quarters.bulkWrite([...some], { ordered: false })
      }
    }
  }
}

/** The prompt lengths at which the newest sums are cut; undefined without sums. */
export async function storedThresholds(connection: Connection): Promise<readonly number[] | undefined> {
  const quarters = connection.collection<QuarterDocument>('quarter')
  const newest = await quarters.findOne({ cuts: { $exists: true } }, { sort: { _id: -1 }, projection: { cuts: 1 } })
  return newest?.cuts === undefined ? undefined : (JSON.parse(newest.cuts.split(' ')[0]!) as number[])
}

/** Changes with the fields that slices have: sums without a field would be read as complete ones. */
const sliceFields = callFieldList.filter(([, { kind, slice }]) => slice !== undefined || kind === 'tokens' || kind === 'mark')
const fieldsDigest = createHash('sha256')
  .update(sliceFields.map(([name]) => name).join())
  .digest('hex')
  .slice(0, 8)

/** The prompt lengths at which sums are cut, as JSON, and which fields they have. */
function cutsText(thresholds: readonly number[]): string {
  return `${JSON.stringify(thresholds)} ${fieldsDigest}`
}

function slicesIn(id: string, sums: string): Slice[] {
  const slices = JSON.parse(sums) as Slice[]
  for (const slice of slices) slice.quarter = Number(id)
  return slices
}

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let n = 0; n < list.length; n += size) yield list.slice(n, n + size)
}
