import { expect, test } from 'vitest'
import { describeChange, periodBefore } from './period-before.ts'

test('the period before has as many days and ends the day before', () => {
  expect(periodBefore({ since: '2026-11-01' }, '2026-11-30')).toEqual({ range: { since: '2026-10-02', until: '2026-10-31' }, days: 30 })
  expect(periodBefore({ since: '2026-03-01', until: '2026-03-01' }, '2026-11-30')).toEqual({
    range: { since: '2026-02-28', until: '2026-02-28' },
    days: 1,
  })
  expect(periodBefore({}, '2026-11-30')).toBeUndefined()
})

test('a change is described in words, and not against nothing', () => {
  const percent = (share: number) => `${Math.round(share * 100)}%`
  const text = (now: number | null, before: number | null) => describeChange(now, before, percent)
  expect([text(112, 100), text(97, 100), text(100.2, 100), text(0, 100), text(1_400, 100)]).toEqual([
    '12% more',
    '3% less',
    'as much',
    '100% less',
    '14 times as much',
  ])
  expect([text(5, 0), text(null, 3), text(3, null)]).toEqual([undefined, undefined, undefined])
})
