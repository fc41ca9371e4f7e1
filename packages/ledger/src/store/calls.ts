import type { Call } from '@signalbox/contract/call'
import { mergeCalls } from '@signalbox/usage/winner'
import { type CallBatch, COLUMNS, column, unpackCall } from '../scan/call-batch.ts'
import type { ScannedCall } from '../scan/scanned-call.ts'
import type { Labels } from './labels.ts'
import type { Store } from './open-store.ts'
import type { PendingCalls } from './pending-calls.ts'
import type { SliceChanges } from './slices.ts'

/** A row of `calls`. */
export interface CallRow {
  readonly key: string
  /** Milliseconds. */
  readonly at: number
  readonly place: number
  readonly origin: number
  readonly input: number
  readonly output: number
  readonly write_5m: number
  readonly write_1h: number
  readonly read: number
  readonly web_searches: number | null
}

export interface Written {
  /** Keys that were not known. */
  readonly added: number
  /** Known keys with a better record. */
  readonly improved: number
}

export interface Calls {
  /** Puts calls in by the winner rule, inside a transaction; any number of times, in any order. */
  write(batch: CallBatch, slices: SliceChanges, pending: PendingCalls): Written
  callOf(row: CallRow): Call
}

const NAMES = 'key, at, place, origin, input, output, write_5m, write_1h, read, web_searches'

export function openCalls(store: Store, labels: Labels): Calls {
  const insert = store.prepare(`INSERT INTO calls (${NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
  const find = store.prepare<[string], CallRow>(`SELECT ${NAMES} FROM calls WHERE key = ?`)
  const replace = store.prepare(`INSERT OR REPLACE INTO calls (${NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  return { write, callOf }

  function write(batch: CallBatch, slices: SliceChanges, pending: PendingCalls): Written {
    const ids = batch.labels.map((label) => labels.idsOf(label))
    const { keys } = batch
    let added = 0
    let improved = 0
    for (const rank of ranksOf(keys)) {
      const index = rank % RANK
      const was = put(rowOf(batch, index, ids), batch, index, slices)
      if (was === 'known') continue
      if (was === 'new') added++
      else improved++
      pending.add(keys[index]!)
    }
    return { added, improved }
  }

  function put(row: CallRow, batch: CallBatch, index: number, slices: SliceChanges): 'new' | 'better' | 'known' {
    if (insertRow(row)) {
      slices.add(row)
      return 'new'
    }
    return improve(find.get(row.key)!, row, batch, index, slices) ? 'better' : 'known'
  }

  /** @returns false when the key is known */
  function insertRow({ key, at, place, origin, input, output, write_5m, write_1h, read, web_searches }: CallRow): boolean {
    return insert.run(key, at, place, origin, input, output, write_5m, write_1h, read, web_searches).changes === 1
  }

  /** @returns false when the record adds nothing to what is known */
  function improve(known: CallRow, row: CallRow, batch: CallBatch, index: number, slices: SliceChanges): boolean {
    if (isSame(known, row)) return false
    const before: ScannedCall = { ...callOf(known), at: known.at }
    const merged = mergeCalls(before, unpackCall(batch, index))
    if (merged === before) return false
    const better: CallRow = {
      key: merged.key,
      at: merged.at,
      ...labels.idsOf(merged),
      input: merged.input,
      output: merged.output,
      write_5m: merged.write_5m,
      write_1h: merged.write_1h,
      read: merged.read,
      web_searches: merged.web_searches ?? null,
    }
    const { key, at, place, origin, input, output, write_5m, write_1h, read, web_searches } = better
    replace.run(key, at, place, origin, input, output, write_5m, write_1h, read, web_searches)
    slices.remove(known)
    slices.add(better)
    return true
  }

  function callOf(row: CallRow): Call {
    const { key, at, input, output, write_5m, write_1h, read, web_searches } = row
    return {
      key,
      at: new Date(at).toISOString(),
      ...labels.labelOf(row),
      input,
      output,
      write_5m,
      write_1h,
      read,
      ...(web_searches === null ? {} : { web_searches }),
    }
  }
}

/** Above any index of a batch. */
const RANK = 2 ** 24

/**
 * Indexes of keys, each added to a multiple of `RANK`, nearly in the order of the keys: in the order of the table they
 * fill one page of it after the other, as they come each would be in another. Ids of messages all begin with `msg_01`;
 * the letters behind that are enough, and numbers are sorted twenty times as fast as texts.
 */
function ranksOf(keys: readonly string[]): Float64Array {
  const ranks = new Float64Array(keys.length)
  for (const [index, key] of keys.entries()) {
    let letters = 0
    for (let at = 6; at < 10; at++) letters = letters * 128 + (at < key.length ? key.charCodeAt(at) & 127 : 0)
    ranks[index] = letters * RANK + index
  }
  return ranks.sort()
}

function rowOf({ keys, numbers }: CallBatch, index: number, ids: readonly { place: number; origin: number }[]): CallRow {
  const row = index * COLUMNS
  const { place, origin } = ids[numbers[row + column.label]!]!
  const searches = numbers[row + column.web_searches]!
  return {
    key: keys[index]!,
    at: numbers[row + column.at]!,
    place,
    origin,
    input: numbers[row + column.input]!,
    output: numbers[row + column.output]!,
    write_5m: numbers[row + column.write_5m]!,
    write_1h: numbers[row + column.write_1h]!,
    read: numbers[row + column.read]!,
    web_searches: searches === -1 ? null : searches,
  }
}

function isSame(a: CallRow, b: CallRow): boolean {
  return (
    a.at === b.at &&
    a.place === b.place &&
    a.origin === b.origin &&
    a.input === b.input &&
    a.output === b.output &&
    a.write_5m === b.write_5m &&
    a.write_1h === b.write_1h &&
    a.read === b.read &&
    a.web_searches === b.web_searches
  )
}
