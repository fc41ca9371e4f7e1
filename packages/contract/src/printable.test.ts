import { expect, test } from 'vitest'
import { escapedName, printable, printableJson, printableLines } from './printable.ts'

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

test('of a text of several lines only line ends and tabs stay as they are, on a page and for a model', () => {
  expect(printableLines(evil)).toBe('a\\u001b[31m\\u0007\\u009b31m\\u202e\\u2066b\r\n\tc\u2028d\\u007f')
  expect(printableLines('50 %\rover\n')).toBe('50 %\\u000dover\n')
})

test('names that differ stay different', () => {
  expect(escapedName('a\nb')).toBe('a\\u000ab')
  expect(escapedName('a\u2028b\u001bc')).toBe('a\\u2028b\\u001bc')
})
