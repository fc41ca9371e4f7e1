import { formatCompact, formatInteger, formatPercent, formatUsd } from '@signalbox/contract/number-text'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as page from '../apps/dashboard/src/ui/number-format.ts'

const EN = 'en-US'

test('programs write numbers as the page does in English', () => {
  const counts = [0, 1, 999, 9_999, 10_000, 10_049, 12_345, 99_950, 999_949, 999_950, 1_234_567, 14_000_000, 9.99e9, 1.25e12]
  for (const count of counts) {
    expect(formatCompact(count)).toBe(page.formatCompact(count, EN))
    expect(formatInteger(count)).toBe(page.formatExact(count, EN))
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (count) => {
      expect(formatInteger(count)).toBe(page.formatExact(count, EN))
      expect(formatCompact(count)).toBe(page.formatCompact(count, EN))
    }),
  )
})

test('shares and amounts too', () => {
  for (const percent of [0, 0.4, 1, 33.3, 47, 98.6, 99, 99.5, 100, 100.7, 250.9]) {
    expect(formatPercent(percent)).toBe(page.formatPercent(percent / 100, EN))
  }
  // From ten thousand on the page leaves the cents out, which tables of the terminal show in their column.
  for (const usd of [0, 0.004, 0.01, 1.5, 38.2, 999.99, 9_999.4]) expect(formatUsd(usd)).toBe(page.formatUsd(usd, EN))
})
