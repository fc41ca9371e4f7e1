import { expect, test } from 'vitest'
import { bucketsOf } from './bucket.ts'

const now = Date.parse('2026-11-09T14:20:00Z')

test('days without a call are there, from the first asked for to today', () => {
  expect(bucketsOf(['2026-11-06'], { step: 'day', range: { since: '2026-11-05' }, zone: 'UTC', now })).toEqual([
    '2026-11-05',
    '2026-11-06',
    '2026-11-07',
    '2026-11-08',
    '2026-11-09',
  ])
})

test('a range that ended in the past ends there, one that reaches into the future ends today', () => {
  const step = 'day'
  expect(bucketsOf([], { step, range: { since: '2026-11-01', until: '2026-11-02' }, zone: 'UTC', now })).toEqual([
    '2026-11-01',
    '2026-11-02',
  ])
  expect(bucketsOf([], { step, range: { since: '2026-11-08', until: '2026-12-31' }, zone: 'UTC', now })).toEqual([
    '2026-11-08',
    '2026-11-09',
  ])
})

test('a call from a clock that is ahead keeps its day', () => {
  expect(bucketsOf(['2026-11-10'], { step: 'day', range: { since: '2026-11-09' }, zone: 'UTC', now })).toEqual(['2026-11-09', '2026-11-10'])
})

test('weeks keep the first day the hub gave them', () => {
  expect(bucketsOf(['2026-10-25'], { step: 'week', range: { since: '2026-10-14' }, zone: 'UTC', now })).toEqual([
    '2026-10-11',
    '2026-10-18',
    '2026-10-25',
    '2026-11-01',
    '2026-11-08',
  ])
})

test('months cross the year', () => {
  expect(
    bucketsOf(['2025-12'], { step: 'month', range: { since: '2025-11-20' }, zone: 'UTC', now: Date.parse('2026-02-01T00:00:00Z') }),
  ).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
})

test('hours of today go from local midnight to now, also where the zone is half an hour off', () => {
  const frame = { step: 'hour', range: { since: '2026-11-09' }, now } as const
  expect(bucketsOf(['2026-11-09T03:00:00.000Z'], { ...frame, zone: 'UTC' })).toHaveLength(15)
  const india = bucketsOf([], { ...frame, zone: 'Asia/Kolkata' })
  expect(india[0]).toBe('2026-11-08T18:30:00.000Z')
  expect(india.at(-1)).toBe('2026-11-09T13:30:00.000Z')
})

test('a day at a clock change has 25 or 23 hours', () => {
  const zone = 'Europe/Berlin'
  const at = Date.parse('2026-12-01T00:00:00Z')
  expect(
    bucketsOf([], { step: 'hour', range: { since: '2026-10-25', until: '2026-10-25' }, zone, now: Date.parse('2026-10-25T22:59:00Z') }),
  ).toHaveLength(25)
  expect(
    bucketsOf(['2026-03-29T10:00:00.000Z'], { step: 'hour', range: { since: '2026-03-29', until: '2026-03-29' }, zone, now: at }),
  ).toHaveLength(23)
})

test('an hour the hub named is kept as it is named, beside a change of half an hour', () => {
  const present = ['2026-04-04T14:00:00.000Z', '2026-04-04T15:30:00.000Z']
  const buckets = bucketsOf(present, {
    step: 'hour',
    range: { since: '2026-04-05', until: '2026-04-05' },
    zone: 'Australia/Lord_Howe',
    now: Date.parse('2026-04-05T12:00:00Z'),
  })
  for (const hour of present) expect(buckets).toContain(hour)
  expect(new Set(buckets).size).toBe(buckets.length)
})

test('nothing known and nothing asked for is nothing', () => {
  expect(bucketsOf([], { step: 'day', range: {}, zone: 'UTC', now })).toEqual([])
})
