import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { addDays } from './day.ts'
import { addOnConflict, emptyDelta, type SliceDelta, sumList, valuesOf } from './sums.ts'

/** The numbers of a call, and its slice. */
export interface Rolled {
  readonly at: number
  readonly session: number
  readonly place: number
  readonly kind: number
  readonly input: number
  readonly output: number
  readonly write_5m: number
  readonly write_1h: number
  readonly read: number
  readonly web_searches: number
}

const QUARTER_HOUR_MS = 900_000

/** Collects what a batch of calls adds to the roll-ups: a batch has far fewer slices than calls. */
export class RollUp {
  readonly #thresholds: readonly number[]
  readonly #slices = new Map<string, SliceDelta>()
  #last: SliceDelta | undefined

  constructor(thresholds: readonly number[]) {
    this.#thresholds = thresholds
  }

  add(call: Rolled): void {
    const delta = this.#toSlice(call)
    delta.calls += 1
    delta.input += call.input
    delta.output += call.output
    delta.write_5m += call.write_5m
    delta.write_1h += call.write_1h
    delta.read += call.read
    delta.web_searches += call.web_searches
    if (call.at < delta.first_at) delta.first_at = call.at
    if (call.at > delta.last_at) delta.last_at = call.at
  }

  /** Replaces a stored call by a better record of it. */
  replace(old: Rolled, call: Rolled): void {
    const delta = this.#subtract(old)
    this.add(call)
    if (old.at !== call.at || this.#last !== delta) delta.ends = true
  }

  /** Removes a stored call. */
  remove(call: Rolled): void {
    this.#subtract(call).ends = true
  }

  #subtract(old: Rolled): SliceDelta {
    const delta = this.#toSlice(old)
    delta.calls -= 1
    delta.input -= old.input
    delta.output -= old.output
    delta.write_5m -= old.write_5m
    delta.write_1h -= old.write_1h
    delta.read -= old.read
    delta.web_searches -= old.web_searches
    return delta
  }

  /** Inside a transaction, after the calls themselves are written. */
  write(connection: Connection, names: Names, cuts: PriceCuts): void {
    const upsert = connection.prepare(
      `INSERT INTO slice (quarter, session, place, kind, band, ${sumList}, first_at, last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ${addOnConflict}`,
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
         AND input + write_5m + write_1h + read > ? AND input + write_5m + write_1h + read <= ?`,
      )
      .get(session, quarter * QUARTER_HOUR_MS, (quarter + 1) * QUARTER_HOUR_MS, place, kind, above, upTo) as [number, number]
    connection.prepare(`UPDATE slice SET first_at = ?, last_at = ? WHERE ${where}`).run(first, last, ...key)
  }

  #toSlice(call: Rolled): SliceDelta {
    const quarter = Math.floor(call.at / QUARTER_HOUR_MS)
    const band = this.#bandOf(call.input + call.write_5m + call.write_1h + call.read)
    const last = this.#last
    if (
      last !== undefined &&
      last.quarter === quarter &&
      last.session === call.session &&
      last.place === call.place &&
      last.kind === call.kind &&
      last.band === band
    ) {
      return last
    }
    const key = `${quarter},${call.session},${call.place},${call.kind},${band}`
    let slice = this.#slices.get(key)
    if (slice === undefined) {
      slice = { quarter, session: call.session, place: call.place, kind: call.kind, band, ...emptyDelta() }
      this.#slices.set(key, slice)
    }
    this.#last = slice
    return slice
  }

  #bandOf(prompt: number): number {
    let band = 0
    while (band < this.#thresholds.length && prompt > this.#thresholds[band]!) band++
    return band
  }
}
