import { expect, test } from 'vitest'
import { formatCompact, formatExact, formatExactPercent, formatExactUsd, formatPercent, formatUsd } from './number-format.ts'

test('large counts are abbreviated, small ones are not', () => {
  expect([0, 7, 9999, 12_345, 1_234_567, 4_800_000_000].map((value) => formatCompact(value, 'en'))).toEqual([
    '0',
    '7',
    '9,999',
    '12.3K',
    '1.2M',
    '4.8B',
  ])
})

test('a locale has its own units and separators', () => {
  expect(formatCompact(1_234_567, 'de')).toBe('1,2\u00a0Mio.')
  expect(formatExact(1_234_567, 'de')).toBe('1.234.567')
  expect(formatUsd(38.2, 'de')).toBe('38,20\u00a0$')
})

test('money has cents below ten thousand, and never rounds to zero', () => {
  expect([0, 0.004, 0.5, 38.2, 1234.567, 12_345.67, 2_345_678].map((value) => formatUsd(value, 'en'))).toEqual([
    '$0.00',
    '<$0.01',
    '$0.50',
    '$38.20',
    '$1,234.57',
    '$12,346',
    '$2.35M',
  ])
})

test('exact money keeps every digit', () => {
  expect(formatExactUsd(16.3074985, 'en')).toBe('$16.3074985')
  expect(formatExactUsd(3, 'en')).toBe('$3.00')
})

test('shares close to 0 or 1 are marked as such', () => {
  expect([0, 0.004, 0.47, 0.996, 1, 1.004, 1.01, 1.169, 2.5].map((share) => formatPercent(share, 'en'))).toEqual([
    '0%',
    '<1%',
    '47%',
    '>99%',
    '100%',
    '100%',
    '101%',
    '116%',
    '250%',
  ])
})

test('an exact share keeps its decimals', () => {
  expect([0, 0.198, 0.47, 0.995, 1.63].map((share) => formatExactPercent(share, 'en'))).toEqual(['0%', '19.8%', '47%', '99.5%', '163%'])
  expect(formatExactPercent(0.198, 'de')).toBe('19,8\u00a0%')
})
