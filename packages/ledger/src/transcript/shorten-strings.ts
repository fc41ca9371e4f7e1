/** The bytes kept of each string: more than the longest name of a call as escaped UTF-8. */
const MAX_STRING_BYTES = 32 * 1024

/**
 * Truncates long strings of a line in place, while the line is read in chunks. A line of any length then fits into little
 * memory, and its calls stay the same.
 */
export class StringShortener {
  #inString = false
  /** The former byte is a backslash that escapes the next one. */
  #escaped = false
  /** The number of missing digits of a \u escape. */
  #hexLeft = 0
  #kept = 0
  #cutting = false

  /** Starts a new line. */
  reset(): void {
    this.#inString = false
    this.#escaped = false
    this.#hexLeft = 0
    this.#kept = 0
    this.#cutting = false
  }

  /** Shortens the strings from `start` to `end`. @returns the new end */
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
      // An escape is never cut, because half of one is invalid JSON.
      const isBetweenEscapes = !this.#escaped && this.#hexLeft === 0
      if (isBetweenEscapes && this.#kept >= MAX_STRING_BYTES) this.#cutting = true
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
