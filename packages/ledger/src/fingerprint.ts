import { readSync } from 'node:fs'

/** How much of each end is looked at, in bytes. The first line of a transcript has ids in it that no other has. */
const END = 512

const ends = Buffer.allocUnsafe(2 * END)

/**
 * A short text that changes when the first bytes of a file do, or those right before `offset`. It holds none of them.
 * @param offset up to which the file was read
 * @returns undefined when the file is shorter than `offset`
 */
export function fingerprint(fd: number, offset: number): string | undefined {
  const length = Math.min(END, offset)
  if (readSync(fd, ends, 0, length, 0) !== length) return undefined
  if (readSync(fd, ends, END, length, offset - length) !== length) return undefined
  return hash(ends, 0, length) + hash(ends, END, END + length)
}

/** FNV-1a with two seeds: nobody attacks this, and a hash of the crypto module would cost more to load than all of it. */
function hash(bytes: Uint8Array, start: number, end: number): string {
  let a = 0x811c9dc5
  let b = 0x1b873593
  for (let p = start; p < end; p++) {
    a = Math.imul(a ^ bytes[p]!, 0x01000193)
    b = Math.imul(b ^ bytes[p]!, 0x85ebca6b)
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36)
}
