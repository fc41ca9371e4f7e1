import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileScanKernel } from '../../../build-scan-kernel.ts'
import { ScanKernel } from './scan-kernel.ts'

test('scan-kernel.wasm is compiled from scan-kernel.wat', async () => {
  const wasm = readFileSync(new URL('./scan-kernel.wasm', import.meta.url))
  expect(wasm.equals(await compileScanKernel()), 'run `npm run build:scan-kernel -w @signalbox/ledger`').toBe(true)
})

/** Lines with the marker, each with the offsets of its quotes, or 'odd'; found without the kernel. */
function findInJavaScript(bytes: Buffer): { text: string; quotes: number[] | 'odd' }[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .filter((text) => text.includes('"usage"') || text.includes('lUsage"'))
    .map((text) => {
      const unescaped = text.replaceAll(/\\["\\/bfnrt]/g, '  ')
      const odd = [...unescaped].some((char) => char < ' ' || char === '\\')
      return { text, quotes: odd ? 'odd' : [...unescaped.matchAll(/"/g)].map(({ index }) => index) }
    })
}

function findByKernel(kernel: ScanKernel, bytes: Buffer): { text: string; quotes: number[] | 'odd' }[] {
  kernel.grow(bytes.length + 64)
  const from = kernel.base
  bytes.copy(kernel.bytes, from)
  // Remains of longer texts from before must not be found.
  kernel.bytes.write('"usage"\n"usage"\n', from + bytes.length)
  const to = from + bytes.lastIndexOf(0x0a) + 1
  const found: { text: string; quotes: number[] | 'odd' }[] = []
  let start = from
  for (let end = kernel.nextLine(start, to); end !== 0; end = kernel.nextLine(start, to)) {
    const quotes = kernel.isLineOdd ? 'odd' : [...kernel.quoteOffsets.subarray(0, kernel.quoteCount)].map((place) => place - kernel.start)
    found.push({ text: kernel.bytes.toString('latin1', kernel.start, end), quotes })
    start = end + 1
  }
  return found
}

test('it finds every line with the marker and its quotes, at any offset', () => {
  const kernel = new ScanKernel()
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('"usage"', '"modelUsage"', '"', '\\"', '\\\\', '\n', '\\n', '\\u0041', '\\q', '\\', '\t') },
    { weight: 1, arbitrary: fc.constantFrom('usage"', '"usag"', 'u..g', 'uuuggg', 'lUsage', 'Usage"', 'U..g', '"Usage"') },
    { weight: 6, arbitrary: fc.nat({ max: 70 }).map((length) => 'x'.repeat(length)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1')
      const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1)
      expect(findByKernel(kernel, bytes)).toEqual(findInJavaScript(whole))
    }),
    { numRuns: 3_000 },
  )
})

test('a line with more quotes than fit is odd, and the next line is found', () => {
  const kernel = new ScanKernel()
  const bytes = Buffer.from(`"usage"${'"'.repeat(70_000)}\n{"usage":1}\n`)
  expect(findByKernel(kernel, bytes)).toEqual([
    { text: `"usage"${'"'.repeat(70_000)}`, quotes: 'odd' },
    { text: '{"usage":1}', quotes: [1, 7] },
  ])
})
