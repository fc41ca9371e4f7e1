import { readSync } from 'node:fs'
import type { ScanKernel } from './scan-kernel.ts'
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
  readonly #memory: ScanKernel
  /** Whole lines lie in [base, wholeEnd), the beginning of the next in [wholeEnd, filled). */
  #wholeEnd: number
  #filled: number
  /** Where in the file the next read begins. */
  #position = 0
  #offset = 0
  readonly #shortener = new StringShortener()
  #shortening = false
  /** The current line is longer than `LONGEST_LINE` even shortened: nothing of it is kept. */
  #dropping = false
  #dropped = 0

  constructor(memory: ScanKernel) {
    this.#memory = memory
    memory.grow(2 * CHUNK)
    this.#wholeEnd = memory.base
    this.#filled = memory.base
  }

  /** Bytes of the file up to the end of the last whole line. */
  get offset(): number {
    return this.#offset
  }

  /** Begins at a line's first byte. */
  start(offset: number): void {
    this.#wholeEnd = this.#memory.base
    this.#filled = this.#memory.base
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
    const { bytes } = this.#memory
    const read = readSync(fd, bytes, this.#filled, CHUNK, this.#position)
    let from = this.#filled
    this.#position += read
    this.#filled += read
    if (this.#dropping) from = this.#drop()
    else if (this.#shortening) from = this.#shorten(from)
    const last = bytes.subarray(from, this.#filled).lastIndexOf(NEWLINE)
    if (last !== -1) {
      this.#wholeEnd = from + last + 1
      this.#offset = this.#position - (this.#filled - this.#wholeEnd)
    }
    return read
  }

  /** Since the last `fill`, the lines in the memory from its base up to here are whole. */
  get wholeEnd(): number {
    return this.#wholeEnd
  }

  /** The beginning of a line, after the last `fill` found the end of the file. */
  unfinished(): { start: number; end: number } {
    return { start: this.#wholeEnd, end: this.#filled }
  }

  /** How many lines were too long since the last time this was asked. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  #forgetWhole(): void {
    const { bytes, base } = this.#memory
    if (this.#wholeEnd === base) return
    bytes.copyWithin(base, this.#wholeEnd, this.#filled)
    this.#filled -= this.#wholeEnd - base
    this.#wholeEnd = base
  }

  #makeRoom(): void {
    const { base } = this.#memory
    const room = () => base + this.#memory.capacity - this.#filled
    if (room() >= CHUNK) return
    if (this.#memory.capacity < LONGEST_LINE) {
      this.#memory.grow(Math.min(LONGEST_LINE, 2 * this.#memory.capacity))
      return
    }
    if (!this.#shortening) {
      this.#shortening = true
      this.#shortener.reset()
      this.#filled = this.#shortener.shorten(this.#memory.bytes, base, this.#filled)
    }
    if (room() >= CHUNK) return
    this.#shortening = false
    this.#dropping = true
    this.#filled = base
  }

  /** @returns from where on there may be the end of a line */
  #shorten(from: number): number {
    const { bytes } = this.#memory
    const newline = bytes.subarray(from, this.#filled).indexOf(NEWLINE)
    const lineEnd = newline === -1 ? this.#filled : from + newline
    const end = this.#shortener.shorten(bytes, from, lineEnd)
    bytes.copyWithin(end, lineEnd, this.#filled)
    this.#filled -= lineEnd - end
    if (newline !== -1) this.#shortening = false
    return end
  }

  /** @returns from where on there may be the end of a line */
  #drop(): number {
    const { bytes, base } = this.#memory
    const newline = bytes.subarray(base, this.#filled).indexOf(NEWLINE)
    const lineEnd = newline === -1 ? this.#filled : base + newline + 1
    bytes.copyWithin(base, lineEnd, this.#filled)
    this.#filled -= lineEnd - base
    if (newline !== -1) {
      this.#dropping = false
      this.#dropped++
      this.#offset = this.#position - (this.#filled - base)
    }
    return base
  }
}
