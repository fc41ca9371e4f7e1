import { randomBytes, randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { isWeakKey } from './key-strength.ts'

it.each([
  'a',
  'second',
  'x'.repeat(200),
  'abcabc'.repeat(20),
  '12345678901234567890',
  'correct horse battery',
  randomBytes(15).toString('hex'),
])('%s is weak', (key) => {
  expect(isWeakKey(key)).toBe(true)
})

it('a key of base64 without a capital is not', () => {
  expect(isWeakKey('+fijyxl+qnbog36phbm4iw==')).toBe(false)
})

it('a random key of 128 bits is not, however it is written', () => {
  for (let n = 0; n < 200; n++) {
    for (const key of [randomBytes(16).toString('hex'), randomBytes(16).toString('base64'), randomBytes(16).toString('base64url')]) {
      // One in 200,000 has only small letters or only capitals, as a word has.
      if (key.length === 22 && (!/[a-z]/.test(key) || !/[A-Z]/.test(key))) continue
      expect(isWeakKey(key), key).toBe(false)
    }
    const uuid = randomUUID()
    expect(isWeakKey(uuid), uuid).toBe(false)
  }
})
