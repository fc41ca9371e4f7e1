import { expect, test } from 'vitest'
import { printable, printableJson } from './printable.ts'

const evil = 'a\u001b[31m\u0007\u009b31m\u202e\u2066b\r\n\tc\u2028d\u007f'

test('untrusted text is put on one line without control characters', () => {
  expect(printable(evil)).toBe('a\\u001b[31m\\u0007\\u009b31m\\u202e\\u2066b c d\\u007f')
  expect(printable('日本語 مشروع 👩‍🚀 ü')).toBe('日本語 مشروع 👩‍🚀 ü')
})

test('as JSON it is the same value, without control characters', () => {
  const text = printableJson({ [evil]: [evil] }, 2)
  expect(JSON.parse(text)).toEqual({ [evil]: [evil] })
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2066]/u)
})
