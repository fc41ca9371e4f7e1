import type { Call } from '@signalbox/contract/call'
import { mergeCalls } from '@signalbox/usage/winner'
import { type CallBatch, COLUMNS, column, unpackCall } from '../scan/call-batch.ts'
import type { Labels } from './labels.ts'
import type { Store } from './open-store.ts'
import type { SliceChanges } from './slices.ts'

/** A row of `calls`. */
export interface CallRow {
  readonly id: number
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
  added: number
  /** Known keys with a better record. */
  improved: number
}

export interface Calls {
  /**
   * Puts calls in by the winner rule, inside a transaction; any number of times, in any order.
   * @param nextId the first free id
   * @returns the first id that is free then
   */
  write(batch: CallBatch, nextId: number, slices: SliceChanges, written: Written): number
  callOf(row: CallRow): Call
}

export function openCalls(store: Store, labels: Labels): Calls {
  const columns = 'id, key, at, place, origin, input, output, write_5m, write_1h, read, web_searches'
  // Answers with the new id; with the id of the known row when that holds something else; with nothing when it holds
  // the same.
  const insert = store
    .prepare<(string | number | null)[], number>(
      `INSERT INTO calls (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET key = key WHERE NOT (
       at = excluded.at AND place = excluded.place AND origin = excluded.origin AND input = excluded.input
       AND output = excluded.output AND write_5m = excluded.write_5m AND write_1h = excluded.write_1h
       AND read = excluded.read AND web_searches IS excluded.web_searches)
     RETURNING id`,
    )
    .pluck()
  const find = store.prepare<[string], CallRow>(`SELECT ${columns} FROM calls WHERE key = ?`)
  const remove = store.prepare('DELETE FROM calls WHERE id = ?')
  // A better record may be one the hub takes.
  const retry = store.prepare('DELETE FROM set_aside WHERE key = ?')
  return { write, callOf }

  function write(batch: CallBatch, nextId: number, slices: SliceChanges, written: Written): number {
    const ids = batch.labels.map((label) => labels.idsOf(label))
    const { keys, numbers } = batch
    let id = nextId
    for (let index = 0; index < keys.length; index++) {
      const row = index * COLUMNS
      const { place, origin } = ids[numbers[row + column.label]!]!
      const searches = numbers[row + column.web_searches]!
      const call = {
        id,
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
      const was = put(call)
      if (was === 'new') {
        slices.add(call)
        written.added++
        id++
      } else if (was === 'other' && improve(find.get(call.key)!, unpackCall(batch, index), id, slices)) {
        written.improved++
        id++
      }
    }
    return id
  }

  /** @returns whether the key was new, known with the same record, or known with another one */
  function put(row: CallRow): 'new' | 'same' | 'other' {
    const { id, key, at, place, origin, input, output, write_5m, write_1h, read, web_searches } = row
    const answer = insert.get(id, key, at, place, origin, input, output, write_5m, write_1h, read, web_searches)
    return answer === undefined ? 'same' : answer === id ? 'new' : 'other'
  }

  function improve(row: CallRow, call: Call, id: number, slices: SliceChanges): boolean {
    const known = callOf(row)
    const merged = mergeCalls(known, call)
    if (merged === known) return false
    const better: CallRow = {
      id,
      key: merged.key,
      at: Date.parse(merged.at),
      ...labels.idsOf(merged),
      input: merged.input,
      output: merged.output,
      write_5m: merged.write_5m,
      write_1h: merged.write_1h,
      read: merged.read,
      web_searches: merged.web_searches ?? null,
    }
    remove.run(row.id)
    put(better)
    retry.run(better.key)
    slices.remove(row)
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
