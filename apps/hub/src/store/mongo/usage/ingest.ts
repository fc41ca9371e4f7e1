import type { Call } from '@signalbox/contract/call'
import { mergeCalls } from '@signalbox/usage/call-merge'
import type { Collection } from 'mongodb'
import { withCurrentKeys, withoutReplaced } from '../../usage/current-keys.ts'
import type { IngestCounts } from '../../usage.ts'
import type { Collections } from '../connection.ts'
import { duplicatesOf, isDuplicate } from '../error.ts'
import { type CallDocument, callId, documentOf, recordOf, replacement } from './call-document.ts'
import { counterpartQuarters } from './counted-calls.ts'
import type { IngestSummary, PendingIngests } from './pending-ingest.ts'
import { findReplaced, idsToRemove } from './replaced-calls.ts'

/** The records of one call in a batch. */
interface Entry {
  readonly id: string
  /** In the order of the batch. */
  readonly records: Call[]
}

interface Step {
  readonly entry: Entry
  readonly accepted: 0 | 1
  readonly improved: number
  /** Instants of the new or better records, and of the records that they replace. */
  readonly touched: readonly string[]
  readonly quarters: readonly string[]
  /** The call before and after. */
  readonly versions: readonly Call[]
  /** The document to write; undefined when nothing changes. */
  readonly next: CallDocument | undefined
}

const READ_BATCH = 1000

/**
 * Writes calls by the winner rule, each by an insert or by a compare-and-set, and retries after concurrent changes.
 * @returns counts and touched quarters; without any quarter nothing was written
 */
export async function writeCalls(
  connection: Collections,
  pendingIngests: Pick<PendingIngests, 'begin'>,
  token: string,
  machine: string,
  sent: readonly Call[],
  now: number,
): Promise<{ counts: IngestCounts; summary: IngestSummary; quarters: readonly string[] }> {
  const { maxInserts, maxUpdates } = connection.dialect
  const collection = connection.collection<CallDocument>('call')
  const calls = withCurrentKeys(sent)
  const written = new Written(token, (quarters) => pendingIngests.begin(token, machine, quarters, now))
  const replaced = await findReplaced(collection, calls)
  let entries = entriesOf(withoutReplaced(calls).filter(({ key }) => !replaced.has(key)))
  while (entries.length > 0) {
    const known = await read(collection, entries)
    const steps = entries.map((entry) => stepOf(entry, known.get(entry.id), machine, token))
    const writing = steps.filter(({ next }) => next !== undefined)
    const versions = writing.flatMap((step) => step.versions)
    await written.begin([...writing.flatMap((step) => step.quarters), ...(await counterpartQuarters(collection, versions))])
    const added = writing.filter(({ next }) => next!.revision === 1)
    const changed = writing.filter(({ next }) => next!.revision > 1)
    const lost = new Set([...(await insert(collection, added, maxInserts)), ...(await replace(collection, changed, token, maxUpdates))])
    for (const step of writing) if (!lost.has(step)) written.count(step)
    // Another hub may have written a counterpart meanwhile, and each has to see at least one of the two.
    await written.begin(await counterpartQuarters(collection, versions))
    entries = [...lost].map(({ entry }) => entry)
  }
  await remove(collection, await idsToRemove(collection, calls), written, maxUpdates)
  const { accepted, improved } = written.summary
  const counts = { accepted, improved, duplicates: calls.length - accepted - improved }
  return { counts, summary: written.summary, quarters: [...written.quarters] }
}

/** What an ingest has written. */
class Written {
  readonly #token: string
  readonly #record: (quarters: string[]) => Promise<void>
  readonly quarters = new Set<string>()
  readonly summary = { accepted: 0, improved: 0, since: '9999', until: '' }

  /** @param record notes quarters before their calls are written */
  constructor(token: string, record: (quarters: string[]) => Promise<void>) {
    this.#token = token
    this.#record = record
  }

  /** To be called before calls of these quarters are written. */
  async begin(quarters: readonly string[]): Promise<void> {
    const unrecorded = new Set(quarters.filter((quarter) => !this.quarters.has(quarter)))
    if (unrecorded.size > 0) await this.#record([...unrecorded])
    for (const quarter of unrecorded) this.quarters.add(quarter)
  }

  count({ accepted, improved, touched }: Step): void {
    this.summary.accepted += accepted
    this.summary.improved += improved
    for (const at of touched) this.#touch(at)
  }

  /** A call that was removed counts as a duplicate when this ingest has added it. */
  countRemoved(document: CallDocument): void {
    if (document.by === this.#token && document.revision === 1) this.summary.accepted--
    this.#touch(recordOf(document).call.at)
  }

  #touch(at: string): void {
    if (at < this.summary.since) this.summary.since = at
    if (at > this.summary.until) this.summary.until = at
  }
}

/** Removes calls, each as it was read: one that changes meanwhile may be of another quarter. */
async function remove(collection: Collection<CallDocument>, ids: readonly string[], written: Written, batch: number): Promise<void> {
  for (let n = 0; n < ids.length; n += batch) {
    const some = ids.slice(n, n + batch)
    for (;;) {
      const documents = await collection.find({ _id: { $in: some } }).toArray()
      if (documents.length === 0) break
      await written.begin(documents.map(({ quarter }) => quarter))
      await collection.bulkWrite(
        documents.map(({ _id, revision }) => ({ deleteOne: { filter: { _id, revision } } })),
        { ordered: false },
      )
      const left = await collection.find({ _id: { $in: some } }, { projection: { _id: 1 } }).toArray()
      for (const document of documents) if (!left.some(({ _id }) => _id === document._id)) written.countRemoved(document)
    }
  }
}

function entriesOf(calls: readonly Call[]): Entry[] {
  const entries = new Map<string, Entry>()
  for (const call of calls) {
    const id = callId(call.key)
    const entry = entries.get(id)
    if (entry === undefined) entries.set(id, { id, records: [call] })
    else entry.records.push(call)
  }
  return [...entries.values()]
}

async function read(collection: Collection<CallDocument>, entries: readonly Entry[]): Promise<Map<string, CallDocument>> {
  const found = new Map<string, CallDocument>()
  for (let n = 0; n < entries.length; n += READ_BATCH) {
    const ids = entries.slice(n, n + READ_BATCH).map(({ id }) => id)
    for await (const document of collection.find({ _id: ids.length === 1 ? ids[0]! : { $in: ids } })) found.set(document._id, document)
  }
  return found
}

function stepOf(entry: Entry, known: CallDocument | undefined, machine: string, token: string): Step {
  const old = known && recordOf(known)
  let call = old?.call
  let accepted: 0 | 1 = 0
  let improved = 0
  const touched: string[] = []
  for (const record of entry.records) {
    if (call === undefined) {
      call = record
      accepted = 1
      touched.push(record.at)
      continue
    }
    const better = mergeCalls(call, record)
    if (better === call) continue
    improved++
    touched.push(call.at, better.at)
    call = better
  }
  if (accepted + improved === 0) return { entry, accepted, improved, touched, quarters: [], versions: [], next: undefined }
  // The machine of a call is the first that reported it, even if another one has the better record.
  const next = documentOf({ machine: old?.machine ?? machine, call: call! }, (known?.revision ?? 0) + 1, token)
  const quarters = known === undefined ? [next.quarter] : [known.quarter, next.quarter]
  return { entry, accepted, improved, touched, quarters, versions: old === undefined ? [call!] : [old.call, call!], next }
}

/** @returns the steps whose call exists already */
async function insert(collection: Collection<CallDocument>, steps: readonly Step[], batch: number): Promise<Step[]> {
  const lost: Step[] = []
  for (let n = 0; n < steps.length; n += batch) {
    const some = steps.slice(n, n + batch)
    try {
      await collection.insertMany(
        some.map(({ next }) => next!),
        { ordered: false },
      )
    } catch (error) {
      if (!isDuplicate(error)) throw error
      const duplicates = duplicatesOf(error)
      lost.push(...some.filter((_, index) => duplicates.has(index)))
    }
  }
  return lost
}

/** @returns the steps whose call has changed since it was read */
async function replace(collection: Collection<CallDocument>, steps: readonly Step[], token: string, batch: number): Promise<Step[]> {
  const lost: Step[] = []
  for (let n = 0; n < steps.length; n += batch) {
    const some = steps.slice(n, n + batch)
    const { matchedCount } = await collection.bulkWrite(
      some.map(({ next }) => replacement(next!)),
      { ordered: false },
    )
    if (matchedCount === some.length) continue
    const now = await read(
      collection,
      some.map(({ entry }) => entry),
    )
    lost.push(...some.filter(({ entry }) => now.get(entry.id)?.by !== token))
  }
  return lost
}
