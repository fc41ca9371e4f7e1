import { createHash, randomBytes } from 'node:crypto'
import { OWNER_KEY_PREFIX } from '@signalbox/hub-address/owner-key'

/** Length of the part of a key that is shown, and by which it is found. */
export const PREFIX_LENGTH = 8

/** Creates a key of 256 random bits. */
export function generateKey(): { key: string; key_id: string; prefix: string; hash: string } {
  const key = `sbx_${randomBytes(32).toString('base64url')}`
  return { key, key_id: `k_${randomBytes(6).toString('hex')}`, prefix: prefixOf(key), hash: hashOf(key).toString('hex') }
}

export function prefixOf(key: string): string {
  return key.slice(0, PREFIX_LENGTH)
}

export function hashOf(key: string): Buffer {
  const cached = hashes.get(key)
  if (cached !== undefined) return cached
  const hash = createHash('sha256').update(key).digest()
  if (hashes.size >= MAX_HASHES) hashes.clear()
  hashes.set(key, hash)
  return hash
}

/** Hashes of recent keys, valid or not: hashing takes a twentieth of the time of a heartbeat. */
const hashes = new Map<string, Buffer>()
const MAX_HASHES = 1000

/** The part of a refused key that may be logged: never a whole one, however short. */
export function loggedPrefixOf(key: string): string {
  // Nothing of an owner's key is ever shown, so nothing of it helps to recognise it.
  if (key.startsWith(OWNER_KEY_PREFIX)) return OWNER_KEY_PREFIX
  // Whatever else was sent instead of a key is not echoed.
  if (!/^[\w.~+/=-]+$/.test(key)) return ''
  return key.slice(0, Math.min(PREFIX_LENGTH, Math.floor(key.length / 2)))
}
