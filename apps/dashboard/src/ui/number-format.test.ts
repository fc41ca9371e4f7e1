import { expect, test } from 'vitest'
import { compact, exact, exactUsd, percent, usd } from './number-format.ts'

test('large counts become short, small ones stay whole', () => {
  expect([0, 7, 9999, 12_345, 1_234_567, 4_800_000_000].map((value) => compact(value, 'en'))).toEqual([
    '0',
    '7',
    '9,999',
    '12.3K',
    '1.2M',
    '4.8B',
  ])
})

test('a locale brings its own words and separators', () => {
  expect(compact(1_234_567, 'de')).toBe('1,2\u00a0Mio.')
  expect(exact(1_234_567, 'de')).toBe('1.234.567')
  expect(usd(38.2, 'de')).toBe('38,20\u00a0$')
})

test('money has cents until they no longer matter, and never rounds to nothing', () => {
  expect([0, 0.004, 0.5, 38.2, 1234.567, 12_345.67, 2_345_678].map((value) => usd(value, 'en'))).toEqual([
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
  expect(exactUsd(16.3074985, 'en')).toBe('$16.3074985')
  expect(exactUsd(3, 'en')).toBe('$3.00')
})

test('a share says when it is nearly nothing or nearly all', () => {
  expect([0, 0.004, 0.47, 0.996, 1].map((share) => percent(share, 'en'))).toEqual(['0%', '<1%', '47%', '>99%', '100%'])
})
