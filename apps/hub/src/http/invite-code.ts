import { randomInt, scrypt } from 'node:crypto'

/** Crockford's alphabet: no I, L and O, which look like 1 and 0, and no U. 32 characters, so 8 of them are 40 random bits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 8
const GROUP = 4

/** A code that is easy to read out and to type, such as `K7QX-2MPD`. */
export function generateCode(): string {
  const code = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return `${code.slice(0, GROUP)}-${code.slice(GROUP)}`
}

/** The code as it was generated, however it was typed. @returns undefined for a text that is no code */
export function normalizeCode(text: string): string | undefined {
  const code = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  return code.length === LENGTH && [...code].every((character) => ALPHABET.includes(character)) ? code : undefined
}

/**
 * The hash by which a code is stored and found. It is slow (about 10 ms), because 40 bits of a stolen database would
 * otherwise be tried within minutes, and takes the same time for every code.
 */
export function hashOfCode(code: string, storeId: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(code, `signalbox invite ${storeId}`, 32, { N: 4096, r: 8, p: 1 }, (error, hash) => {
      if (error) reject(error)
      else resolve(hash.toString('hex'))
    })
  })
}
