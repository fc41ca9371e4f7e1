import type { Call } from '@signalbox/contract/call'
import { replacedKey } from '@signalbox/usage/call-key'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { finishCall, isFromTelemetry, telemetryKey } from '@signalbox/usage/telemetry-call'
import { isFormerKey } from '../../usage/current-keys.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { AT, type CallRow, type CallValues, CallWriter, callColumns, callOf, PLACE, SESSION } from './call-row.ts'
import { findRests } from './record-rest.ts'
import { ReportedCalls } from './reported-calls.ts'
import type { RollUp } from './roll-up.ts'
import { marks } from './sums.ts'

const columnList = callColumns.join(', ')

/** A call that counts. */
interface Counted {
  readonly id: number
  readonly values: CallValues
}

/**
 * The tables `call` and `reported_call` during an ingest. Each call is merged with what was reported of it before; what counts follows
 * from all reports, so their order does not matter.
 */
export class CallTable {
  readonly #connection: Connection
  readonly #names: Names
  readonly #rollUp: RollUp
  readonly #writer: CallWriter
  readonly #reported: ReportedCalls
  readonly #insert
  readonly #select
  /** The sessions in which something else counts now. */
  readonly #sessions = new Set<number>()
  #hasTelemetry: boolean
  accepted = 0
  improved = 0
  /** The first and the last instant of what has changed. */
  since = Number.POSITIVE_INFINITY
  until = Number.NEGATIVE_INFINITY

  constructor(connection: Connection, names: Names, machine: string, rollUp: RollUp) {
    this.#connection = connection
    this.#names = names
    this.#rollUp = rollUp
    this.#writer = new CallWriter(names, machine)
    this.#reported = new ReportedCalls(connection)
    this.#hasTelemetry = this.#reported.hasTelemetry()
    const values = marks(callColumns.length + 1)
    this.#insert = connection.prepare(`INSERT INTO call (key, ${columnList}) VALUES (${values}) ON CONFLICT DO NOTHING`)
    this.#select = connection.rows(`SELECT call_id, ${columnList} FROM call WHERE key = ?`)
  }

  put(call: Call): void {
    if (isFormerKey(call.key) && this.#isReplaced(call.key)) return
    this.#hasTelemetry ||= isFromTelemetry(call)
    const former = replacedKey(call.key)
    if (this.#hasTelemetry) this.#merge(call)
    else if (!this.#add(call.key, this.#writer.valuesOf(call))) this.#improve(call)
    if (former !== undefined) this.#remove(former)
  }

  /** To be called after the last change: takes what telemetry knows off what was recorded and estimated for its sessions. */
  settleRecords(sessions: Iterable<number> = this.#sessions): void {
    if (!this.#hasTelemetry) return
    for (const session of sessions) {
      for (const { record, machine, rest } of findRests(this.#connection, this.#names, this.#reported, session)) {
        this.#writeCounted(record, rest, machine, this.#find(record.key))
      }
    }
  }

  /** @returns false when there is one with this key */
  #add(key: string, values: CallValues): boolean {
    if (this.#insert.run(key, ...values).changes === 0) return false
    this.accepted++
    this.#touch(values)
    this.#rollUp.add(values)
    return true
  }

  #improve(call: Call): void {
    const counted = this.#find(call.key)!
    const known = callOf(this.#names, call.key, counted.values)
    const better = mergeCalls(known, call)
    if (better === known) return
    this.improved++
    // The machine of a call is the first that reported it, even if another one has the better record.
    this.#replace(counted, this.#writer.valuesOf(better, this.#machineOf(counted.values)))
  }

  /** As `#add` and `#improve`, on a hub that has calls from telemetry. */
  #merge(call: Call): void {
    const counted = this.#find(call.key)
    const reported = this.#reported.find(call.key)
    const known = reported ?? counted?.values
    const before = known === undefined ? undefined : callOf(this.#names, call.key, known)
    const better = before === undefined ? call : mergeCalls(before, call)
    if (better === before) return
    const machine = known === undefined ? undefined : this.#machineOf(known)
    if (before === undefined) this.accepted++
    else this.improved++
    if (known !== undefined) this.#touch(known)
    this.#touch(this.#writer.valuesOf(better, machine))
    if (isFromTelemetry(better)) this.#settleTelemetry(better, machine, counted)
    else this.#settleRows(better, machine, counted, before)
  }

  /** Writes telemetry: by itself where no transcript has the call, else into the call of the transcript. */
  #settleTelemetry(telemetry: Call, machine: number | undefined, counted: Counted | undefined): void {
    const values = this.#writer.valuesOf(telemetry, machine)
    const calls = this.#callsOf(telemetry)
    if (calls.length === 0) {
      this.#write(telemetry.key, values, counted)
      return
    }
    if (counted !== undefined) this.#drop(counted)
    this.#reported.put(telemetry.key, values)
    for (const one of calls) {
      const rows = this.#reported.find(one.key) ?? one.values
      this.#writeFinished(callOf(this.#names, one.key, rows), this.#machineOf(rows), one, telemetry)
    }
  }

  /** Writes the rows of a call, finished by the telemetry about it, which no longer counts by itself. */
  #settleRows(rows: Call, machine: number | undefined, counted: Counted | undefined, before: Call | undefined): void {
    const key = telemetryKey(rows)
    const telemetry = key === undefined ? undefined : this.#takeTelemetry(key)
    this.#writeFinished(rows, machine, counted, telemetry)
    const former = before === undefined ? undefined : telemetryKey(before)
    if (former !== undefined && former !== key) this.#releaseTelemetry(former)
  }

  #writeFinished(rows: Call, machine: number | undefined, counted: Counted | undefined, telemetry: Call | undefined): void {
    this.#writeCounted(rows, telemetry === undefined ? rows : finishCall(rows, telemetry), machine, counted)
  }

  /** Writes what counts of a call, and what was reported where that is another one. */
  #writeCounted(reported: Call, counts: Call, machine: number | undefined, counted: Counted | undefined): void {
    this.#write(reported.key, this.#writer.valuesOf(counts, machine), counted)
    if (counts === reported) this.#reported.remove(reported.key)
    else this.#reported.put(reported.key, this.#writer.valuesOf(reported, machine))
  }

  /** Finds the telemetry about a call, and keeps it from counting by itself. */
  #takeTelemetry(key: string): Call | undefined {
    const counted = this.#find(key)
    if (counted !== undefined) {
      this.#drop(counted)
      this.#reported.put(key, counted.values)
    }
    const values = counted?.values ?? this.#reported.find(key)
    return values === undefined ? undefined : callOf(this.#names, key, values)
  }

  /** Lets telemetry count by itself, when no call is left that it is about. */
  #releaseTelemetry(key: string): void {
    const values = this.#reported.find(key)
    if (values === undefined || this.#callsOf(callOf(this.#names, key, values)).length > 0) return
    this.#reported.remove(key)
    this.#write(key, values, undefined)
  }

  /** The calls of transcripts that telemetry is about. */
  #callsOf({ key, request_id }: Call): (Counted & { readonly key: string })[] {
    const rows = this.#connection.rows(`SELECT key, call_id, ${columnList} FROM call WHERE request_id = ?`).all(request_id) as [
      string,
      ...CallRow,
    ][]
    return rows
      .map(([key, id, ...values]) => ({ key, id, values }))
      .filter((one) => telemetryKey(callOf(this.#names, one.key, one.values)) === key)
  }

  #find(key: string): Counted | undefined {
    const row = this.#select.get(key) as CallRow | undefined
    if (row === undefined) return undefined
    const [id, ...values] = row
    return { id, values }
  }

  /** @param counted what counts until now */
  #write(key: string, values: CallValues, counted: Counted | undefined): void {
    if (counted !== undefined) {
      this.#replace(counted, values)
      return
    }
    this.#insert.run(key, ...values)
    this.#touch(values)
    this.#rollUp.add(values)
  }

  #replace({ id, values }: Counted, next: CallValues): void {
    if (next.every((value, index) => value === values[index])) return
    this.#connection.prepare(`UPDATE call SET ${callColumns.map((name) => `${name} = ?`).join(', ')} WHERE call_id = ?`).run(...next, id)
    this.#touch(values)
    this.#touch(next)
    this.#rollUp.replace(values, next)
  }

  #drop({ id, values }: Counted): void {
    this.#connection.prepare('DELETE FROM call WHERE call_id = ?').run(id)
    this.#touch(values)
    this.#rollUp.remove(values)
  }

  /** Removes a call that stood for several, of which one is stored by itself now. */
  #remove(key: string): void {
    const counted = this.#find(key)
    if (counted === undefined) return
    this.#drop(counted)
    this.#reported.remove(key)
    const telemetry = telemetryKey(callOf(this.#names, key, counted.values))
    if (telemetry !== undefined) this.#releaseTelemetry(telemetry)
  }

  /** Whether one of the calls that a former key stands for is stored by itself. */
  #isReplaced(former: string): boolean {
    const keys = this.#connection.prepare('SELECT key FROM call WHERE key > ? AND key < ?').pluck().all(`${former}@`, `${former}A`)
    return (keys as string[]).some((key) => replacedKey(key) === former)
  }

  #machineOf(values: CallValues): number {
    return this.#names.place(values[PLACE])[0]
  }

  #touch({ [AT]: at, [SESSION]: session }: CallValues): void {
    this.#sessions.add(session)
    if (at < this.since) this.since = at
    if (at > this.until) this.until = at
  }
}
