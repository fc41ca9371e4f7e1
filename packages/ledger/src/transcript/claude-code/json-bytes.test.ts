import fc from 'fast-check'
import { expect, test } from 'vitest'
import { skipValue } from './json-bytes.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Whether the bytes are exactly one value, without whitespace around it. */
function isValue(bytes: Buffer): boolean {
  return skipValue(bytes, 0, bytes.length) === bytes.length
}

const runs = { numRuns: 1_000 }

test('every value of JSON.stringify is skipped to its end, whatever follows it', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), fc.boolean(), fc.constantFrom('', ' ', ',', '}', '{"a":'), (json, pretty, behind) => {
      const text = pretty ? JSON.stringify(JSON.parse(json), undefined, '\t') : json
      const bytes = Buffer.from(text + behind)
      // A number has no delimiter, but none of these could continue one.
      expect(skipValue(bytes, 0, bytes.length)).toBe(Buffer.byteLength(text))
    }),
    runs,
  )
})

test('exactly the inputs that JSON.parse rejects are rejected', () => {
  const token = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '"a":',
      '\\',
      '\\"',
      '\\u00',
      '\\n',
      '0',
      '-',
      '1',
      '.5',
      'e',
      'E+1',
      'true',
      'nul',
      'l',
      ' ',
      '\t',
      '\r',
    ],
    ...['\u0000', '\u001f', '\u007f', '\u00a0', '\ufeff', 'é', '日', '"\\ud83d"'],
  )
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const text = tokens.join('').replace(/^[ \t\r]+|[ \t\r]+$/g, '')
      expect(isValue(Buffer.from(text))).toBe(isJson(text))
    }),
    { numRuns: 10_000 },
  )
})

test('damaged JSON is distinguished from valid JSON like in JSON.parse', () => {
  const damaged = fc.tuple(fc.json(), fc.nat(), fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 3 }))
  fc.assert(
    fc.property(damaged, ([json, at, cut, bytes]) => {
      const whole = Buffer.from(json)
      const start = at % (whole.length + 1)
      const text = Buffer.concat([whole.subarray(0, start), bytes, whole.subarray(start + cut)])
      const trimmed = text.toString('utf8').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
      expect(isValue(Buffer.from(trimmed))).toBe(isJson(trimmed))
    }),
    runs,
  )
})

test('the offset of the error is returned', () => {
  const place = (text: string) => ~skipValue(Buffer.from(text), 0, Buffer.byteLength(text))
  expect(place('{"a":1,}')).toBe(7)
  expect(place('{"a":"half{"b":1}')).toBe(12)
  expect(place('[1,2')).toBe(4)
  expect(place('{"a":tru{')).toBe(8)
  expect(place('"\\x"')).toBe(2)
  expect(place('')).toBe(0)
})

test('nesting as deep as the line is long works', () => {
  const deep = Buffer.from('['.repeat(200_000) + ']'.repeat(200_000))
  expect(skipValue(deep, 0, deep.length)).toBe(deep.length)
  expect(skipValue(deep, 0, deep.length - 1)).toBe(~(deep.length - 1))
})
