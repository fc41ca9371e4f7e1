import type { Call } from '@signalbox/contract/call'
import { isEstimate, UnfinishedCalls } from '@signalbox/usage/estimate-rest'
import { type Itemised, isRecorded, moreThanRows, recordedPrefix, takeItemised } from '@signalbox/usage/recorded-rest'
import { finishCall, telemetryKey } from '@signalbox/usage/telemetry-call'
import type { Collection } from 'mongodb'
import { idsWithPrefix, textId } from '../text-id.ts'
import { type CallDocument, recordOf, type StoredCall } from './call-document.ts'
import { findAll, findRows, findTelemetry } from './counterparts.ts'

/** The ranges of ids in one query. */
const RANGES = 100

/** The documents of what was recorded for sessions beyond their calls. */
export async function findRecorded(calls: Collection<CallDocument>, sessions: readonly string[]): Promise<CallDocument[]> {
  const ranges = [...new Set(sessions)].map((session) => ({ _id: idsWithPrefix(recordedPrefix(session)) }))
  const found: CallDocument[] = []
  for (let n = 0; n < ranges.length; n += RANGES) {
    const some = ranges.slice(n, n + RANGES)
    found.push(...(await calls.find(some.length === 1 ? some[0]! : { $or: some }).toArray()))
  }
  return found
}

/** What telemetry does not itemise of what was recorded, by its key, for the sessions of the records among these calls. */
export async function findRecordedRests(calls: Collection<CallDocument>, among: readonly Call[]): Promise<Map<string, Call>> {
  const sessions = [...new Set(among.filter(isRecorded).map(({ session_id }) => session_id ?? ''))]
  const rests = new Map<string, Call>()
  if (sessions.length === 0) return rests
  const callsOf = (documents: readonly CallDocument[]) => documents.map((document) => recordOf(document).call)
  const telemetry = callsOf(await findAll(sessions.map(textId), (some) => calls.find({ session: { $in: some } }).toArray()))
  if (telemetry.length === 0) return rests
  const recorded = Map.groupBy(callsOf(await findRecorded(calls, sessions)), ({ session_id }) => session_id ?? '')
  const rows = Map.groupBy(callsOf(await findRows(calls, telemetry)), telemetryKey)
  for (const [session, events] of Map.groupBy(telemetry, ({ session_id }) => session_id ?? '')) {
    const itemised = events.flatMap((event) => itemisedBy(event, rows.get(event.key)))
    for (const rest of takeItemised(recorded.get(session) ?? [], itemised)) rests.set(rest.key, rest)
  }
  return rests
}

/** What telemetry itemises beyond the rows of the same session. */
function itemisedBy(event: Call, rows: readonly Call[] | undefined): Itemised[] {
  if (rows === undefined) return [event]
  return rows.flatMap((call) => {
    const finished = finishCall(call, event)
    return finished === call || call.session_id !== event.session_id ? [] : [moreThanRows(finished, call)]
  })
}

/** What is left of estimates, by their keys, beside the calls that telemetry has finished. All of them are of one quarter hour each. */
export async function findEstimateRests(calls: Collection<CallDocument>, documents: readonly StoredCall[]): Promise<Map<string, Call>> {
  const estimates = documents
    .map((document) => ({ quarter: document.quarter, call: recordOf(document).call }))
    .filter(({ call }) => isEstimate(call))
  const quarters = estimates.map(({ quarter }) => quarter)
  const found = await findAll(quarters, (some) => calls.find({ quarter: { $in: some } }).toArray())
  const unfinished = found
    .map((document) => recordOf(document).call)
    .filter((call) => call.unfinished === true && call.source === undefined)
  const events = new Map((await findTelemetry(calls, unfinished)).map((document) => [recordOf(document).call.key, recordOf(document).call]))
  const counts = new UnfinishedCalls()
  for (const call of unfinished) {
    const event = events.get(telemetryKey(call) ?? '')
    counts.add(call, event !== undefined && finishCall(call, event) !== call)
  }
  return new Map(estimates.map(({ call }) => [call.key, counts.restOf(call)]))
}
