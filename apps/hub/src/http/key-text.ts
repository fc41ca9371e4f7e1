import { createHash, randomBytes } from 'node:crypto'

/** Of a key: what is shown of it and looked up by. */
export const PREFIX_LENGTH = 8

/** A fresh key: 256 bits of chance. */
export function makeKey(): { key: string; key_id: string; prefix: string; hash: string } {
  const key = `sbx_${randomBytes(32).toString('base64url')}`
  return { key, key_id: `k_${randomBytes(6).toString('hex')}`, prefix: prefixOf(key), hash: hashOf(key).toString('hex') }
}

export function prefixOf(key: string): string {
  return key.slice(0, PREFIX_LENGTH)
}

export function hashOf(key: string): Buffer {
  const known = hashes.get(key)
  if (known !== undefined) return known
  const hash = createHash('sha256').update(key).digest()
  if (hashes.size >= MAX_HASHES) hashes.clear()
  hashes.set(key, hash)
  return hash
}

/** Of the keys that came lately, right or wrong: a hash takes a twentieth of a heartbeat's time. */
const hashes = new Map<string, Buffer>()
const MAX_HASHES = 1000

/** What the log may hold of a key that was refused: a short one is not given away whole. */
export function loggedPrefixOf(key: string): string {
  return key.slice(0, Math.min(PREFIX_LENGTH, Math.floor(key.length / 2)))
}
