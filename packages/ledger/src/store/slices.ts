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
  first_at: number
  last_at: number
  removed: boolean
}

/** Writes changes of roll-ups. */
export interface Slices {
  changes(thresholds: readonly number[]): SliceChanges
  /** Makes all roll-ups anew from the calls, inside a transaction. */
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
  const setTimes = store.prepare('UPDATE slices SET first_at = ?, last_at = ? WHERE quarter = ? AND place = ? AND band = ?')
  const callsOf = store.prepare<[number, number, number], SliceCall>(
    'SELECT at, place, input, output, write_5m, write_1h, read, web_searches FROM calls WHERE at >= ? AND at < ? AND place = ?',
  )
  const allCalls = store.prepare<[], SliceCall>('SELECT at, place, input, output, write_5m, write_1h, read, web_searches FROM calls')
  const clear = store.prepare('DELETE FROM slices')
  return {
    changes,
    rebuild(thresholds) {
      clear.run()
      const all = changes(thresholds)
      for (const call of allCalls.iterate()) all.add(call)
      all.write()
    },
  }

  function changes(thresholds: readonly number[]): SliceChanges {
    const known = new Map<string, Change>()

    function changeOf(call: SliceCall): Change {
      const quarter = Math.floor(call.at / QUARTER)
      const band = promptBand(thresholds, promptTokens(call))
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
          first_at: call.at,
          last_at: call.at,
          removed: false,
        }
        known.set(name, change)
      }
      return change
    }

    function apply(change: Change, call: SliceCall, sign: 1 | -1): void {
      change.calls += sign
      change.input += sign * call.input
      change.output += sign * call.output
      change.write_5m += sign * call.write_5m
      change.write_1h += sign * call.write_1h
      change.read += sign * call.read
      change.web_searches += sign * (call.web_searches ?? 0)
      if (call.at < change.first_at) change.first_at = call.at
      if (call.at > change.last_at) change.last_at = call.at
    }

    return {
      add: (call) => apply(changeOf(call), call, 1),
      remove(call) {
        const change = changeOf(call)
        apply(change, call, -1)
        change.removed = true
      },
      write() {
        for (const { removed, ...change } of known.values()) {
          add.run(...Object.values(change))
          if (removed) correct(change)
        }
        known.clear()
      },
    }

    /** The call that left may have been the first or the last, or the only one. */
    function correct({ quarter, place, band }: Omit<Change, 'removed'>): void {
      if (dropEmpty.run(quarter, place, band).changes > 0) return
      let first = Number.POSITIVE_INFINITY
      let last = Number.NEGATIVE_INFINITY
      for (const call of callsOf.iterate(quarter * QUARTER, (quarter + 1) * QUARTER, place)) {
        if (promptBand(thresholds, promptTokens(call)) !== band) continue
        first = Math.min(first, call.at)
        last = Math.max(last, call.at)
      }
      setTimes.run(first, last, quarter, place, band)
    }
  }
}
