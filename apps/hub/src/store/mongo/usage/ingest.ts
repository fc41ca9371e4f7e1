import type { Call } from '@signalbox/contract/call'
import { mergeCalls } from '@signalbox/usage/call-merge'
import type { Collection } from 'mongodb'
import type { IngestCounts } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import { duplicatesOf, isDuplicate } from '../error.ts'
import { type CallDocument, callId, documentOf, recordOf } from './call-document.ts'
import type { IngestSummary, PendingIngests } from './pending-ingest.ts'

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
  /** The document to write; undefined when nothing changes. */
  readonly next: CallDocument | undefined
}

const READ_BATCH = 1000

/**
 * Writes calls by the winner rule, each by an insert or by a compare-and-set, and retries after concurrent changes.
 * @returns counts and touched quarters; without any quarter nothing was written
 */
export async function writeCalls(
  connection: Connection,
  pendingIngests: Pick<PendingIngests, 'begin'>,
  token: string,
  machine: string,
  calls: readonly Call[],
  now: number,
): Promise<{ counts: IngestCounts; summary: IngestSummary; quarters: readonly string[] }> {
  const { maxInserts, maxUpdates } = connection.dialect
  const collection = connection.collection<CallDocument>('call')
  const quarters = new Set<string>()
  const summary = { accepted: 0, improved: 0, since: '9999', until: '' }
  let entries = entriesOf(calls)
  while (entries.length > 0) {
    const known = await read(collection, entries)
    const steps = entries.map((entry) => stepOf(entry, known.get(entry.id), machine, token))
    const writing = steps.filter(({ next }) => next !== undefined)
    const unrecorded = new Set(writing.flatMap((step) => step.quarters).filter((quarter) => !quarters.has(quarter)))
    if (unrecorded.size > 0) await pendingIngests.begin(token, machine, [...unrecorded], now)
    for (const quarter of unrecorded) quarters.add(quarter)
    const lost = new Set([
      ...(await insert(
        collection,
        writing.filter(({ next }) => next!.revision === 1),
        maxInserts,
      )),
      ...(await replace(
        collection,
        writing.filter(({ next }) => next!.revision > 1),
        token,
        maxUpdates,
      )),
    ])
    for (const step of writing) {
      if (lost.has(step)) continue
      summary.accepted += step.accepted
      summary.improved += step.improved
      for (const at of step.touched) {
        if (at < summary.since) summary.since = at
        if (at > summary.until) summary.until = at
      }
    }
    entries = [...lost].map(({ entry }) => entry)
  }
  const { accepted, improved } = summary
  return { counts: { accepted, improved, duplicates: calls.length - accepted - improved }, summary, quarters: [...quarters] }
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
  if (accepted + improved === 0) return { entry, accepted, improved, touched, quarters: [], next: undefined }
  // The machine of a call is the first that reported it, even if another one has the better record.
  const next = documentOf({ machine: old?.machine ?? machine, call: call! }, (known?.revision ?? 0) + 1, token)
  return { entry, accepted, improved, touched, quarters: known === undefined ? [next.quarter] : [known.quarter, next.quarter], next }
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
      some.map(({ next }) => {
        const { _id, revision, quarter, by, record } = next!
        return { updateOne: { filter: { _id, revision: revision - 1 }, update: { $set: { revision, quarter, by, record } } } }
      }),
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
