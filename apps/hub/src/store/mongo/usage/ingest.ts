import type { Call } from '@signalbox/contract/call'
import { mergeCalls } from '@signalbox/usage/winner'
import type { Collection } from 'mongodb'
import type { IngestCounts } from '../../store.ts'
import { duplicatesOf, isDuplicate } from '../error.ts'
import { type CallDocument, callId, documentOf, recordOf } from './call-document.ts'
import type { Ingests, Told } from './unfinished.ts'

/** What a batch has to say of one call. */
interface Entry {
  readonly id: string
  /** In the order they came. */
  readonly records: Call[]
}

interface Step {
  readonly entry: Entry
  readonly accepted: 0 | 1
  readonly improved: number
  /** Instants of the records that were new or better, and of those they took the place of. */
  readonly touched: readonly string[]
  readonly quarters: readonly string[]
  /** Undefined when nothing is to be written. */
  readonly next: CallDocument | undefined
}

const READ_AT_ONCE = 1000
const INSERTED_AT_ONCE = 500
/** FerretDB holds one of a hundred connections for each update of a command. */
const UPDATES_AT_ONCE = 50

/**
 * Writes calls by the winner rule, each by an insert or by a compare and set, and again where somebody else was faster.
 * @returns what is to be told and which quarters it touched; nothing was written where no quarter was
 */
export async function writeCalls(
  collection: Collection<CallDocument>,
  ingests: Pick<Ingests, 'announce'>,
  token: string,
  machine: string,
  calls: readonly Call[],
  now: number,
): Promise<{ counts: IngestCounts; told: Told; quarters: readonly string[] }> {
  const quarters = new Set<string>()
  const told = { accepted: 0, improved: 0, since: '9999', until: '' }
  let entries = entriesOf(calls)
  while (entries.length > 0) {
    const known = await read(collection, entries)
    const steps = entries.map((entry) => stepOf(entry, known.get(entry.id), machine, token))
    const writing = steps.filter(({ next }) => next !== undefined)
    const announced = new Set(writing.flatMap((step) => step.quarters).filter((quarter) => !quarters.has(quarter)))
    if (announced.size > 0) await ingests.announce(token, machine, [...announced], now)
    for (const quarter of announced) quarters.add(quarter)
    const lost = new Set([
      ...(await insert(
        collection,
        writing.filter(({ next }) => next!.revision === 1),
      )),
      ...(await replace(
        collection,
        writing.filter(({ next }) => next!.revision > 1),
        token,
      )),
    ])
    for (const step of writing) {
      if (lost.has(step)) continue
      told.accepted += step.accepted
      told.improved += step.improved
      for (const at of step.touched) {
        if (at < told.since) told.since = at
        if (at > told.until) told.until = at
      }
    }
    entries = [...lost].map(({ entry }) => entry)
  }
  const { accepted, improved } = told
  return { counts: { accepted, improved, duplicates: calls.length - accepted - improved }, told, quarters: [...quarters] }
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
  for (let n = 0; n < entries.length; n += READ_AT_ONCE) {
    const ids = entries.slice(n, n + READ_AT_ONCE).map(({ id }) => id)
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
  // The machine of a call is the first that reported it, whoever had the better record.
  const next = documentOf({ machine: old?.machine ?? machine, call: call! }, (known?.revision ?? 0) + 1, token)
  return { entry, accepted, improved, touched, quarters: known === undefined ? [next.quarter] : [known.quarter, next.quarter], next }
}

/** @returns those that were there already */
async function insert(collection: Collection<CallDocument>, steps: readonly Step[]): Promise<Step[]> {
  const lost: Step[] = []
  for (let n = 0; n < steps.length; n += INSERTED_AT_ONCE) {
    const some = steps.slice(n, n + INSERTED_AT_ONCE)
    try {
      await collection.insertMany(
        some.map(({ next }) => next!),
        { ordered: false },
      )
    } catch (error) {
      if (!isDuplicate(error)) throw error
      const there = duplicatesOf(error)
      lost.push(...some.filter((_, index) => there.has(index)))
    }
  }
  return lost
}

/** @returns those that somebody else has changed since they were read */
async function replace(collection: Collection<CallDocument>, steps: readonly Step[], token: string): Promise<Step[]> {
  const lost: Step[] = []
  for (let n = 0; n < steps.length; n += UPDATES_AT_ONCE) {
    const some = steps.slice(n, n + UPDATES_AT_ONCE)
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
