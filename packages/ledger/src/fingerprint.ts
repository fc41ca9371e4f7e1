import { readSync } from 'node:fs'

/** The number of bytes that are hashed at each end. The first line of a transcript has unique ids. */
const END_BYTES = 512

const ends = Buffer.allocUnsafe(2 * END_BYTES)

/**
 * Hashes the first bytes of a file and those right before `offset`.
 * @param offset the end of the part that was read
 * @returns undefined when the file is shorter than `offset`
 */
export function fingerprint(fd: number, offset: number): string | undefined {
  const length = Math.min(END_BYTES, offset)
  if (readSync(fd, ends, 0, length, 0) !== length) return undefined
  if (readSync(fd, ends, END_BYTES, length, offset - length) !== length) return undefined
  return hash(ends, 0, length) + hash(ends, END_BYTES, END_BYTES + length)
}

/** FNV-1a with two seeds. It does not have to resist attacks, and loading the crypto module would take longer than hashing. */
function hash(bytes: Uint8Array, start: number, end: number): string {
  let a = 0x811c9dc5
  let b = 0x1b873593
  for (let p = start; p < end; p++) {
    a = Math.imul(a ^ bytes[p]!, 0x01000193)
    b = Math.imul(b ^ bytes[p]!, 0x85ebca6b)
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36)
}
