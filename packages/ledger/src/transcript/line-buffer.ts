import { readSync } from 'node:fs'
import { StringShortener } from './shorten-strings.ts'

/** The bytes of one read, small enough to stay in the cache of a core while they are searched. */
const CHUNK_BYTES = 256 * 1024
/**
 * The longest line in bytes, a power of two times `CHUNK_BYTES`. The long strings of a longer line are shortened while it is
 * read, because they have no data of calls. A line that is still longer is skipped.
 */
const MAX_LINE_BYTES = 16 * 1024 * 1024

const NEWLINE = 0x0a

/** The memory for the bytes of a file: those of [base, base + capacity). */
export interface LineMemory {
  readonly bytes: Buffer
  readonly base: number
  readonly capacity: number
  /** Grows the memory to at least `capacity` bytes; its content stays, `bytes` may be another object afterwards. */
  grow(capacity: number): void
}

/** Reads the complete lines of a file into one reused buffer, which grows to the longest line, up to a limit. */
export class LineBuffer {
  readonly #memory: LineMemory
  /** Complete lines are in [base, completeEnd), the start of the next line is in [completeEnd, filled). */
  #completeEnd: number
  #filled: number
  /** The file offset of the next read. */
  #position = 0
  #offset = 0
  readonly #shortener = new StringShortener()
  #shortening = false
  /** The current line is longer than `MAX_LINE_BYTES` even after shortening, and is discarded. */
  #dropping = false
  #dropped = 0

  constructor(memory: LineMemory) {
    this.#memory = memory
    memory.grow(2 * CHUNK_BYTES)
    this.#completeEnd = memory.base
    this.#filled = memory.base
  }

  /** The file offset of the end of the last complete line. */
  get offset(): number {
    return this.#offset
  }

  /** Starts a file. @param offset of the first byte of a line */
  start(offset: number): void {
    this.#completeEnd = this.#memory.base
    this.#filled = this.#memory.base
    this.#position = offset
    this.#offset = offset
    this.#shortening = false
    this.#dropping = false
    this.#dropped = 0
  }

  /** Reads the next chunk. @returns the number of bytes read, 0 at the end of the file */
  fill(fd: number): number {
    this.#discardComplete()
    this.#makeRoom()
    const { bytes } = this.#memory
    const read = readSync(fd, bytes, this.#filled, CHUNK_BYTES, this.#position)
    let from = this.#filled
    this.#position += read
    this.#filled += read
    if (this.#dropping) from = this.#drop()
    else if (this.#shortening) from = this.#shorten(from)
    const last = bytes.subarray(from, this.#filled).lastIndexOf(NEWLINE)
    if (last !== -1) {
      this.#completeEnd = from + last + 1
      this.#offset = this.#position - (this.#filled - this.#completeEnd)
    }
    return read
  }

  /** The end of the complete lines, which begin at the base of the memory. */
  get completeEnd(): number {
    return this.#completeEnd
  }

  /** The start of an incomplete last line, after `fill` reached the end of the file. */
  unfinished(): { start: number; end: number } {
    return { start: this.#completeEnd, end: this.#filled }
  }

  /** Returns and resets the number of lines that were too long. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  #discardComplete(): void {
    const { bytes, base } = this.#memory
    if (this.#completeEnd === base) return
    bytes.copyWithin(base, this.#completeEnd, this.#filled)
    this.#filled -= this.#completeEnd - base
    this.#completeEnd = base
  }

  #makeRoom(): void {
    const { base } = this.#memory
    const room = () => base + this.#memory.capacity - this.#filled
    if (room() >= CHUNK_BYTES) return
    if (this.#memory.capacity < MAX_LINE_BYTES) {
      this.#memory.grow(Math.min(MAX_LINE_BYTES, 2 * this.#memory.capacity))
      return
    }
    if (!this.#shortening) {
      this.#shortening = true
      this.#shortener.reset()
      this.#filled = this.#shortener.shorten(this.#memory.bytes, base, this.#filled)
    }
    if (room() >= CHUNK_BYTES) return
    this.#shortening = false
    this.#dropping = true
    this.#filled = base
  }

  /** @returns the offset from which a line can end */
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

  /** @returns the offset from which a line can end */
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
