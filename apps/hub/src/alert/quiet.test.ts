import type { QuietHours } from '@signalbox/contract/channel'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isQuiet, quietUntil } from './quiet.ts'

const night: QuietHours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' }
const at = (text: string) => Date.parse(text)
const until = (hours: QuietHours[], text: string) => {
  const end = quietUntil(hours, at(text))
  return end === undefined ? undefined : new Date(end).toISOString()
}

it('quiet hours go over midnight, in their zone', () => {
  expect(isQuiet(night, at('2026-10-06T19:59:00Z'))).toBe(false)
  expect(isQuiet(night, at('2026-10-06T20:00:00Z'))).toBe(true)
  expect(until([night], '2026-10-06T20:00:30Z')).toBe('2026-10-07T05:00:00.000Z')
  expect(until([night], '2026-10-06T12:00:00Z')).toBeUndefined()
})

it('the days are those on which they begin', () => {
  const friday: QuietHours = { ...night, days: ['friday'] }
  // 2026-10-09 is a Friday.
  expect(isQuiet(friday, at('2026-10-09T21:00:00Z'))).toBe(true)
  expect(isQuiet(friday, at('2026-10-10T03:00:00Z'))).toBe(true)
  expect(isQuiet(friday, at('2026-10-09T03:00:00Z'))).toBe(false)
  expect(isQuiet(friday, at('2026-10-10T21:00:00Z'))).toBe(false)
})

it('the same time twice is a whole day, and hours that follow each other are one', () => {
  const sunday: QuietHours = { from: '00:00', to: '00:00', days: ['sunday'], zone: 'UTC' }
  expect(until([sunday], '2026-10-11T12:00:00Z')).toBe('2026-10-12T00:00:00.000Z')
  const morning: QuietHours = { from: '00:00', to: '06:00', zone: 'UTC' }
  expect(until([sunday, morning], '2026-10-11T12:00:00Z')).toBe('2026-10-12T06:00:00.000Z')
})

it('hours without an end are looked at again after some days', () => {
  const always: QuietHours = { from: '00:00', to: '00:00', zone: 'UTC' }
  const end = quietUntil([always], at('2026-10-11T12:00:00Z'))!
  expect(end).toBeGreaterThan(at('2026-10-19T00:00:00Z'))
})

it('a change of the clock makes the night an hour longer or shorter, and leaves no gap', () => {
  expect(until([night], '2026-10-24T21:00:00Z')).toBe('2026-10-25T06:00:00.000Z')
  expect(until([night], '2026-03-28T22:00:00Z')).toBe('2026-03-29T05:00:00.000Z')
  // The hour from 02:00 does not exist on that day.
  expect(until([{ ...night, from: '01:00', to: '02:30' }], '2026-03-29T00:15:00Z')).toBe('2026-03-29T01:00:00.000Z')
  // The hour from 02:00 comes twice.
  expect(isQuiet({ ...night, from: '02:00', to: '02:30' }, at('2026-10-25T00:15:00Z'))).toBe(true)
  expect(isQuiet({ ...night, from: '02:00', to: '02:30' }, at('2026-10-25T01:15:00Z'))).toBe(true)
})

it('for any zone, hours and instant: the end is the first minute that is not quiet', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/St_Johns',
    'Pacific/Apia',
  )
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
    .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
  const hours = fc.record({ from: time, to: time, zone })
  const instant = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') })
  fc.assert(
    fc.property(hours, instant, (one, ms) => {
      const end = quietUntil([one], ms)
      expect(end === undefined).toBe(!isQuiet(one, ms))
      if (end === undefined || one.from === one.to) return
      expect(isQuiet(one, end)).toBe(false)
      expect(end - ms).toBeLessThanOrEqual(26 * 3_600_000)
      // Nothing before it is not quiet.
      for (let minute = Math.floor(ms / 60_000) * 60_000 + 60_000; minute < end; minute += 60_000 * 7)
        expect(isQuiet(one, minute)).toBe(true)
      expect(isQuiet(one, end - 60_000) || end - 60_000 < ms).toBe(true)
    }),
    { numRuns: 150 },
  )
})
