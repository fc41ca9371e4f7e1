/**
 * Makes texts of bytes, and remembers the last one: names of the same field are mostly the same from line to line, and
 * comparing bytes is quicker than making a text.
 */
export class NameMemo {
  readonly #bytes: Uint8Array
  #length = -1
  #text = ''

  /** @param longest bytes; a longer name is not read */
  constructor(longest: number) {
    this.#bytes = new Uint8Array(longest)
  }

  /** The text of the bytes, undefined where they have an escape in them or are too many. */
  read(bytes: Buffer, start: number, end: number): string | undefined {
    const length = end - start
    const known = this.#bytes
    if (length === this.#length) {
      let i = 0
      while (i < length && bytes[start + i] === known[i]) i++
      if (i === length) return this.#text
    }
    if (length > known.length) return undefined
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i]!
      if (byte === 0x5c) {
        this.#length = -1
        return undefined
      }
      known[i] = byte
    }
    this.#length = length
    this.#text = bytes.toString('utf8', start, end)
    return this.#text
  }
}
