import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { toPath } from './qr-code.tsx'

test('dark modules beside each other are one piece', () => {
  expect(
    toPath([
      [true, true, false, true],
      [false, false, false, false],
      [false, true, true, true],
    ]),
  ).toBe('M0 0h2v1h-2zM3 0h1v1h-1zM1 2h3v1h-3z')
})

test('the line for a machine fits into a code with its three finder patterns', () => {
  const { data, size } = encode('npx signalbox connect https://hub.example/signalbox K7QX-2MPD', { ecc: 'M', border: 0 })
  const finder = [0, 1, 2, 3, 4, 5, 6].map((at) => data[0]?.[at])
  expect(finder).toEqual([true, true, true, true, true, true, true])
  expect([data[0]?.[size - 1], data[size - 1]?.[0], data[size - 1]?.[size - 1] !== undefined]).toEqual([true, true, true])
})
