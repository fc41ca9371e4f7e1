import { StringShortener } from '../shorten-strings.ts'
import { skipSpace, skipValue } from './json-bytes.ts'
import { type ParsedRecord, parseRecord } from './parse-record.ts'

/** Receives the records of a line. The call object is reused for the next line, so the handler has to copy it. */
export type RecordHandler = (record: ParsedRecord) => void

const OPEN_OBJECT = 0x7b
const QUOTE = 0x22

/**
 * The size in bytes above which the long strings of an object are shortened before parsing. The result of `JSON.parse` can be
 * thirty times as large as its input, and the middle of long strings has no data of calls.
 */
const MAX_PARSED_BYTES = 2 * 1024 * 1024

const shortener = new StringShortener()

/** Parses an object with `JSON.parse`: slow, and correct for every input. */
export function readObject(bytes: Buffer, start: number, end: number): ParsedRecord {
  if (end - start <= MAX_PARSED_BYTES) return parseRecord(JSON.parse(bytes.toString('utf8', start, end)))
  const copy = Buffer.from(bytes.subarray(start, end))
  shortener.reset()
  const length = shortener.shorten(copy, 0, copy.length)
  return length <= MAX_PARSED_BYTES ? parseRecord(JSON.parse(copy.toString('utf8', 0, length))) : 'bad'
}

/**
 * Reads the value at `at` and passes it to `onRecord`.
 * @returns the offset after it, or `~p` when the byte at `p` is invalid; then `onRecord` is not called
 */
function readValue(bytes: Buffer, at: number, end: number, onRecord: RecordHandler): number {
  const after = skipValue(bytes, at, end)
  if (after >= 0 && bytes[at] === OPEN_OBJECT) onRecord(readObject(bytes, at, after))
  return after
}

/**
 * Reads every object of one line. A newline can be missing (`…}{…`), and a killed process leaves half a line to which the next
 * one appends; after an error, reading continues at the object that begins near it.
 * @returns false when a part of the line could not be read
 */
export function readLine(bytes: Buffer, start: number, end: number, onRecord: RecordHandler): boolean {
  let isComplete = true
  let p = skipSpace(bytes, start, end)
  while (p < end) {
    const after = readValue(bytes, p, end, onRecord)
    if (after >= 0) p = skipSpace(bytes, after, end)
    else {
      isComplete = false
      p = findNextObject(bytes, p, ~after, end)
    }
  }
  return isComplete
}

/** Reads the complete objects at the start of a line without a newline yet. The line is read again when it is complete. */
export function readUnfinishedLine(bytes: Buffer, start: number, end: number, onRecord: RecordHandler): void {
  let p = skipSpace(bytes, start, end)
  while (p >= 0 && p < end) {
    p = readValue(bytes, p, end, onRecord)
    if (p >= 0) p = skipSpace(bytes, p, end)
  }
}

/**
 * Finds the next object after the value at `from` had an error at `errorAt`. When half a line ends inside a string, the `{"` of
 * the next object closes that string and the error is right after it; therefore the search goes backwards first. It never
 * goes back before `from`, so reading a line takes linear time.
 */
function findNextObject(bytes: Buffer, from: number, errorAt: number, end: number): number {
  for (let p = Math.min(errorAt, end - 2); p > from; p--) {
    if (bytes[p] === OPEN_OBJECT && bytes[p + 1] === QUOTE) return p
  }
  for (let p = errorAt + 1; p < end - 1; p++) {
    if (bytes[p] === OPEN_OBJECT && bytes[p + 1] === QUOTE) return p
  }
  return end
}
