/** Bits of a key that cannot be guessed over a network. */
export const STRONG_KEY_BITS = 128
/** A text of fewer different characters is a pattern, however long it is. */
const MIN_DISTINCT = 8

/** How many bits a key has at most, by its length and the kinds of its characters. A random key has as many. */
export function bitsOf(key: string): number {
  const distinct = new Set(key).size
  if (distinct < MIN_DISTINCT) return key.length * Math.log2(Math.max(1, distinct)) * (distinct / MIN_DISTINCT)
  const alphabet = alphabetOf(key)
  // A dash of a UUID adds nothing.
  const length = alphabet === 16 ? key.replaceAll('-', '').length : key.length
  return length * Math.log2(alphabet)
}

/** How many characters a key may be drawn from. */
function alphabetOf(key: string): number {
  if (/^\d+$/.test(key)) return 10
  if (/^[\da-f-]+$/i.test(key)) return 16
  // A short key of base64 may lack digits or capitals by chance.
  if (/[a-z]/.test(key) && /[A-Z]/.test(key)) return 62
  if (/[+/_=]/.test(key)) return 64
  return 26 + (/\d/.test(key) ? 10 : 0)
}

export function isWeakKey(key: string): boolean {
  return bitsOf(key) < STRONG_KEY_BITS
}
