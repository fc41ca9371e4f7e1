import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** A first look reads at most this much of the end of a file: enough for what is true now. */
const FIRST_LOOK_BYTES = 512 * 1024
/** Longer lines are skipped; they hold pictures and whole files, and nothing that is needed here. */
const MAX_LINE_BYTES = 4 * 1024 * 1024
const NEWLINE = 0x0a

const chunk = Buffer.allocUnsafe(256 * 1024)

/** Reads what is appended to a file, line by line and each byte once. */
export class TranscriptTail {
  readonly #file: string
  #offset = -1
  #inode = 0
  /** The part of a line that has been read. */
  #rest: Buffer[] = []
  #restBytes = 0
  /** The beginning of the current line is missing, so it is skipped. */
  #skipping = false

  constructor(file: string) {
    this.#file = file
  }

  /** Whether a file of this size has something new. */
  hasNew(size: number): boolean {
    return size !== this.#offset
  }

  /** Calls `onLine` with every new complete line. A missing file has none. */
  read(onLine: (line: Buffer) => void): void {
    let handle: number
    try {
      // Without the flag, a FIFO of that name would be waited for.
      handle = openSync(this.#file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    } catch {
      // A file that comes back is another one, even with the same inode.
      this.#offset = -1
      return
    }
    try {
      const stats = fstatSync(handle)
      if (!stats.isFile()) return
      const { size, ino } = stats
      if (this.#offset === -1 || ino !== this.#inode || size < this.#offset) this.#startAt(Math.max(0, size - FIRST_LOOK_BYTES), ino)
      while (this.#offset < size) {
        const length = readSync(handle, chunk, 0, Math.min(chunk.length, size - this.#offset), this.#offset)
        if (length === 0) return
        this.#offset += length
        this.#split(chunk.subarray(0, length), onLine)
      }
    } finally {
      closeSync(handle)
    }
  }

  #startAt(offset: number, inode: number): void {
    this.#offset = offset
    this.#inode = inode
    this.#rest = []
    this.#restBytes = 0
    this.#skipping = offset > 0
  }

  #split(bytes: Buffer, onLine: (line: Buffer) => void): void {
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      const part = bytes.subarray(start, end)
      start = end + 1
      if (this.#skipping) this.#skipping = false
      else if (this.#restBytes === 0) onLine(part)
      else onLine(Buffer.concat([...this.#rest, part]))
      this.#rest = []
      this.#restBytes = 0
    }
    if (this.#skipping || start === bytes.length) return
    this.#restBytes += bytes.length - start
    if (this.#restBytes > MAX_LINE_BYTES) {
      this.#rest = []
      this.#restBytes = 0
      this.#skipping = true
    } else this.#rest.push(Buffer.from(bytes.subarray(start)))
  }
}
