import { promptTokens, type Tokens, tokenClasses } from '@signalbox/usage/call'
import { promptBand } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import type { Store } from './open-store.ts'

/** The fields of a call that roll-ups are calculated from. */
export interface SliceCall extends Tokens {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly place: number
  readonly web_searches: number | null
}

/** Changes of roll-ups, collected in memory and written at the end of a transaction. */
export interface SliceChanges {
  add(call: SliceCall): void
  /** Removes a call that has changed from its roll-up. */
  remove(call: SliceCall): void
  write(): void
}

/** The columns of sums. */
const sumColumns = ['calls', ...tokenClasses, 'web_searches'] as const

type SliceSums = { [column in (typeof sumColumns)[number]]: number }

interface Change extends SliceSums {
  readonly quarter: number
  readonly place: number
  readonly band: number
  /** The first and the last time of added calls; also of removed ones, which is corrected after writing. */
  addedFirst: number
  addedLast: number
  /** The first and the last time of removed calls; infinite when none was removed. */
  removedFirst: number
  removedLast: number
}

/** Writes roll-ups inside a transaction. */
export interface Slices {
  /** Starts a new set of changes; only one set exists at a time. */
  changes(thresholds: readonly number[]): SliceChanges
  /** Rebuilds all roll-ups from the calls. */
  rebuild(thresholds: readonly number[]): void
}

export function openSlices(store: Store): Slices {
  const add = store.prepare(
    `INSERT INTO slices (quarter, place, band, ${sumColumns.join(', ')}, first_at, last_at)
     VALUES (?, ?, ?, ${sumColumns.map(() => '?').join(', ')}, ?, ?)
     ON CONFLICT DO UPDATE SET ${sumColumns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')},
       first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
  )
  const dropEmpty = store.prepare('DELETE FROM slices WHERE quarter = ? AND place = ? AND band = ? AND calls = 0')
  const times = store.prepare<[number, number, number], { first_at: number; last_at: number }>(
    'SELECT first_at, last_at FROM slices WHERE quarter = ? AND place = ? AND band = ?',
  )
  const setTimes = store.prepare('UPDATE slices SET first_at = ?, last_at = ? WHERE quarter = ? AND place = ? AND band = ?')
  const selectCalls = `SELECT at, place, ${tokenClasses.join(', ')}, web_searches FROM calls`
  const callsInSlice = store.prepare<[number, number, number], SliceCall>(`${selectCalls} WHERE at >= ? AND at < ? AND place = ?`)
  const allCalls = store.prepare<[], SliceCall>(selectCalls)
  const clear = store.prepare('DELETE FROM slices')
  let cuts: readonly number[] = []
  const changesByKey = new Map<string, Change>()
  const sliceChanges: SliceChanges = {
    add: (call) => apply(findChange(call), call, 1),
    remove(call) {
      const change = findChange(call)
      apply(change, call, -1)
      change.removedFirst = Math.min(change.removedFirst, call.at)
      change.removedLast = Math.max(change.removedLast, call.at)
    },
    write() {
      for (const change of changesByKey.values()) {
        const { quarter, place, band, addedFirst, addedLast } = change
        add.run(quarter, place, band, ...sumColumns.map((column) => change[column]), addedFirst, addedLast)
        if (change.removedFirst !== Number.POSITIVE_INFINITY) correct(change)
      }
      changesByKey.clear()
    },
  }
  return {
    changes(thresholds) {
      cuts = thresholds
      changesByKey.clear()
      return sliceChanges
    },
    rebuild(thresholds) {
      clear.run()
      cuts = thresholds
      changesByKey.clear()
      for (const call of allCalls.iterate()) sliceChanges.add(call)
      sliceChanges.write()
    },
  }

  function findChange(call: SliceCall): Change {
    const quarter = Math.floor(call.at / QUARTER_HOUR_MS)
    const band = promptBand(cuts, promptTokens(call))
    const key = `${quarter} ${call.place} ${band}`
    let change = changesByKey.get(key)
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
      changesByKey.set(key, change)
    }
    return change
  }

  /** Corrects a roll-up after a removal: the removed call may have been the first, the last or the only one. */
  function correct({ quarter, place, band, removedFirst, removedLast }: Change): void {
    if (dropEmpty.run(quarter, place, band).changes > 0) return
    const { first_at, last_at } = times.get(quarter, place, band)!
    if (removedFirst > first_at && removedLast < last_at) return
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    for (const call of callsInSlice.iterate(quarter * QUARTER_HOUR_MS, (quarter + 1) * QUARTER_HOUR_MS, place)) {
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
