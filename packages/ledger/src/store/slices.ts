import { callFieldsOf } from '@signalbox/contract/call-field'
import { promptTokens, type Tokens, tokenClasses } from '@signalbox/usage/call'
import { promptBand } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import type { Store } from './open-store.ts'

/** The fields of a call that slices are calculated from. */
export interface SliceCall extends Tokens {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly place: number
  readonly web_searches: number | null
  readonly prompt: number | null
  /** 1, 0, or null when it is not known. */
  readonly unfinished: number | null
  readonly odd: number | null
  /** How much the answer of a call without a final record holds; null for others, and where it is not known. */
  readonly text_bytes: number | null
  readonly tool_bytes: number | null
  readonly thinking_bytes: number | null
}

/** Changes of slices, collected in memory and written at the end of a transaction. */
export interface SliceChanges {
  add(call: SliceCall): void
  /** Removes a call that has changed from its slice. */
  remove(call: SliceCall): void
  write(): void
}

/** The sums of the calls whose output has to be estimated; see estimate/settle.ts. */
const openColumns = ['open_calls', 'open_output', 'open_text', 'open_tool', 'open_thinking'] as const
/** The columns of sums. */
const sumColumns = ['calls', ...tokenClasses, 'web_searches', ...callFieldsOf('mark'), ...openColumns] as const
/** How much the answer of a call without a final record holds. */
export const lengthColumns = ['text_bytes', 'tool_bytes', 'thinking_bytes'] as const

type SliceSums = { [column in (typeof sumColumns)[number]]: number }

interface Change extends SliceSums {
  readonly quarter: number
  readonly place: number
  readonly band: number
  added: number
  /** The first and the last time of added calls; infinite when none was added. */
  addedFirst: number
  addedLast: number
  /** The first and the last time of removed calls; infinite when none was removed. */
  removedFirst: number
  removedLast: number
  /** Whether the first or the last of the added calls may have been removed after that. */
  isMixed: boolean
}

/** Writes slices inside a transaction. */
export interface Slices {
  /** Starts a new set of changes; only one set exists at a time. */
  changes(thresholds: readonly number[]): SliceChanges
  /** Rebuilds all slices from the calls. */
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
  const selectCalls = `SELECT at, place, ${[...callFieldsOf('tokens', 'count', 'mark'), ...lengthColumns].join(', ')} FROM calls`
  const callsOfPlaces = store.prepare<[string], SliceCall>(`${selectCalls} WHERE place IN (SELECT value FROM json_each(?))`)
  const allCalls = store.prepare<[], SliceCall>(selectCalls)
  const clear = store.prepare('DELETE FROM slices')
  let cuts: readonly number[] = []
  const changesByKey = new Map<string, Change>()
  const sliceChanges: SliceChanges = {
    add(call) {
      const change = findChange(call)
      apply(change, call, 1)
      change.added++
      if (call.at < change.addedFirst) change.addedFirst = call.at
      if (call.at > change.addedLast) change.addedLast = call.at
    },
    remove(call) {
      const change = findChange(call)
      apply(change, call, -1)
      if (change.added > 0 && (call.at <= change.addedFirst || call.at >= change.addedLast)) change.isMixed = true
      change.removedFirst = Math.min(change.removedFirst, call.at)
      change.removedLast = Math.max(change.removedLast, call.at)
    },
    write() {
      const uncertain: Change[] = []
      for (const change of changesByKey.values()) {
        const { quarter, place, band, addedFirst, addedLast, removedFirst, removedLast } = change
        const [first, last] = [Math.min(addedFirst, removedFirst), Math.max(addedLast, removedLast)]
        const { calls, input, output, write_5m, write_1h, read, web_searches, unfinished, odd } = change
        const { open_calls, open_output, open_text, open_tool, open_thinking } = change
        // biome-ignore format: in the order of sumColumns
        add.run(
          quarter, place, band, calls, input, output, write_5m, write_1h, read, web_searches, unfinished, odd,
          open_calls, open_output, open_text, open_tool, open_thinking, first, last,
        )
        // A better record of a call has the time of the former one, usually: the slice begins and ends where it did.
        if (removedFirst < addedFirst || removedLast > addedLast || change.isMixed) uncertain.push(change)
      }
      correct(uncertain)
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
    const key = keyOf(quarter, call.place, band)
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
        unfinished: 0,
        odd: 0,
        open_calls: 0,
        open_output: 0,
        open_text: 0,
        open_tool: 0,
        open_thinking: 0,
        added: 0,
        addedFirst: Number.POSITIVE_INFINITY,
        addedLast: Number.NEGATIVE_INFINITY,
        removedFirst: Number.POSITIVE_INFINITY,
        removedLast: Number.NEGATIVE_INFINITY,
        isMixed: false,
      }
      changesByKey.set(key, change)
    }
    return change
  }

  /**
   * Corrects the times of slices after removals: a removed call may have been the first, the last or the only one. One pass over the
   * calls for all of them, because calls have no index by time.
   */
  function correct(changes: readonly Change[]): void {
    const touched = new Map<string, { readonly change: Change; first: number; last: number }>()
    for (const change of changes) {
      const { quarter, place, band, removedFirst, removedLast } = change
      if (dropEmpty.run(quarter, place, band).changes > 0) continue
      const { first_at, last_at } = times.get(quarter, place, band)!
      if (removedFirst > first_at && removedLast < last_at) continue
      touched.set(keyOf(quarter, place, band), { change, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY })
    }
    if (touched.size === 0) return
    const places = JSON.stringify([...new Set([...touched.values()].map(({ change }) => change.place))])
    for (const call of callsOfPlaces.iterate(places)) {
      const slice = touched.get(keyOf(Math.floor(call.at / QUARTER_HOUR_MS), call.place, promptBand(cuts, promptTokens(call))))
      if (slice === undefined) continue
      slice.first = Math.min(slice.first, call.at)
      slice.last = Math.max(slice.last, call.at)
    }
    for (const { change, first, last } of touched.values()) setTimes.run(first, last, change.quarter, change.place, change.band)
  }
}

function keyOf(quarter: number, place: number, band: number): string {
  return `${quarter} ${place} ${band}`
}

/** A row that says more output than an answer has at its beginning is believed, even if it does not say why the answer ended. */
export const MAX_FIRST_OUTPUT = 40

/** Whether the output of a call has to be estimated: it has no final record, and how much its answer holds is known. */
function isEstimated({ unfinished, output, text_bytes }: SliceCall): boolean {
  return unfinished === 1 && output <= MAX_FIRST_OUTPUT && text_bytes !== null
}

function apply(change: Change, call: SliceCall, sign: 1 | -1): void {
  change.calls += sign
  change.input += sign * call.input
  change.output += sign * call.output
  change.write_5m += sign * call.write_5m
  change.write_1h += sign * call.write_1h
  change.read += sign * call.read
  change.web_searches += sign * (call.web_searches ?? 0)
  change.unfinished += sign * (call.unfinished ?? 0)
  change.odd += sign * (call.odd ?? 0)
  if (isEstimated(call)) {
    change.open_calls += sign
    change.open_output += sign * call.output
    change.open_text += sign * (call.text_bytes ?? 0)
    change.open_tool += sign * (call.tool_bytes ?? 0)
    change.open_thinking += sign * (call.thinking_bytes ?? 0)
  }
}
