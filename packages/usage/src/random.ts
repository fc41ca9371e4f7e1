/** Pseudo-random choices; the same seed gives the same choices on every machine. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number
  /** An integer from `min` to `max`, both inclusive. */
  int(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  shuffle<T>(list: readonly T[]): T[]
  hex(length: number): string
  uuid(): string
  /** Letters and digits, as in ids of messages and requests. */
  id(length: number): string
}

const letters = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

export function randomFrom(seed: number): Random {
  // sfc32: 128 bits of state, passes the usual statistical test suites, and is fast enough for a gigabyte of output.
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed | 0]
  const word = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let warm = 0; warm < 15; warm++) word()
  const next = () => word() / 0x1_0000_0000
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const hex = (length: number) => {
    let text = ''
    while (text.length < length) text += (0x1_0000_0000 + word()).toString(16).slice(1)
    return text.slice(0, length)
  }
  return {
    next,
    int,
    hex,
    chance: (probability) => next() < probability,
    pick: (list) => list[int(0, list.length - 1)]!,
    shuffle: (list) => {
      const shuffled = [...list]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = int(0, last)
        const value = shuffled[last]!
        shuffled[last] = shuffled[other]!
        shuffled[other] = value
      }
      return shuffled
    },
    uuid: () => {
      const text = hex(32)
      return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`
    },
    id: (length) => {
      let text = ''
      while (text.length < length) text += letters[int(0, letters.length - 1)]
      return text
    },
  }
}
