import { expect, test } from 'vitest'
import { formatBytes, formatCount, formatUsd, formatUsdAtLeast } from './format-number.ts'

test('an unknown cost and a tiny cost are not shown as zero', () => {
  expect([null, 0, 0.004, 0.01, 12.345].map(formatUsd)).toEqual(['unknown', '$0.00', '<$0.01', '$0.01', '$12.35'])
})

test('bytes use the largest suitable unit, and counts their noun', () => {
  expect([0, 999, 1_500, 1_500_000, 2_340_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '2 kB', '1.5 MB', '2.34 GB'])
  expect([formatCount(1, 'file'), formatCount(2_000, 'file'), formatCount(2, 'reply', 'replies')]).toEqual([
    '1 file',
    '2,000 files',
    '2 replies',
  ])
})

test('a cost that is at least so much never says that it is less, too', () => {
  expect([0, 0.001, 0.01, 1.25, null].map(formatUsdAtLeast)).toEqual(['≥$0.00', '≥$0.00', '≥$0.01', '≥$1.25', 'unknown'])
})
