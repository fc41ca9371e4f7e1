import path from 'node:path'
import type { ScannedCalls } from '../call-batch.ts'
import { GrowingBuffer } from '../growing-buffer.ts'
import { LineBuffer } from '../line-buffer.ts'
import { createLineScanner } from '../line-scanner.ts'
import { mergeRecords } from '../merge-records.ts'
import type { Scanner } from '../scanner.ts'
import { parseRow } from './parse-row.ts'
import { RolloutReader } from './rollout-reader.ts'

const NEWLINE = 0x0a
/** The bytes of a row in which its type and that of its payload are. The text of a message comes after them. */
const HEAD_BYTES = 512
/** The types of rows that say something about calls; only these are parsed. */
const WANTED = /"type":"(?:session_meta|turn_context|token_usage_record|task_started|turn_started|token_count|thread_settings_applied)"/
const ITEM = '"type":"response_item"'
const ROW = '{"timestamp":'

/** Creates a scanner with its own buffer, for one rollout at a time. */
export function createScanner(): Scanner {
  const memory = new GrowingBuffer()
  const lines = new LineBuffer(memory)
  const reader = new RolloutReader()
  return createLineScanner(lines, { start, readLines, readUnfinished, state: () => reader.toText() })

  function start(state: string | undefined, file: string, former: string): boolean {
    return reader.start(state, threadOf(file), former)
  }

  function readLines(into: ScannedCalls): number {
    const { bytes, base } = memory
    let bad = lines.takeDropped()
    let from = base
    while (from < lines.completeEnd) {
      const end = bytes.indexOf(NEWLINE, from)
      if (isWanted(from, end) && !readRows(bytes.toString('utf8', from, end), into)) bad++
      from = end + 1
    }
    return bad
  }

  function readUnfinished(into: ScannedCalls): void {
    const { start, end } = lines.unfinished()
    if (isWanted(start, end)) readRows(memory.bytes.toString('utf8', start, end), into)
  }

  function isWanted(from: number, end: number): boolean {
    const head = memory.bytes.toString('latin1', from, Math.min(end, from + HEAD_BYTES))
    return WANTED.test(head) || (reader.wantsOutput && head.includes(ITEM))
  }

  /** @returns false when the line could not be read completely */
  function readRows(line: string, into: ScannedCalls): boolean {
    const value = parse(line)
    if (value !== undefined) return readRow(value, into)
    // A killed process leaves half a row, to which the next one appends.
    const next = line.lastIndexOf(ROW)
    const last = next > 0 ? parse(line.slice(next)) : undefined
    if (last !== undefined) readRow(last, into)
    return false
  }

  function readRow(value: unknown, into: ScannedCalls): boolean {
    const row = parseRow(value)
    if (row === 'bad') return false
    const call = row === undefined ? undefined : reader.read(row)
    if (call === undefined) return true
    const known = into.byKey.get(call.key)
    into.byKey.set(call.key, known === undefined ? call : mergeRecords(known, call, into))
    return call.odd !== true
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}

/** The thread that the name of a rollout has, for one whose first row cannot be read. */
function threadOf(file: string): string {
  const stem = path.basename(file, '.jsonl')
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(stem)?.[0] ?? stem
}
