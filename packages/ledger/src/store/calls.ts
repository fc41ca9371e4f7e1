import type { Call } from '@signalbox/contract/call'
import { callFieldsOf } from '@signalbox/contract/call-field'
import type { Tokens } from '@signalbox/usage/call'
import { replacedKey } from '@signalbox/usage/call-key'
import { type CallBatch, COLUMNS, column, unpackCall } from '../transcript/call-batch.ts'
import { mergeRecords } from '../transcript/merge-records.ts'
import { type ScannedCall, shapedCall } from '../transcript/scanned-call.ts'
import type { Answers } from './answers.ts'
import type { LabelIds, Labels } from './labels.ts'
import type { Store } from './open-store.ts'
import type { PendingCalls } from './pending-calls.ts'
import type { Sessions } from './sessions.ts'
import { lengthColumns, type SliceChanges } from './slices.ts'

/** A row of `calls`. */
export interface CallRow extends Tokens {
  readonly key: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly place: number
  readonly origin: number
  readonly request_id: string | null
  readonly web_searches: number | null
  readonly prompt: number | null
  /** 1, 0, or null when it is not known. */
  readonly unfinished: number | null
  readonly odd: number | null
  readonly as_of: number | null
  /** How much the answer of a call without a final record holds; null for others, and where it is not known. */
  readonly text_bytes: number | null
  readonly tool_bytes: number | null
  readonly thinking_bytes: number | null
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
  toScanned(row: CallRow): ScannedCall
  /** Gives calls that several sessions have to the one that made them, inside a transaction. @returns the sessions that lost or got some */
  moveCopies(slices: SliceChanges, pending: PendingCalls): ReadonlySet<string>
}

const marks = callFieldsOf('mark')
/** The columns that hold a field as it is. */
const fieldColumns = [...callFieldsOf('id', 'tokens', 'count'), 'as_of'] as const
const columns = ['key', 'at', 'place', 'origin', ...fieldColumns, ...marks, ...lengthColumns] as const
/** The columns that most calls have: each value that is bound costs as much as a column of the table. */
const plainColumns = columns.filter((name) => name !== 'prompt' && name !== 'as_of' && name !== 'odd')
const NAMES = columns.join(', ')
const VALUES = columns.map(() => '?').join(', ')

export function openCalls(store: Store, labels: Labels, sessions: Sessions, answers: Answers): Calls {
  const insert = store.prepare(`INSERT INTO calls (${NAMES}) VALUES (${VALUES}) ON CONFLICT DO NOTHING`)
  const [plainNames, plainValues] = [plainColumns.join(', '), plainColumns.map(() => '?').join(', ')]
  const insertPlain = store.prepare(`INSERT INTO calls (${plainNames}) VALUES (${plainValues}) ON CONFLICT DO NOTHING`)
  const find = store.prepare<[string], CallRow>(`SELECT ${NAMES} FROM calls WHERE key = ?`)
  const replace = store.prepare(`INSERT OR REPLACE INTO calls (${NAMES}) VALUES (${VALUES})`)
  const remove = store.prepare('DELETE FROM calls WHERE key = ?')
  const setLengths = store.prepare('UPDATE calls SET text_bytes = ?, tool_bytes = ?, thinking_bytes = ? WHERE key = ?')
  return { write, toCall, toScanned, moveCopies }

  function write(batch: CallBatch, slices: SliceChanges, pending: PendingCalls): WriteCounts {
    const ids = batch.labels.map((label) => labels.findOrCreateIds(label))
    const { keys } = batch
    // One object for all rows: a batch has thousands, and nothing keeps them.
    const row = emptyRow()
    let added = 0
    let improved = 0
    for (const rank of rankKeys(keys)) {
      const index = rank % RANK_UNIT
      const outcome = put(readRow(batch, index, ids, row), batch, index, slices)
      if (outcome === 'unchanged') continue
      if (outcome === 'added') {
        added++
        removeFormer(keys[index]!, slices, pending)
      } else improved++
      pending.add(keys[index]!)
    }
    for (const { key, session, isNamed } of batch.copies) sessions.addCopy(key, session, isNamed)
    return { added, improved }
  }

  function put(row: CallRow, batch: CallBatch, index: number, slices: SliceChanges): 'added' | 'improved' | 'unchanged' {
    if (insertRow(row)) {
      slices.add(row)
      return 'added'
    }
    return improve(find.get(row.key)!, row, batch, index, slices) ? 'improved' : 'unchanged'
  }

  /** Removes the call that a former version stored for all answers with the same id: now each is stored by itself. */
  function removeFormer(key: string, slices: SliceChanges, pending: PendingCalls): void {
    const former = replacedKey(key)
    const stored = former === undefined ? undefined : find.get(former)
    if (stored === undefined) return
    remove.run(stored.key)
    slices.remove(stored)
    pending.remove(stored.key)
  }

  /** @returns false when the key exists */
  function insertRow(row: CallRow): boolean {
    if (!isPlain(row)) return insert.run(...valuesOf(row)).changes === 1
    const { key, at, place, origin, request_id, input, output, write_5m, write_1h, read, unfinished } = row
    const { web_searches, text_bytes, tool_bytes, thinking_bytes } = row
    // biome-ignore format: in the order of plainColumns
    return insertPlain.run(
      key, at, place, origin, request_id, input, output, write_5m, write_1h, read, web_searches, unfinished, text_bytes, tool_bytes, thinking_bytes,
    ).changes === 1
  }

  /** @returns false when the record adds nothing to the stored one */
  function improve(stored: CallRow, row: CallRow, batch: CallBatch, index: number, slices: SliceChanges): boolean {
    if (isSame(stored, row)) return false
    const before = toScanned(stored)
    const merged = mergeRecords(before, unpackCall(batch, index), { addCopies })
    const lengths = merged.unfinished === true ? largerLengths(stored, row) : noLengths
    if (merged === before) {
      // How much an answer holds is known here only: the hub does not need the call again.
      if (lengthColumns.some((name) => lengths[name] !== stored[name])) setLengthsOf(stored, lengths, slices)
      return false
    }
    replaceRow(stored, { ...toRow(merged), ...lengths }, slices)
    if (before.unfinished === true && merged.unfinished !== true) answers.setDue([merged.session_id ?? ''])
    return true
  }

  function setLengthsOf(stored: CallRow, lengths: Lengths, slices: SliceChanges): void {
    setLengths.run(...lengthColumns.map((name) => lengths[name]), stored.key)
    slices.remove(stored)
    slices.add({ ...stored, ...lengths })
  }

  function addCopies(key: string, ...found: readonly string[]): void {
    for (const session of found) sessions.addCopy(key, session, false)
  }

  function replaceRow(stored: CallRow, better: CallRow, slices: SliceChanges): void {
    replace.run(valuesOf(better))
    slices.remove(stored)
    slices.add(better)
  }

  function toRow(call: ScannedCall): CallRow {
    const values = fieldColumns.map((name) => [name, call[name] ?? null])
    const known = marks.map((name) => [name, call[name] === undefined ? null : call[name] ? 1 : 0])
    return {
      key: call.key,
      at: call.at,
      ...labels.findOrCreateIds(call),
      ...Object.fromEntries([...values, ...known]),
      ...noLengths,
    } as CallRow
  }

  function toScanned(row: CallRow): ScannedCall {
    return shapedCall(knownFields(row))
  }

  /** A call without the fields that are not known. */
  function knownFields(row: CallRow): ScannedCall {
    const values = fieldColumns.filter((name) => row[name] !== null).map((name) => [name, row[name]])
    const known = marks.filter((name) => row[name] !== null).map((name) => [name, row[name] === 1])
    return { key: row.key, at: row.at, ...labels.getLabel(row), ...Object.fromEntries([...values, ...known]) } as ScannedCall
  }

  function toCall(row: CallRow): Call {
    const { at, as_of, ...call } = knownFields(row)
    const since = call.session_id === undefined ? undefined : sessions.since(call.session_id)
    return {
      ...call,
      at: new Date(at).toISOString(),
      ...(since === undefined ? {} : { session_since: new Date(since).toISOString() }),
      ...(as_of === undefined ? {} : { as_of: new Date(as_of).toISOString() }),
    }
  }

  function moveCopies(slices: SliceChanges, pending: PendingCalls): ReadonlySet<string> {
    const moved = new Set<string>()
    for (const [key, session] of sessions.takeOwners()) {
      const stored = find.get(key)
      if (stored === undefined) continue
      const call = toScanned(stored)
      if (call.session_id === session) continue
      replaceRow(stored, { ...toRow({ ...call, session_id: session }), ...lengthsOf(stored) }, slices)
      pending.add(key)
      moved.add(session)
      if (call.session_id !== undefined) moved.add(call.session_id)
    }
    return moved
  }
}

type Lengths = Pick<CallRow, (typeof lengthColumns)[number]>

const noLengths: Lengths = { text_bytes: null, tool_bytes: null, thinking_bytes: null }

function lengthsOf({ text_bytes, tool_bytes, thinking_bytes }: CallRow): Lengths {
  return { text_bytes, tool_bytes, thinking_bytes }
}

/** Each file has all rows of an answer, or fewer. */
function largerLengths(a: Lengths, b: Lengths): Lengths {
  const larger = (one: number | null, other: number | null) => (one === null ? other : other === null ? one : Math.max(one, other))
  return {
    text_bytes: larger(a.text_bytes, b.text_bytes),
    tool_bytes: larger(a.tool_bytes, b.tool_bytes),
    thinking_bytes: larger(a.thinking_bytes, b.thinking_bytes),
  }
}

/** The values of a row in the order of `columns`, written out because it runs for each call; a test holds it to the columns. */
function valuesOf(row: CallRow): unknown[] {
  const { key, at, place, origin, request_id, input, output, write_5m, write_1h, read, web_searches, prompt, as_of, unfinished, odd } = row
  const { text_bytes, tool_bytes, thinking_bytes } = row
  // biome-ignore format: one line for each kind of column
  return [
    key, at, place, origin, request_id, input, output, write_5m, write_1h, read, web_searches, prompt, as_of, unfinished, odd,
    text_bytes, tool_bytes, thinking_bytes,
  ]
}

function isPlain({ prompt, as_of, odd }: CallRow): boolean {
  return prompt === null && as_of === null && odd === null
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

function readRow({ keys, requestIds, numbers }: CallBatch, index: number, ids: readonly LabelIds[], into: MutableRow): CallRow {
  const row = index * COLUMNS
  const { place, origin } = ids[numbers[row + column.label]!]!
  into.key = keys[index]!
  into.at = numbers[row + column.at]!
  into.place = place
  into.origin = origin
  into.request_id = requestIds[index] ?? null
  into.input = numbers[row + column.input]!
  into.output = numbers[row + column.output]!
  into.write_5m = numbers[row + column.write_5m]!
  into.write_1h = numbers[row + column.write_1h]!
  into.read = numbers[row + column.read]!
  into.web_searches = optional(numbers[row + column.web_searches]!)
  into.prompt = optional(numbers[row + column.prompt]!)
  into.unfinished = optional(numbers[row + column.unfinished]!)
  into.odd = optional(numbers[row + column.odd]!)
  into.as_of = optional(numbers[row + column.as_of]!)
  into.text_bytes = optional(numbers[row + column.text_bytes]!)
  into.tool_bytes = optional(numbers[row + column.tool_bytes]!)
  into.thinking_bytes = optional(numbers[row + column.thinking_bytes]!)
  return into
}

type MutableRow = { -readonly [name in keyof CallRow]: CallRow[name] }

function emptyRow(): MutableRow {
  return {
    key: '',
    at: 0,
    place: 0,
    origin: 0,
    request_id: null,
    input: 0,
    output: 0,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    web_searches: null,
    prompt: null,
    unfinished: null,
    odd: null,
    as_of: null,
    text_bytes: null,
    tool_bytes: null,
    thinking_bytes: null,
  }
}

function optional(value: number): number | null {
  return value === -1 ? null : value
}

function isSame(a: CallRow, b: CallRow): boolean {
  return columns.every((column) => a[column] === b[column])
}
