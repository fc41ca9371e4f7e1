import { expect, test } from 'vitest'
import { bucketsOf, labelledBars, readTodaySearch, todayRanges } from './today-range.ts'

const now = Date.parse('2026-11-09T12:34:56.000Z')
const zone = 'Europe/Berlin'

test('each range has its bars, the oldest first and none twice', () => {
  const counts = todayRanges.map((range) => {
    const { group, since, buckets } = bucketsOf(range, now, zone)
    expect(new Set(buckets.map(({ key }) => key)).size).toBe(buckets.length)
    expect(buckets[0]?.key).toBe(since)
    return [range, group, buckets.length]
  })
  expect(counts).toEqual([
    ['5m', 'minute', 5],
    ['15m', 'minute', 15],
    ['1h', 'minute', 60],
    ['6h', 'hour', 6],
    ['today', 'hour', 24],
    ['7d', 'day', 7],
    ['30d', 'day', 30],
  ])
})

test('minutes and hours end with the one that is now, across midnight too', () => {
  expect(bucketsOf('5m', now, zone).buckets.map(({ key }) => key.slice(11, 16))).toEqual(['12:30', '12:31', '12:32', '12:33', '12:34'])
  // 00:30 in Berlin.
  expect(bucketsOf('6h', Date.parse('2026-11-09T23:30:00.000Z'), zone).buckets.map(({ key }) => key.slice(11, 16))).toEqual([
    '18:00',
    '19:00',
    '20:00',
    '21:00',
    '22:00',
    '23:00',
  ])
})

test('a day on which clocks go back has 25 hours, and hours of a zone with half hours begin at them', () => {
  expect(bucketsOf('today', Date.parse('2026-10-25T12:00:00.000Z'), zone).buckets).toHaveLength(25)
  expect(bucketsOf('6h', now, 'Asia/Kolkata').buckets.at(-1)?.key).toBe('2026-11-09T12:30:00.000Z')
})

test('an address keeps a range that there is, and the wall', () => {
  expect(readTodaySearch({ range: '7d', wall: '1' })).toEqual({ range: '7d', wall: '1' })
  expect(readTodaySearch({ range: 'today', wall: 'yes' })).toEqual({})
  expect(readTodaySearch({ range: '8d' })).toEqual({})
})

test('labels are spread over the bars', () => {
  expect(labelledBars(24, 4)).toEqual([0, 6, 12, 18])
  expect(labelledBars(5, 4)).toEqual([0, 2, 4])
  expect(labelledBars(3, 4)).toEqual([0, 1, 2])
})
