import type { Call } from '@signalbox/contract/call'
import { type Tokens, tokenClasses } from '@signalbox/usage/call'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { type CallBatch, COLUMNS, column, unpackCall } from '../scan/call-batch.ts'
import type { ScannedCall } from '../scan/scanned-call.ts'
import type { Labels } from './labels.ts'
import type { Store } from './open-store.ts'
import type { PendingCalls } from './pending-calls.ts'
import type { SliceChanges } from './slices.ts'

/** A row of `calls`. */
export interface CallRow extends Tokens {
  readonly key: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly place: number
  readonly origin: number
  readonly web_searches: number | null
}

export interface WriteCounts {
  /** Calls with a new key. */
  readonly added: number
  /** Calls with a known key and a better record. */
  readonly improved: number
}

export interface Calls {
  /** Merges calls into the table, inside a transaction. Idempotent and independent of the order. */
  write(batch: CallBatch, slices: SliceChanges, pending: PendingCalls): WriteCounts
  toCall(row: CallRow): Call
}

const NAMES = ['key', 'at', 'place', 'origin', ...tokenClasses, 'web_searches'].join(', ')

export function openCalls(store: Store, labels: Labels): Calls {
  const insert = store.prepare(`INSERT INTO calls (${NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
  const find = store.prepare<[string], CallRow>(`SELECT ${NAMES} FROM calls WHERE key = ?`)
  const replace = store.prepare(`INSERT OR REPLACE INTO calls (${NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  return { write, toCall }

  function write(batch: CallBatch, slices: SliceChanges, pending: PendingCalls): WriteCounts {
    const ids = batch.labels.map((label) => labels.findOrCreateIds(label))
    const { keys } = batch
    let added = 0
    let improved = 0
    for (const rank of rankKeys(keys)) {
      const index = rank % RANK_UNIT
      const outcome = put(readRow(batch, index, ids), batch, index, slices)
      if (outcome === 'unchanged') continue
      if (outcome === 'added') added++
      else improved++
      pending.add(keys[index]!)
    }
    return { added, improved }
  }

  function put(row: CallRow, batch: CallBatch, index: number, slices: SliceChanges): 'added' | 'improved' | 'unchanged' {
    if (insertRow(row)) {
      slices.add(row)
      return 'added'
    }
    return improve(find.get(row.key)!, row, batch, index, slices) ? 'improved' : 'unchanged'
  }

  /** @returns false when the key exists */
  function insertRow({ key, at, place, origin, input, output, write_5m, write_1h, read, web_searches }: CallRow): boolean {
    return insert.run(key, at, place, origin, input, output, write_5m, write_1h, read, web_searches).changes === 1
  }

  /** @returns false when the record adds nothing to the stored one */
  function improve(stored: CallRow, row: CallRow, batch: CallBatch, index: number, slices: SliceChanges): boolean {
    if (isSame(stored, row)) return false
    const before: ScannedCall = { ...toCall(stored), at: stored.at }
    const merged = mergeCalls(before, unpackCall(batch, index))
    if (merged === before) return false
    const better: CallRow = {
      key: merged.key,
      at: merged.at,
      ...labels.findOrCreateIds(merged),
      input: merged.input,
      output: merged.output,
      write_5m: merged.write_5m,
      write_1h: merged.write_1h,
      read: merged.read,
      web_searches: merged.web_searches ?? null,
    }
    const { key, at, place, origin, input, output, write_5m, write_1h, read, web_searches } = better
    replace.run(key, at, place, origin, input, output, write_5m, write_1h, read, web_searches)
    slices.remove(stored)
    slices.add(better)
    return true
  }

  function toCall(row: CallRow): Call {
    const { key, at, input, output, write_5m, write_1h, read, web_searches } = row
    return {
      key,
      at: new Date(at).toISOString(),
      ...labels.getLabel(row),
      input,
      output,
      write_5m,
      write_1h,
      read,
      ...(web_searches === null ? {} : { web_searches }),
    }
  }
}

/** The unit of ranks, greater than any index of a batch. */
const RANK_UNIT = 2 ** 24

/**
 * Sorts the indexes of keys approximately in the order of the keys; each index is added to a multiple of `RANK_UNIT`. Rows
 * inserted in the order of the table fill its pages one after the other instead of at random. Message ids begin with
 * `msg_01`, so the four letters after that are compared: sorting numbers is twenty times as fast as sorting texts.
 */
function rankKeys(keys: readonly string[]): Float64Array {
  const ranks = new Float64Array(keys.length)
  for (const [index, key] of keys.entries()) {
    let letters = 0
    for (let at = 6; at < 10; at++) letters = letters * 128 + (at < key.length ? key.charCodeAt(at) & 127 : 0)
    ranks[index] = letters * RANK_UNIT + index
  }
  return ranks.sort()
}

function readRow({ keys, numbers }: CallBatch, index: number, ids: readonly { place: number; origin: number }[]): CallRow {
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
