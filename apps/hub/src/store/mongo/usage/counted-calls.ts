import type { Call } from '@signalbox/contract/call'
import { isRecorded } from '@signalbox/usage/recorded-rest'
import { finishCall, isFromTelemetry, telemetryKey } from '@signalbox/usage/telemetry-call'
import type { Collection, Filter } from 'mongodb'
import { type CallDocument, type CallRecord, callId, recordOf, type StoredCall } from './call-document.ts'
import { findRows, findTaken, findTelemetry } from './counterparts.ts'
import { findEstimateRests, findRecorded, findRecordedRests } from './record-rest.ts'

/*
 * Calls are stored as they were reported, each by its own source. Which of them count, and with which figures, is worked out when sums
 * are: a call of a transcript is finished by the telemetry about its request, which then does not count by itself. So no write has to
 * change two documents.
 */

/** A call that counts, and its quarter hour. */
export interface CountedCall extends CallRecord {
  readonly quarter: string
}

const BATCH = 1_000
const projection = { quarter: 1, request: 1, record: 1 } as const

/** The calls that count, of those that match. */
export async function* countedCalls(calls: Collection<CallDocument>, filter: Filter<CallDocument>): AsyncGenerator<CountedCall> {
  let some: StoredCall[] = []
  for await (const document of calls.find<StoredCall>(filter, { projection })) {
    some.push(document)
    if (some.length < BATCH) continue
    yield* await countOf(calls, some)
    some = []
  }
  yield* await countOf(calls, some)
}

async function countOf(calls: Collection<CallDocument>, documents: readonly StoredCall[]): Promise<CountedCall[]> {
  const records = documents.map((document) => ({ quarter: document.quarter, ...recordOf(document) }))
  const all = records.map(({ call }) => call)
  const taken = await findTaken(calls, all)
  const telemetry = new Map(
    (await findTelemetry(calls, all.filter(isUnfinished))).map((document) => [document._id, recordOf(document).call]),
  )
  const rests = new Map([...(await findRecordedRests(calls, all)), ...(await findEstimateRests(calls, documents))])
  return records.flatMap((record) => {
    const { call } = record
    if (isFromTelemetry(call)) return taken.has(call.key) ? [] : [record]
    const key = telemetryKey(call)
    const event = key === undefined ? undefined : telemetry.get(callId(key))
    return [{ ...record, call: event === undefined ? (rests.get(call.key) ?? call) : finishCall(call, event) }]
  })
}

function isUnfinished({ unfinished }: Call): boolean {
  return unfinished !== false
}

/** The quarters in which something else counts when these calls change: those of their counterparts. */
export async function counterpartQuarters(calls: Collection<CallDocument>, changed: readonly Call[]): Promise<string[]> {
  const telemetry = await findTelemetry(calls, changed)
  const found = [...telemetry, ...(await findRows(calls, changed))]
  const reported = [...changed, ...telemetry.map((document) => recordOf(document).call)].filter(
    (call) => isFromTelemetry(call) || isRecorded(call),
  )
  const recorded = await findRecorded(
    calls,
    reported.map(({ session_id }) => session_id ?? ''),
  )
  return [...found, ...recorded].map(({ quarter }) => quarter)
}
