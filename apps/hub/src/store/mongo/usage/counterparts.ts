import type { Call } from '@signalbox/contract/call'
import { isFromTelemetry, telemetryKey } from '@signalbox/usage/telemetry-call'
import type { Collection } from 'mongodb'
import { textId } from '../text-id.ts'
import { type CallDocument, callId, recordOf } from './call-document.ts'

const BATCH = 1_000

/** The keys of telemetry, among these calls, about calls that a transcript has too. */
export async function findTaken(calls: Collection<CallDocument>, among: readonly Call[]): Promise<Set<string>> {
  const found = await findRows(calls, among)
  return new Set(found.flatMap((document) => telemetryKey(recordOf(document).call) ?? []))
}

/** The documents with the telemetry about calls. */
export async function findTelemetry(calls: Collection<CallDocument>, about: readonly Call[]): Promise<CallDocument[]> {
  const ids = about.flatMap((call) => telemetryKey(call) ?? []).map(callId)
  return findAll(ids, (some) => calls.find({ _id: { $in: some } }).toArray())
}

/** The documents of the calls of transcripts that telemetry, among these calls, may be about. */
export async function findRows(calls: Collection<CallDocument>, among: readonly Call[]): Promise<CallDocument[]> {
  const requests = among.flatMap((call) => (isFromTelemetry(call) && call.request_id !== undefined ? [textId(call.request_id)] : []))
  const found = await findAll(requests, (some) => calls.find({ request: { $in: some } }).toArray())
  return found.filter((document) => !isFromTelemetry(recordOf(document).call))
}

/** @param find is given up to a thousand ids */
export async function findAll<T>(ids: readonly string[], find: (some: string[]) => Promise<T[]>): Promise<T[]> {
  const unique = [...new Set(ids)]
  const found: T[] = []
  for (let n = 0; n < unique.length; n += BATCH) found.push(...(await find(unique.slice(n, n + BATCH))))
  return found
}
