import type { Call } from '@signalbox/contract/call'
import { TELEMETRY } from '@signalbox/usage/call'
import { estimatePrefix, UnfinishedCalls } from '@signalbox/usage/estimate-rest'
import { type Itemised, moreThanRows, recordedPrefix, takeItemised } from '@signalbox/usage/recorded-rest'
import { telemetryKey } from '@signalbox/usage/telemetry-call'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { type CallValues, callColumns, callOf, PLACE } from './call-row.ts'
import { keyRange, type ReportedCalls, telemetryRange } from './reported-calls.ts'

const columnList = callColumns.join(', ')

type KeyedValues = [key: string, ...values: CallValues]

/** A record that is no call, and what of it counts beside telemetry. */
export interface RecordRest {
  readonly record: Call
  /** The number of the machine that reported it. */
  readonly machine: number
  /** `record` itself where telemetry changes nothing. */
  readonly rest: Call
}

/** What was recorded for a session beyond its rows, and what was estimated. @param session its number */
export function findRests(connection: Connection, names: Names, reported: ReportedCalls, session: number): RecordRest[] {
  const name = names.textOf(session) ?? ''
  const recorded = readRecords(connection, names, reported, recordedPrefix(name))
  const estimates = readRecords(connection, names, reported, estimatePrefix(name))
  const rests: Call[] = []
  if (recorded.size > 0) rests.push(...takeItemised(callsIn(recorded), itemisedBy(connection, names, reported, session)))
  if (estimates.size > 0) {
    const unfinished = unfinishedCalls(connection, names, session)
    rests.push(...callsIn(estimates).map((estimate) => unfinished.restOf(estimate)))
  }
  return rests.map((rest) => ({ ...(recorded.get(rest.key) ?? estimates.get(rest.key))!, rest }))
}

type Records = Map<string, Omit<RecordRest, 'rest'>>

function readRecords(connection: Connection, names: Names, reported: ReportedCalls, prefix: string): Records {
  const rows = connection.rows(`SELECT key, ${columnList} FROM call WHERE key >= ? AND key < ?`).all(...keyRange(prefix)) as KeyedValues[]
  return new Map(
    rows.map(([key, ...counted]) => {
      const values = reported.find(key) ?? counted
      return [key, { record: callOf(names, key, values), machine: names.place(values[PLACE])[0] }]
    }),
  )
}

function callsIn(records: Records): Call[] {
  return [...records.values()].map(({ record }) => record)
}

/** The calls of a session without final rows, and those of them that telemetry has finished. */
function unfinishedCalls(connection: Connection, names: Names, session: number): UnfinishedCalls {
  const calls = new UnfinishedCalls()
  for (const [table, isFinished] of [
    ['call', false],
    ['reported_call', true],
  ] as const) {
    const sql = `SELECT key, ${columnList} FROM ${table} WHERE session = ? AND unfinished = 1`
    for (const [key, ...values] of connection.rows(sql).all(session) as KeyedValues[]) {
      const call = callOf(names, key, values)
      if (call.source === undefined) calls.add(call, isFinished)
    }
  }
  return calls
}

/** What the telemetry of a session itemises beyond rows. */
function itemisedBy(connection: Connection, names: Names, reported: ReportedCalls, session: number): Itemised[] {
  const kinds = 'SELECT kind_id FROM kind WHERE source = (SELECT name_id FROM name WHERE text = ?)'
  const alone = connection
    .rows(`SELECT key, ${columnList} FROM call WHERE session = ? AND kind IN (${kinds})`)
    .all(session, TELEMETRY) as KeyedValues[]
  const about = connection
    .rows(`SELECT key, ${columnList} FROM reported_call WHERE session = ? AND key >= ? AND key < ?`)
    .all(session, ...telemetryRange) as KeyedValues[]
  const finished = connection.rows(`SELECT key, ${columnList} FROM call WHERE request_id = ? AND session = ?`)
  const itemised: Itemised[] = alone.map(([key, ...values]) => callOf(names, key, values))
  for (const [key, ...values] of about) {
    const { request_id } = callOf(names, key, values)
    for (const [ofRows, ...counts] of finished.all(request_id, session) as KeyedValues[]) {
      const rows = reported.find(ofRows)
      const call = callOf(names, ofRows, counts)
      if (rows !== undefined && telemetryKey(call) === key) itemised.push(moreThanRows(call, callOf(names, ofRows, rows)))
    }
  }
  return itemised
}
