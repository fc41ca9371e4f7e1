import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileLineFinder } from '../../build-line-finder.ts'
import { LineFinder } from './line-finder.ts'

test('line-finder.wasm is made from line-finder.wat', async () => {
  const wasm = readFileSync(new URL('./line-finder.wasm', import.meta.url))
  expect(wasm.equals(await compileLineFinder()), 'run `npm run build:line-finder -w @signalbox/ledger`').toBe(true)
})

/** Lines with the marker in them, each with the places of its quotes, or 'odd'; found without the finder. */
function findByHand(bytes: Buffer): { text: string; quotes: number[] | 'odd' }[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .filter((text) => text.includes('"usage"'))
    .map((text) => {
      const unescaped = text.replaceAll(/\\["\\/bfnrt]/g, '  ')
      const odd = [...unescaped].some((char) => char < ' ' || char === '\\')
      return { text, quotes: odd ? 'odd' : [...unescaped.matchAll(/"/g)].map(({ index }) => index) }
    })
}

function findByFinder(finder: LineFinder, bytes: Buffer): { text: string; quotes: number[] | 'odd' }[] {
  finder.grow(bytes.length + 64)
  const from = finder.base
  bytes.copy(finder.bytes, from)
  // What is left of longer texts from before must not be found.
  finder.bytes.write('"usage"\n"usage"\n', from + bytes.length)
  const to = from + bytes.lastIndexOf(0x0a) + 1
  const found: { text: string; quotes: number[] | 'odd' }[] = []
  let start = from
  for (let end = finder.next(start, to); end !== 0; end = finder.next(start, to)) {
    const quotes = finder.quoteCount === -1 ? 'odd' : [...finder.quotes.subarray(0, finder.quoteCount)].map((place) => place - finder.start)
    found.push({ text: finder.bytes.toString('latin1', finder.start, end), quotes })
    start = end + 1
  }
  return found
}

test('it finds every line with the marker and the quotes in it, wherever they lie', () => {
  const finder = new LineFinder()
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('"usage"', '"', '\\"', '\\\\', '\n', '\\n', '\\u0041', '\\q', '\\', '\t') },
    { weight: 1, arbitrary: fc.constantFrom('usage"', '"usag"', 'u..g', 'uuuggg') },
    { weight: 6, arbitrary: fc.nat({ max: 70 }).map((length) => 'x'.repeat(length)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1')
      const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1)
      expect(findByFinder(finder, bytes)).toEqual(findByHand(whole))
    }),
    { numRuns: 3_000 },
  )
})

test('a line with more quotes than there is room for is odd, and the next is found', () => {
  const finder = new LineFinder()
  const bytes = Buffer.from(`"usage"${'"'.repeat(70_000)}\n{"usage":1}\n`)
  expect(findByFinder(finder, bytes)).toEqual([
    { text: `"usage"${'"'.repeat(70_000)}`, quotes: 'odd' },
    { text: '{"usage":1}', quotes: [1, 7] },
  ])
})
