import { expect, test } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInteger,
  formatShortDuration,
  formatShortNumber,
  formatUsd,
  formatUsdAtLeast,
} from './format-number.ts'

test('a count is grouped by thousands', () => {
  expect([0, 999, 1_000, 1_234_567, 9_007_199_254_740_991].map(formatInteger)).toEqual([
    '0',
    '999',
    '1,000',
    '1,234,567',
    '9,007,199,254,740,991',
  ])
})

test('a short number has three significant digits, and is never 1000k', () => {
  expect([0, 999, 1_000, 1_234, 12_345, 123_456, 999_499, 999_500, 1_234_567, 9.999e9, 1e12].map(formatShortNumber)).toEqual([
    '0',
    '999',
    '1.00k',
    '1.23k',
    '12.3k',
    '123k',
    '999k',
    '1.00M',
    '1.23M',
    '10.0G',
    '1.00T',
  ])
})

test('an unknown cost and a tiny cost are not shown as zero', () => {
  expect([null, 0, 0.004, 0.005, 12.345, 1_234_567.891].map(formatUsd)).toEqual([
    'unknown',
    '$0.00',
    '<$0.01',
    '$0.01',
    '$12.35',
    '$1,234,567.89',
  ])
})

test('bytes and durations use the largest suitable unit', () => {
  expect([0, 999, 1_500, 1_500_000, 2_340_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '2 kB', '1.5 MB', '2.34 GB'])
  expect([0, 29_000, 60_000, 3_600_000, 12_060_000, 172_800_000, 190_000_000].map(formatDuration)).toEqual([
    '0 s',
    '29 s',
    '1 min',
    '1 h',
    '3 h 21 min',
    '2 d',
    '2 d 4 h',
  ])
  expect([0, 59_400, 60_000, 3_599_000, 3_600_000, 172_800_000].map(formatShortDuration)).toEqual(['0s', '59s', '1m', '59m', '1h', '2d'])
  expect([formatCount(1, 'file'), formatCount(2_000, 'file'), formatCount(2, 'reply', 'replies')]).toEqual([
    '1 file',
    '2,000 files',
    '2 replies',
  ])
})

test('a cost that is at least so much never says that it is less, too', () => {
  expect([0, 0.001, 0.005, 1.25, null].map(formatUsdAtLeast)).toEqual(['≥$0.00', '≥$0.00', '≥$0.01', '≥$1.25', 'unknown'])
})
