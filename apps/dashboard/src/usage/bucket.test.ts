import { expect, test } from 'vitest'
import { buildBuckets } from './bucket.ts'

const now = Date.parse('2026-11-09T14:20:00Z')

test('days without calls are included, from the start of the range to today', () => {
  expect(buildBuckets(['2026-11-06'], { step: 'day', range: { since: '2026-11-05' }, zone: 'UTC', now })).toEqual([
    '2026-11-05',
    '2026-11-06',
    '2026-11-07',
    '2026-11-08',
    '2026-11-09',
  ])
})

test('a range in the past keeps its end, one into the future ends today', () => {
  const step = 'day'
  expect(buildBuckets([], { step, range: { since: '2026-11-01', until: '2026-11-02' }, zone: 'UTC', now })).toEqual([
    '2026-11-01',
    '2026-11-02',
  ])
  expect(buildBuckets([], { step, range: { since: '2026-11-08', until: '2026-12-31' }, zone: 'UTC', now })).toEqual([
    '2026-11-08',
    '2026-11-09',
  ])
})

test('a call dated in the future keeps its day', () => {
  expect(buildBuckets(['2026-11-10'], { step: 'day', range: { since: '2026-11-09' }, zone: 'UTC', now })).toEqual([
    '2026-11-09',
    '2026-11-10',
  ])
})

test("weeks keep the hub's first day", () => {
  expect(buildBuckets(['2026-10-25'], { step: 'week', range: { since: '2026-10-14' }, zone: 'UTC', now })).toEqual([
    '2026-10-11',
    '2026-10-18',
    '2026-10-25',
    '2026-11-01',
    '2026-11-08',
  ])
})

test('months continue across a year', () => {
  expect(
    buildBuckets(['2025-12'], { step: 'month', range: { since: '2025-11-20' }, zone: 'UTC', now: Date.parse('2026-02-01T00:00:00Z') }),
  ).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
})

test('hours of today go from local midnight to now, in half-hour time zones too', () => {
  const frame = { step: 'hour', range: { since: '2026-11-09' }, now } as const
  expect(buildBuckets(['2026-11-09T03:00:00.000Z'], { ...frame, zone: 'UTC' })).toHaveLength(15)
  const india = buildBuckets([], { ...frame, zone: 'Asia/Kolkata' })
  expect(india[0]).toBe('2026-11-08T18:30:00.000Z')
  expect(india.at(-1)).toBe('2026-11-09T13:30:00.000Z')
})

test('a day with a clock change has 25 or 23 hours', () => {
  const zone = 'Europe/Berlin'
  const at = Date.parse('2026-12-01T00:00:00Z')
  expect(
    buildBuckets([], { step: 'hour', range: { since: '2026-10-25', until: '2026-10-25' }, zone, now: Date.parse('2026-10-25T22:59:00Z') }),
  ).toHaveLength(25)
  expect(
    buildBuckets(['2026-03-29T10:00:00.000Z'], { step: 'hour', range: { since: '2026-03-29', until: '2026-03-29' }, zone, now: at }),
  ).toHaveLength(23)
})

test("hours keep the hub's names across a clock change of half an hour", () => {
  const present = ['2026-04-04T14:00:00.000Z', '2026-04-04T15:30:00.000Z']
  const buckets = buildBuckets(present, {
    step: 'hour',
    range: { since: '2026-04-05', until: '2026-04-05' },
    zone: 'Australia/Lord_Howe',
    now: Date.parse('2026-04-05T12:00:00Z'),
  })
  for (const hour of present) expect(buckets).toContain(hour)
  expect(new Set(buckets).size).toBe(buckets.length)
})

test('no rows and no range give no buckets', () => {
  expect(buildBuckets([], { step: 'day', range: {}, zone: 'UTC', now })).toEqual([])
})
