import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addPico, addPicoSum, picoToUsd, sumToUsd, toPico } from './money.ts'

const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const amounts = fc.array(fc.oneof(safe, safe.map(BigInt), fc.bigInt({ min: 0n, max: 10n ** 24n })), { maxLength: 30 })

test('a sum is exact beyond 2^53, in any order and in parts', () => {
  fc.assert(
    fc.property(amounts, amounts, (some, others) => {
      const exact = [...some, ...others].reduce<bigint>((sum, amount) => sum + BigInt(amount), 0n)
      const [left, right] = [some, others].map((list) => {
        const sum = { low: 0, high: 0n }
        for (const amount of list) addPico(sum, amount)
        return sum
      })
      addPicoSum(left!, right!)
      expect(toPico(left!)).toBe(exact)
      expect(Number.isSafeInteger(left!.low)).toBe(true)
      expect(sumToUsd(left!)).toBe(picoToUsd(exact))
    }),
  )
})

test('dollars are the nearest number to the pico-dollars', () => {
  expect(picoToUsd(0n)).toBe(0)
  expect(picoToUsd(1n)).toBe(1e-12)
  expect(picoToUsd(16_310_000_000_000n)).toBe(16.31)
  expect(picoToUsd(-16_310_000_000_000n)).toBe(-16.31)
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 22n }), (pico) => {
      const text = pico.toString().padStart(13, '0')
      expect(picoToUsd(pico)).toBe(Number.parseFloat(`${text.slice(0, -12)}.${text.slice(-12)}`))
    }),
  )
})
