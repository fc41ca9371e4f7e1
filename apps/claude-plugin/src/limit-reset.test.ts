import { expect, it } from 'vitest'
import { findLimitReset } from './limit-reset.ts'

const now = Date.parse('2026-11-29T12:00:00.000Z')

it.each([
  ["You've hit your session limit · resets 3:30pm (Europe/Berlin)", '2026-11-29T14:30:00.000Z'],
  ["You've hit your session limit · resets 1pm (Europe/Berlin)", '2026-11-30T12:00:00.000Z'],
  ["You've hit your weekly limit · resets Dec 2, 9am (America/New_York)", '2026-12-02T14:00:00.000Z'],
  ["You've hit your 5-hour limit · resets 3:40pm (UTC)", '2026-11-29T15:40:00.000Z'],
  ["You've hit your weekly limit · resets Dec 2 at 9am (UTC)", '2026-12-02T09:00:00.000Z'],
  ['resets 12am (Asia/Kathmandu)', '2026-11-29T18:15:00.000Z'],
  ['resets 12pm (UTC)', '2026-11-30T12:00:00.000Z'],
  ['Claude AI usage limit reached|1795968000', '2026-11-29T16:00:00.000Z'],
])('%s', (message, expected) => {
  expect(new Date(findLimitReset(message, now) ?? 0).toISOString()).toBe(expected)
})

it('crosses the night in which the clocks change', () => {
  const evening = Date.parse('2026-10-24T20:00:00.000Z')
  expect(new Date(findLimitReset('resets 6am (Europe/Berlin)', evening) ?? 0).toISOString()).toBe('2026-10-25T05:00:00.000Z')
})

it.each([
  '',
  'API Error: Request rejected (429)',
  'resets 3pm (Nowhere/Never)',
  'resets Foo 3, 3pm (UTC)',
  'limit reached|1000000000',
  'resets (UTC)',
])('says nothing about %j', (message) => {
  expect(findLimitReset(message, now)).toBeUndefined()
})
