import { expect, test } from 'vitest'
import { formatCompact, formatInteger, formatPercent, formatUsd } from './number-text.ts'

test('a count is grouped by thousands', () => {
  expect([0, 999, 1_000, 1_234_567, 9_007_199_254_740_991].map(formatInteger)).toEqual([
    '0',
    '999',
    '1,000',
    '1,234,567',
    '9,007,199,254,740,991',
  ])
})

test('a compact count is in full below ten thousand, and never 1000K', () => {
  expect([0, 9_999, 10_000, 12_345, 123_456, 999_949, 999_950, 1_234_567, 9.999e9, 1e12].map(formatCompact)).toEqual([
    '0',
    '9,999',
    '10K',
    '12.3K',
    '123.5K',
    '999.9K',
    '1M',
    '1.2M',
    '10B',
    '1T',
  ])
})

test('only nothing is 0%, and only all of it is 100%', () => {
  expect([0, 0.2, 1, 46.6, 99, 99.4, 100, 100.9, 250.9].map(formatPercent)).toEqual([
    '0%',
    '<1%',
    '1%',
    '47%',
    '99%',
    '>99%',
    '100%',
    '100%',
    '250%',
  ])
})

test('a tiny amount is not shown as zero', () => {
  expect([0, 0.004, 0.01, 12.345, 1_234_567.891].map(formatUsd)).toEqual(['$0.00', '<$0.01', '$0.01', '$12.35', '$1,234,567.89'])
})
