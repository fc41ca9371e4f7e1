import { promptTokens } from '@signalbox/usage/call'
import { promptBand } from '@signalbox/usage/price-table'
import { QUARTER } from '@signalbox/usage/slice'
import type { Store } from './open-store.ts'

/** What a roll-up needs to know of a call. */
export interface SliceCall {
  /** Milliseconds. */
  readonly at: number
  readonly place: number
  readonly input: number
  readonly output: number
  readonly write_5m: number
  readonly write_1h: number
  readonly read: number
  readonly web_searches: number | null
}

/** Changes of roll-ups, gathered in memory and written once at the end of a transaction. */
export interface SliceChanges {
  add(call: SliceCall): void
  /** The call was in a roll-up and is no longer what it was. */
  remove(call: SliceCall): void
  write(): void
}

interface Change {
  readonly quarter: number
  readonly place: number
  readonly band: number
  calls: number
  input: number
  output: number
  write_5m: number
  write_1h: number
  read: number
  web_searches: number
  /** Times of what was added; of what was removed too, which is put right at the end. */
  addedFirst: number
  addedLast: number
  /** Infinite where nothing was removed. */
  removedFirst: number
  removedLast: number
}

/** Writes roll-ups, inside a transaction. */
export interface Slices {
  /** Changes to be gathered from now on; there is one set of them at a time. */
  changes(thresholds: readonly number[]): SliceChanges
  /** Makes all roll-ups anew from the calls. */
  rebuild(thresholds: readonly number[]): void
}

export function openSlices(store: Store): Slices {
  const add = store.prepare(
    `INSERT INTO slices (quarter, place, band, calls, input, output, write_5m, write_1h, read, web_searches, first_at, last_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, input = input + excluded.input, output = output + excluded.output,
       write_5m = write_5m + excluded.write_5m, write_1h = write_1h + excluded.write_1h, read = read + excluded.read,
       web_searches = web_searches + excluded.web_searches, first_at = min(first_at, excluded.first_at),
       last_at = max(last_at, excluded.last_at)`,
  )
  const dropEmpty = store.prepare('DELETE FROM slices WHERE quarter = ? AND place = ? AND band = ? AND calls = 0')
  const times = store.prepare<[number, number, number], { first_at: number; last_at: number }>(
    'SELECT first_at, last_at FROM slices WHERE quarter = ? AND place = ? AND band = ?',
  )
  const setTimes = store.prepare('UPDATE slices SET first_at = ?, last_at = ? WHERE quarter = ? AND place = ? AND band = ?')
  const callsOf = store.prepare<[number, number, number], SliceCall>(
    'SELECT at, place, input, output, write_5m, write_1h, read, web_searches FROM calls WHERE at >= ? AND at < ? AND place = ?',
  )
  const allCalls = store.prepare<[], SliceCall>('SELECT at, place, input, output, write_5m, write_1h, read, web_searches FROM calls')
  const clear = store.prepare('DELETE FROM slices')
  let cuts: readonly number[] = []
  const known = new Map<string, Change>()
  const open: SliceChanges = {
    add: (call) => apply(changeOf(call), call, 1),
    remove(call) {
      const change = changeOf(call)
      apply(change, call, -1)
      change.removedFirst = Math.min(change.removedFirst, call.at)
      change.removedLast = Math.max(change.removedLast, call.at)
    },
    write() {
      for (const change of known.values()) {
        const { quarter, place, band, calls, input, output, write_5m, write_1h, read, web_searches, addedFirst, addedLast } = change
        add.run(quarter, place, band, calls, input, output, write_5m, write_1h, read, web_searches, addedFirst, addedLast)
        if (change.removedFirst !== Number.POSITIVE_INFINITY) correct(change)
      }
      known.clear()
    },
  }
  return {
    changes(thresholds) {
      cuts = thresholds
      known.clear()
      return open
    },
    rebuild(thresholds) {
      clear.run()
      cuts = thresholds
      known.clear()
      for (const call of allCalls.iterate()) open.add(call)
      open.write()
    },
  }

  function changeOf(call: SliceCall): Change {
    const quarter = Math.floor(call.at / QUARTER)
    const band = promptBand(cuts, promptTokens(call))
    const name = `${quarter} ${call.place} ${band}`
    let change = known.get(name)
    if (change === undefined) {
      change = {
        quarter,
        place: call.place,
        band,
        calls: 0,
        input: 0,
        output: 0,
        write_5m: 0,
        write_1h: 0,
        read: 0,
        web_searches: 0,
        addedFirst: call.at,
        addedLast: call.at,
        removedFirst: Number.POSITIVE_INFINITY,
        removedLast: Number.NEGATIVE_INFINITY,
      }
      known.set(name, change)
    }
    return change
  }

  /** What left may have been the first or the last, or all there was. */
  function correct({ quarter, place, band, removedFirst, removedLast }: Change): void {
    if (dropEmpty.run(quarter, place, band).changes > 0) return
    const { first_at, last_at } = times.get(quarter, place, band)!
    if (removedFirst > first_at && removedLast < last_at) return
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    for (const call of callsOf.iterate(quarter * QUARTER, (quarter + 1) * QUARTER, place)) {
      if (promptBand(cuts, promptTokens(call)) !== band) continue
      first = Math.min(first, call.at)
      last = Math.max(last, call.at)
    }
    setTimes.run(first, last, quarter, place, band)
  }
}

function apply(change: Change, call: SliceCall, sign: 1 | -1): void {
  change.calls += sign
  change.input += sign * call.input
  change.output += sign * call.output
  change.write_5m += sign * call.write_5m
  change.write_1h += sign * call.write_1h
  change.read += sign * call.read
  change.web_searches += sign * (call.web_searches ?? 0)
  if (call.at < change.addedFirst) change.addedFirst = call.at
  if (call.at > change.addedLast) change.addedLast = call.at
}
