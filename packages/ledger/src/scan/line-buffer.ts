import { readSync } from 'node:fs'
import { StringShortener } from './shorten-strings.ts'

/** Bytes for one read: it stays in the cache of a core while it is searched. */
const CHUNK = 256 * 1024
/**
 * Bytes, a power of two times `CHUNK`. A line longer than this has its long strings shortened while it is read: no
 * call is told in them. One that is still longer then is no transcript's, and steps aside.
 */
const LONGEST_LINE = 16 * 1024 * 1024

const NEWLINE = 0x0a

/**
 * The bytes of a file, whole lines at a time, in one buffer that is used again and again. It grows to the longest
 * line, up to a limit.
 */
export class LineBuffer {
  #bytes = Buffer.allocUnsafeSlow(2 * CHUNK)
  /** Whole lines lie in [0, wholeEnd), the beginning of the next in [wholeEnd, filled). */
  #wholeEnd = 0
  #filled = 0
  /** Where in the file the next read begins. */
  #position = 0
  #offset = 0
  readonly #shortener = new StringShortener()
  #shortening = false
  /** The current line is longer than `LONGEST_LINE` even shortened: nothing of it is kept. */
  #dropping = false
  #dropped = 0

  /** Bytes of the file up to the end of the last whole line. */
  get offset(): number {
    return this.#offset
  }

  /** Begins at a line's first byte. */
  start(offset: number): void {
    if (this.#bytes.length === LONGEST_LINE) this.#bytes = Buffer.allocUnsafeSlow(2 * CHUNK)
    this.#wholeEnd = 0
    this.#filled = 0
    this.#position = offset
    this.#offset = offset
    this.#shortening = false
    this.#dropping = false
    this.#dropped = 0
  }

  /** Reads on. @returns bytes read, 0 at the end of the file */
  fill(fd: number): number {
    this.#forgetWhole()
    this.#makeRoom()
    const read = readSync(fd, this.#bytes, this.#filled, CHUNK, this.#position)
    let from = this.#filled
    this.#position += read
    this.#filled += read
    if (this.#dropping) from = this.#drop()
    else if (this.#shortening) from = this.#shorten(from)
    const last = this.#bytes.subarray(from, this.#filled).lastIndexOf(NEWLINE)
    if (last !== -1) {
      this.#wholeEnd = from + last + 1
      this.#offset = this.#position - (this.#filled - this.#wholeEnd)
    }
    return read
  }

  /** The lines that are whole since the last `fill`. */
  whole(): { bytes: Buffer; start: number; end: number } {
    return { bytes: this.#bytes, start: 0, end: this.#wholeEnd }
  }

  /** The beginning of a line, after the last `fill` found the end of the file. */
  unfinished(): { bytes: Buffer; start: number; end: number } {
    return { bytes: this.#bytes, start: this.#wholeEnd, end: this.#filled }
  }

  /** How many lines were too long since the last time this was asked. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  #forgetWhole(): void {
    if (this.#wholeEnd === 0) return
    this.#bytes.copyWithin(0, this.#wholeEnd, this.#filled)
    this.#filled -= this.#wholeEnd
    this.#wholeEnd = 0
  }

  #makeRoom(): void {
    if (this.#bytes.length - this.#filled >= CHUNK) return
    if (this.#bytes.length < LONGEST_LINE) {
      const larger = Buffer.allocUnsafeSlow(this.#bytes.length * 2)
      this.#bytes.copy(larger, 0, 0, this.#filled)
      this.#bytes = larger
      return
    }
    if (!this.#shortening) {
      this.#shortening = true
      this.#shortener.reset()
      this.#filled = this.#shortener.shorten(this.#bytes, 0, this.#filled)
    }
    if (this.#bytes.length - this.#filled >= CHUNK) return
    this.#shortening = false
    this.#dropping = true
    this.#filled = 0
  }

  /** @returns from where on the buffer may hold the end of a line */
  #shorten(from: number): number {
    const newline = this.#bytes.subarray(from, this.#filled).indexOf(NEWLINE)
    const lineEnd = newline === -1 ? this.#filled : from + newline
    const end = this.#shortener.shorten(this.#bytes, from, lineEnd)
    this.#bytes.copyWithin(end, lineEnd, this.#filled)
    this.#filled -= lineEnd - end
    if (newline !== -1) this.#shortening = false
    return end
  }

  /** @returns from where on the buffer may hold the end of a line */
  #drop(): number {
    const newline = this.#bytes.subarray(0, this.#filled).indexOf(NEWLINE)
    const lineEnd = newline === -1 ? this.#filled : newline + 1
    this.#bytes.copyWithin(0, lineEnd, this.#filled)
    this.#filled -= lineEnd
    if (newline !== -1) {
      this.#dropping = false
      this.#dropped++
      this.#offset = this.#position - this.#filled
    }
    return 0
  }
}
