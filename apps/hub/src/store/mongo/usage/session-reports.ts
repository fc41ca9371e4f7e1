import type { Call } from '@signalbox/contract/call'
import type { SessionReports } from '../../usage.ts'
import type { Collections } from '../connection.ts'
import { textId } from '../text-id.ts'
import { type CallDocument, quarterId, recordOf } from './call-document.ts'
import { countedCalls } from './counted-calls.ts'
import { findAll } from './counterparts.ts'
import type { QuarterSums } from './quarter.ts'
import { findRecorded, findRecordedRests } from './record-rest.ts'

/** Reads what counts of what Claude Code has recorded for sessions beyond their calls. */
export async function readSessionRecords(connection: Collections, sessions: readonly string[]): Promise<Map<string, Call[]>> {
  const calls = connection.collection<CallDocument>('call')
  const records = (await findRecorded(calls, sessions)).map((document) => recordOf(document).call)
  const rests = await findRecordedRests(calls, records)
  const counted = Map.groupBy(records, ({ session_id = '' }) => session_id)
  return new Map(sessions.map((session) => [session, (counted.get(session) ?? []).map((record) => rests.get(record.key) ?? record)]))
}

/**
 * Reads what was reported of a session, and what counts of it. Calls have no index by session: the sums of quarters say where they are,
 * except of telemetry about calls of transcripts, which is in no sum.
 */
export async function readSessionReports(connection: Collections, quarters: QuarterSums, session: string): Promise<SessionReports> {
  const calls = connection.collection<CallDocument>('call')
  const isMeant = ({ session_id = '' }: Call) => session_id === session
  const slices = (await quarters.read()).filter((slice) => slice.session === session)
  const ids = [...new Set(slices.map(({ quarter }) => quarterId(quarter)))]
  const found = await findAll(ids, (some) => calls.find({ quarter: { $in: some } }).toArray())
  const telemetry = await calls.find({ session: textId(session) }).toArray()
  const reported = new Map([...found, ...telemetry].map((document) => [document._id, recordOf(document).call]))
  const counted: Call[] = []
  for (const id of ids) for await (const { call } of countedCalls(calls, { quarter: id })) if (isMeant(call)) counted.push(call)
  return { reported: [...reported.values()].filter(isMeant), counted }
}
