import { isRequestKey, REQUEST_KEY, requestKey } from '@signalbox/usage/telemetry-call'
import type { Connection } from '../connection.ts'
import { type CallValues, callColumns, PLACE } from './call-row.ts'
import { marks } from './sums.ts'

const columnList = callColumns.join(', ')
/** The first key with a prefix that ends with a colon, and the first one after those. */
export function keyRange(prefix: string): readonly [string, string] {
  return [prefix, `${prefix.slice(0, -1)};`]
}

export const telemetryRange = keyRange(REQUEST_KEY)

/** The table `reported_call`: what was reported of calls where another one counts. */
export class ReportedCalls {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  find(key: string): CallValues | undefined {
    return this.#connection.rows(`SELECT ${columnList} FROM reported_call WHERE key = ?`).get(key) as CallValues | undefined
  }

  put(key: string, values: CallValues): void {
    const update = callColumns.map((name) => `${name} = excluded.${name}`).join(', ')
    const sql = `INSERT INTO reported_call (key, ${columnList}) VALUES (${marks(callColumns.length + 1)}) ON CONFLICT DO UPDATE SET ${update}`
    this.#connection.prepare(sql).run(key, ...values)
  }

  remove(key: string): void {
    this.#connection.prepare('DELETE FROM reported_call WHERE key = ?').run(key)
  }

  /** Removes what was reported of a call that is deleted. To be called before it is. */
  removeOf(callId: number): void {
    for (const key of this.#keysOf(callId)) this.remove(key)
  }

  /** Changes the place of what was reported of a call. */
  moveOf(callId: number, placeOf: (place: number) => number): void {
    for (const key of this.#keysOf(callId)) {
      const values = this.find(key)
      if (values === undefined) continue
      const moved: CallValues = [...values]
      moved[PLACE] = placeOf(values[PLACE])
      this.put(key, moved)
    }
  }

  /** The keys of a call's rows and of the telemetry about it. */
  #keysOf(callId: number): string[] {
    const [key, requestId] = this.#connection.rows('SELECT key, request_id FROM call WHERE call_id = ?').get(callId) as [
      string,
      string | null,
    ]
    const telemetry = requestId === null || isRequestKey(key) ? undefined : requestKey(requestId)
    return telemetry === undefined ? [key] : [key, telemetry]
  }

  /** Whether telemetry has ever reported a call. */
  hasTelemetry(): boolean {
    const exists = (table: string) => `EXISTS (SELECT 1 FROM ${table} WHERE key >= ? AND key < ?)`
    const sql = `SELECT ${exists('reported_call')} OR ${exists('call')}`
    return (
      this.#connection
        .prepare(sql)
        .pluck()
        .get(...telemetryRange, ...telemetryRange) === 1
    )
  }
}
