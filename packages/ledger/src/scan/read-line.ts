import { callOfRecord, type Reading } from './call-of-record.ts'
import { skipSpace, skipValue } from './json-bytes.ts'
import { StringShortener } from './shorten-strings.ts'

/** What becomes of a line's calls. The call is only lent: it is another one after the next line. */
export type TakeCall = (reading: Reading) => void

const OPEN_OBJECT = 0x7b
const QUOTE = 0x22

/**
 * Bytes. What `JSON.parse` makes of an object can be thirty times as large; a larger one is parsed without the middle
 * of its long strings, in which no call is told.
 */
const LARGE = 2 * 1024 * 1024

const shortener = new StringShortener()

/** The slow sure way to read an object: have it parsed. */
export function readObject(bytes: Buffer, start: number, end: number): Reading {
  if (end - start <= LARGE) return callOfRecord(JSON.parse(bytes.toString('utf8', start, end)))
  const copy = Buffer.from(bytes.subarray(start, end))
  shortener.reset()
  const length = shortener.shorten(copy, 0, copy.length)
  return length <= LARGE ? callOfRecord(JSON.parse(copy.toString('utf8', 0, length))) : 'bad'
}

/**
 * Reads the value at `at` and tells `take` what it was.
 * @returns the byte after it, or `~p` when the byte at `p` cannot be there; then nothing is told
 */
function readValue(bytes: Buffer, at: number, end: number, take: TakeCall): number {
  const after = skipValue(bytes, at, end)
  if (after >= 0 && bytes[at] === OPEN_OBJECT) take(readObject(bytes, at, after))
  return after
}

/**
 * Reads every object of one line. Writers lose newlines (`…}{…`), and a writer that was killed leaves half a line to
 * which the next one appends: after a break, reading goes on at the object that begins around it.
 * @returns false when some of the line could not be read
 */
export function readLine(bytes: Buffer, start: number, end: number, take: TakeCall): boolean {
  let whole = true
  let p = skipSpace(bytes, start, end)
  while (p < end) {
    const after = readValue(bytes, p, end, take)
    if (after >= 0) p = skipSpace(bytes, after, end)
    else {
      whole = false
      p = nextObject(bytes, p, ~after, end)
    }
  }
  return whole
}

/**
 * Reads the whole objects at the head of a line that has no end yet. They are facts already; what follows them waits
 * for its rest, and the line is read again then.
 */
export function readUnfinishedLine(bytes: Buffer, start: number, end: number, take: TakeCall): void {
  let p = skipSpace(bytes, start, end)
  while (p >= 0 && p < end) {
    p = readValue(bytes, p, end, take)
    if (p >= 0) p = skipSpace(bytes, p, end)
  }
}

/**
 * Where to go on after the value at `from` broke at `broke`: inside half a line's last string, the next object's `{"`
 * closes that string and the grammar breaks right behind it, so look back first. Never goes back past what was tried,
 * so a line is read in time linear in its length.
 */
function nextObject(bytes: Buffer, from: number, broke: number, end: number): number {
  for (let p = Math.min(broke, end - 2); p > from; p--) {
    if (bytes[p] === OPEN_OBJECT && bytes[p + 1] === QUOTE) return p
  }
  for (let p = broke + 1; p < end - 1; p++) {
    if (bytes[p] === OPEN_OBJECT && bytes[p + 1] === QUOTE) return p
  }
  return end
}
