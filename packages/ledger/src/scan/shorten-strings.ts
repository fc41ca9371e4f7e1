/** Bytes kept of each string: more than the longest name of a call takes as UTF-8, escapes included. */
const KEPT = 32 * 1024

/**
 * Takes the middle out of long strings while a line passes by in parts, in place, so that a line of any length fits
 * into little memory and still says the same about calls.
 */
export class StringShortener {
  #inString = false
  /** The byte before was a backslash that escapes the next. */
  #escaped = false
  /** Bytes of a \u escape still to come. */
  #hexLeft = 0
  #kept = 0
  #cutting = false

  /** Begins a new line. */
  reset(): void {
    this.#inString = false
    this.#escaped = false
    this.#hexLeft = 0
    this.#kept = 0
    this.#cutting = false
  }

  /** Shortens `bytes` from `start` to `end` and returns the new end. */
  shorten(bytes: Uint8Array, start: number, end: number): number {
    let to = start
    for (let from = start; from < end; from++) {
      const byte = bytes[from]!
      if (!this.#inString) {
        if (byte === 0x22) {
          this.#inString = true
          this.#kept = 0
          this.#cutting = false
        }
        bytes[to++] = byte
        continue
      }
      // Never cut through an escape: half of one is not JSON.
      const between = !this.#escaped && this.#hexLeft === 0
      if (between && this.#kept >= KEPT) this.#cutting = true
      if (this.#escaped) {
        this.#escaped = false
        if (byte === 0x75) this.#hexLeft = 4
      } else if (this.#hexLeft > 0) this.#hexLeft--
      else if (byte === 0x5c) this.#escaped = true
      else if (byte === 0x22) {
        this.#inString = false
        this.#cutting = false
      }
      if (!this.#cutting) {
        bytes[to++] = byte
        this.#kept++
      }
    }
    return to
  }
}
