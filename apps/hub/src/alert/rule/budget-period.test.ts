import { expect, it } from 'vitest'
import { type BudgetPeriod, periodAt } from './budget-period.ts'

const HOUR = 3_600_000

it.each<[BudgetPeriod, string, string, string, number]>([
  ['day', 'UTC', '2026-10-06T09:00:00Z', '2026-10-06', 24],
  ['day', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-25', 25],
  ['day', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-29', 23],
  ['day', 'Asia/Tokyo', '2026-10-06T20:00:00Z', '2026-10-07', 24],
  ['day', 'America/Los_Angeles', '2026-10-06T03:00:00Z', '2026-10-05', 24],
  // The clocks skip midnight.
  ['day', 'America/Santiago', '2026-09-06T12:00:00Z', '2026-09-06', 23],
  ['week', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-19', 7 * 24 + 1],
  ['week', 'Europe/Berlin', '2026-03-25T12:00:00Z', '2026-03-23', 7 * 24 - 1],
  ['month', 'Europe/Berlin', '2026-10-31T22:59:59Z', '2026-10-01', 31 * 24 + 1],
  ['month', 'Europe/Berlin', '2026-10-31T23:00:00Z', '2026-11-01', 30 * 24],
  ['month', 'UTC', '2028-02-29T00:00:00Z', '2028-02-01', 29 * 24],
  ['month', 'UTC', '2026-12-31T23:59:59Z', '2026-12-01', 31 * 24],
])('the %s in %s of %s begins on %s and lasts %i h', (period, zone, at, first, hours) => {
  const found = periodAt(period, zone, 'monday', Date.parse(at))
  expect([found.first, (found.to - found.from) / HOUR]).toEqual([first, hours])
  expect(found.from).toBeLessThanOrEqual(Date.parse(at))
  expect(found.to).toBeGreaterThan(Date.parse(at))
})

it.each<BudgetPeriod>(['day', 'week', 'month'])('each %s begins where the one before ends, in every zone', (period) => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Pacific/Apia']) {
    let at = Date.parse('2026-01-15T00:00:00Z')
    for (let index = 0; index < 400; index++) {
      const { to } = periodAt(period, zone, 'sunday', at)
      expect(periodAt(period, zone, 'sunday', to).from).toBe(to)
      expect(periodAt(period, zone, 'sunday', to - 1).to).toBe(to)
      at = to
    }
  }
})

it('a week begins where the settings say', () => {
  expect(periodAt('week', 'UTC', 'sunday', Date.parse('2026-10-06T09:00:00Z')).first).toBe('2026-10-04')
  expect(periodAt('week', 'UTC', 'monday', Date.parse('2026-10-06T09:00:00Z')).first).toBe('2026-10-05')
})
