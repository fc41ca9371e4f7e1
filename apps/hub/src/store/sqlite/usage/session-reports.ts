import type { Call } from '@signalbox/contract/call'
import { recordedPrefix } from '@signalbox/usage/recorded-rest'
import type { SessionReports } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { type CallValues, callColumns, callOf } from './call-row.ts'
import { keyRange } from './reported-calls.ts'

const columnList = callColumns.join(', ')

type KeyedValues = [key: string, ...values: CallValues]

/** Reads what counts of what Claude Code has recorded for sessions beyond their calls. */
export function readSessionRecords(connection: Connection, names: Names, sessions: readonly string[]): Map<string, Call[]> {
  const find = connection.rows(`SELECT key, ${columnList} FROM call WHERE key >= ? AND key < ?`)
  return new Map(
    sessions.map((session) => {
      const rows = find.all(...keyRange(recordedPrefix(session))) as KeyedValues[]
      return [session, rows.map(([key, ...values]) => callOf(names, key, values))]
    }),
  )
}

/** Reads what was reported of a session, and what counts of it. */
export function readSessionReports(connection: Connection, names: Names, session: string): SessionReports {
  const id = names.find(session)
  if (id === undefined) return { reported: [], counted: [] }
  const read = (table: string) => {
    const rows = connection.rows(`SELECT key, ${columnList} FROM ${table} WHERE session = ?`).all(id) as KeyedValues[]
    return new Map(rows.map(([key, ...values]) => [key, callOf(names, key, values)]))
  }
  const counted = read('call')
  // Where another call counts than the one that was reported, and telemetry about a call of a transcript, which counts nowhere by itself.
  const reported = read('reported_call')
  return { reported: [...new Map([...counted, ...reported]).values()], counted: [...counted.values()] }
}
