import { promptTokens, type Tokens } from '@signalbox/usage/call'
import { promptBand } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { AT, type CallValues, callColumns, KIND, PLACE, promptSql, SESSION } from './call-row.ts'
import { addDays } from './day.ts'
import { addOnConflict, emptyDelta, marks, rollUpColumns, type SliceDelta, sumColumns, summedFields, valuesOf } from './sums.ts'

const indexOf = (column: string) => (callColumns as readonly string[]).indexOf(column)
/** Where the summed fields are in the values of a call. */
const summedAt = summedFields.map(indexOf)
const prompt = indexOf('prompt')
const [input, write_5m, write_1h, read] = [indexOf('input'), indexOf('write_5m'), indexOf('write_1h'), indexOf('read')]

/** Collects what a batch of calls adds to the roll-ups: a batch has far fewer slices than calls. */
export class RollUp {
  readonly #thresholds: readonly number[]
  readonly #slices = new Map<string, SliceDelta>()
  #last: SliceDelta | undefined

  constructor(thresholds: readonly number[]) {
    this.#thresholds = thresholds
  }

  add(call: CallValues): void {
    const delta = this.#toSlice(call)
    addTo(delta.sums, call, 1)
    const at = call[AT]
    if (at < delta.first_at) delta.first_at = at
    if (at > delta.last_at) delta.last_at = at
  }

  /** Replaces a stored call by a better record of it. */
  replace(old: CallValues, call: CallValues): void {
    const delta = this.#subtract(old)
    this.add(call)
    if (old[AT] !== call[AT] || this.#last !== delta) delta.ends = true
  }

  /** Removes a stored call. */
  remove(call: CallValues): void {
    this.#subtract(call).ends = true
  }

  #subtract(old: CallValues): SliceDelta {
    const delta = this.#toSlice(old)
    addTo(delta.sums, old, -1)
    return delta
  }

  /** Inside a transaction, after the calls themselves are written. */
  write(connection: Connection, names: Names, cuts: PriceCuts): void {
    const upsert = connection.prepare(
      `INSERT INTO slice (quarter, session, place, kind, band, ${rollUpColumns})
       VALUES (${marks(sumColumns.length + 7)}) ON CONFLICT DO UPDATE SET ${addOnConflict}`,
    )
    const slices = [...this.#slices.values()]
    for (const slice of slices) upsert.run(slice.quarter, slice.session, slice.place, slice.kind, slice.band, ...valuesOf(slice))
    for (const slice of slices) if (slice.ends) this.#refreshEnds(connection, slice)
    addDays(connection, names, cuts, slices)
  }

  /** Recomputes the ends of a slice from its calls; removes a slice without calls. */
  #refreshEnds(connection: Connection, { quarter, session, place, kind, band }: SliceDelta): void {
    const key = [quarter, session, place, kind, band]
    const where = 'quarter = ? AND session = ? AND place = ? AND kind = ? AND band = ?'
    if (connection.prepare(`DELETE FROM slice WHERE ${where} AND calls = 0`).run(...key).changes > 0) return
    const above = band === 0 ? -1 : this.#thresholds[band - 1]!
    const upTo = this.#thresholds[band] ?? Number.MAX_SAFE_INTEGER
    const [first, last] = connection
      .rows(
        `SELECT min(at), max(at) FROM call WHERE session = ? AND at >= ? AND at < ? AND place = ? AND kind = ?
         AND ${promptSql} > ? AND ${promptSql} <= ?`,
      )
      .get(session, quarter * QUARTER_HOUR_MS, (quarter + 1) * QUARTER_HOUR_MS, place, kind, above, upTo) as [number, number]
    connection.prepare(`UPDATE slice SET first_at = ?, last_at = ? WHERE ${where}`).run(first, last, ...key)
  }

  #toSlice(call: CallValues): SliceDelta {
    const quarter = Math.floor(call[AT] / QUARTER_HOUR_MS)
    const [session, place, kind] = [call[SESSION], call[PLACE], call[KIND]]
    const band = promptBand(this.#thresholds, promptTokens(tokensOf(call)))
    const last = this.#last
    if (
      last !== undefined &&
      last.quarter === quarter &&
      last.session === session &&
      last.place === place &&
      last.kind === kind &&
      last.band === band
    ) {
      return last
    }
    const key = `${quarter},${session},${place},${kind},${band}`
    let slice = this.#slices.get(key)
    if (slice === undefined) {
      slice = { quarter, session, place, kind, band, ...emptyDelta() }
      this.#slices.set(key, slice)
    }
    this.#last = slice
    return slice
  }
}

function addTo(sums: number[], call: CallValues, sign: 1 | -1): void {
  sums[0]! += sign
  for (let n = 0; n < summedAt.length; n++) sums[n + 1]! += sign * ((call[summedAt[n]!] as number | null) ?? 0)
}

function tokensOf(call: CallValues): Omit<Tokens, 'output'> & { prompt: number | null } {
  return {
    prompt: call[prompt] as number | null,
    input: call[input] as number,
    write_5m: call[write_5m] as number,
    write_1h: call[write_1h] as number,
    read: call[read] as number,
  }
}
