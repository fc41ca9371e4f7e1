import { usageRangeSchema } from '@signalbox/contract/usage-range'
import { describe, expect, it } from 'vitest'
import { boundsOf, spanOf } from './range.ts'

// A Tuesday, half past one at night in Berlin, where it is still Monday in UTC.
const berlin = { now: Date.parse('2026-10-05T23:30:45.000Z'), timezone: 'Europe/Berlin', weekStart: 'monday' as const }

describe('a range', () => {
  it.each([
    ['today', '2026-10-06', '2026-10-06'],
    ['yesterday', '2026-10-05', '2026-10-05'],
    ['this_week', '2026-10-05', '2026-10-06'],
    ['last_week', '2026-09-28', '2026-10-04'],
    ['this_month', '2026-10-01', '2026-10-06'],
    ['last_month', '2026-09-01', '2026-09-30'],
    ['this_year', '2026-01-01', '2026-10-06'],
    ['last_7d', '2026-09-30', '2026-10-06'],
    ['last_1d', '2026-10-06', '2026-10-06'],
    ['2026-03-01', '2026-03-01', '2026-03-01'],
    ['2026-03-01..2026-03-13', '2026-03-01', '2026-03-13'],
  ])('%s is the days %s to %s of the zone', (range, since, until) => {
    expect(spanOf(usageRangeSchema.parse(range), berlin)).toEqual({ since, until })
  })

  it('of hours and minutes begins at a minute and has no end', () => {
    expect(spanOf('last_24h', berlin)).toEqual({ since: '2026-10-04T23:30:00.000Z' })
    expect(spanOf('last_30m', berlin)).toEqual({ since: '2026-10-05T23:00:00.000Z' })
    expect(spanOf('all', berlin)).toEqual({})
  })

  it('follows the first day of the week', () => {
    expect(spanOf('this_week', { ...berlin, weekStart: 'sunday' })).toEqual({ since: '2026-10-04', until: '2026-10-06' })
  })

  it('has the instants of its days, with the end of the last', () => {
    expect(boundsOf({ since: '2026-10-06', until: '2026-10-06' }, 'Europe/Berlin')).toEqual({
      from: Date.parse('2026-10-05T22:00:00Z'),
      to: Date.parse('2026-10-06T22:00:00Z'),
    })
  })

  it.each(['', 'Today', 'last_0d', 'last_7w', '2026-3-1', '2026-03-01..', 'last_99999d'])('is not "%s"', (text) => {
    expect(usageRangeSchema.safeParse(text).success).toBe(false)
  })
})
