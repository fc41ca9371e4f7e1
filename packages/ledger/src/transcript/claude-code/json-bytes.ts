// Finds the ends of JSON values in bytes without parsing them. It accepts exactly the bytes that `JSON.parse` accepts as UTF-8,
// which a test verifies.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

// The kinds of the containers around the current position; grows, because a line can be nested as deep as it is long.
let containers = new Uint8Array(1024)

/** Skips whitespace. @returns the offset of the first byte from `at` that is not JSON whitespace */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let p = at
  while (p < end) {
    const byte = bytes[p]!
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
    p++
  }
  return p
}

/**
 * Skips the rest of a string.
 * @param at the offset after the opening quote
 * @returns the offset after the closing quote, or `~p` when the byte at `p` is invalid
 */
function skipString(bytes: Uint8Array, at: number, end: number): number {
  let p = at
  while (p < end) {
    const byte = bytes[p]!
    if (byte === QUOTE) return p + 1
    if (byte === BACKSLASH) {
      p = skipEscape(bytes, p, end)
      if (p < 0) return p
    } else if (byte < 0x20) return ~p
    else p++
  }
  return ~end
}

function skipEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return ~end
  switch (bytes[at + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 2
    case 0x75: // u
      for (let p = at + 2; p < at + 6; p++) {
        if (p >= end) return ~end
        if (!isHex(bytes[p]!)) return ~p
      }
      return at + 6
    default:
      return ~(at + 1)
  }
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

/** @returns the offset after the number that begins at `at`, or `~p` when the byte at `p` is invalid */
function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  let p = bytes[at] === 0x2d ? at + 1 : at
  if (p < end && bytes[p] === 0x30) p++
  else {
    p = skipDigits(bytes, p, end)
    if (p < 0) return p
  }
  if (p < end && bytes[p] === 0x2e) {
    p = skipDigits(bytes, p + 1, end)
    if (p < 0) return p
  }
  if (p < end && (bytes[p] === 0x65 || bytes[p] === 0x45)) {
    p++
    if (p < end && (bytes[p] === 0x2b || bytes[p] === 0x2d)) p++
    p = skipDigits(bytes, p, end)
  }
  return p
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  let p = at
  while (p < end && isDigit(bytes[p])) p++
  return p === at ? ~p : p
}

const literals = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]))

function skipLiteral(bytes: Uint8Array, at: number, end: number): number {
  const word = literals.get(bytes[at]!)
  if (word === undefined) return ~at
  for (let i = 1; i < word.length; i++) {
    if (at + i >= end) return ~end
    if (bytes[at + i] !== word[i]) return ~(at + i)
  }
  return at + word.length
}

/**
 * Skips a string, a number, true, false or null.
 * @returns the offset after it, or `~p` when the byte at `p` is invalid
 */
function skipScalar(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]!
  if (byte === QUOTE) return skipString(bytes, at + 1, end)
  if (byte === 0x2d || isDigit(byte)) return skipNumber(bytes, at, end)
  return skipLiteral(bytes, at, end)
}

/**
 * Skips `"key" :` and the whitespace after it.
 * @param at the expected offset of the opening quote
 */
function skipKey(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return ~end
  if (bytes[at] !== QUOTE) return ~at
  let p = skipString(bytes, at + 1, end)
  if (p < 0) return p
  p = skipSpace(bytes, p, end)
  if (p >= end) return ~end
  if (bytes[p] !== COLON) return ~p
  return skipSpace(bytes, p + 1, end)
}

/**
 * Skips one value of any kind.
 * @param at the offset of its first byte, which is not whitespace
 * @returns the offset after it, or `~p` when the byte at `p` is invalid (`~end` when the value is incomplete)
 */
export function skipValue(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0
  let p = at
  for (;;) {
    if (p >= end) return ~end
    const byte = bytes[p]!
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      p = skipSpace(bytes, p + 1, end)
      if (p >= end) return ~end
      if (bytes[p] === byte + 2) {
        // For both kinds of brackets, the closing one is the opening one + 2.
        p++
      } else {
        if (depth === containers.length) {
          const larger = new Uint8Array(depth * 2)
          larger.set(containers)
          containers = larger
        }
        containers[depth++] = byte
        if (byte === OPEN_OBJECT) {
          p = skipKey(bytes, p, end)
          if (p < 0) return p
        }
        continue
      }
    } else {
      p = skipScalar(bytes, p, end)
      if (p < 0) return p
    }
    // After the end of a value, close the containers that end with it.
    for (;;) {
      if (depth === 0) return p
      p = skipSpace(bytes, p, end)
      if (p >= end) return ~end
      const next = bytes[p]!
      const container = containers[depth - 1]!
      if (next === COMMA) {
        p = skipSpace(bytes, p + 1, end)
        if (container === OPEN_OBJECT) {
          p = skipKey(bytes, p, end)
          if (p < 0) return p
        }
        break
      }
      if (next !== (container === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY)) return ~p
      depth--
      p++
    }
  }
}
