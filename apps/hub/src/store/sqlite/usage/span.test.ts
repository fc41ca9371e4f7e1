import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { localDay, startOfDay } from '@signalbox/usage/zone'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { spansOf } from './span.ts'

const at = (text: string) => Date.parse(text) / QUARTER_HOUR_MS
const zones = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia',
]

it('a day of a clock change is whole at neither offset', () => {
  const spans = spansOf('Europe/Berlin', at('2026-10-23T22:00:00Z'), at('2026-10-26T23:00:00Z'), [at('2026-10-25T06:00:00Z')])
  expect(spans).toEqual([
    { by: 'day', offset: 8, fromDay: 20_750, toDay: 20_751 },
    { by: 'piece', from: at('2026-10-24T22:00:00Z'), to: at('2026-10-25T06:00:00Z') },
    { by: 'piece', from: at('2026-10-25T06:00:00Z'), to: at('2026-10-25T23:00:00Z') },
    { by: 'day', offset: 4, fromDay: 20_752, toDay: 20_753 },
  ])
})

// Until 2011 St. John's changed its clocks one minute after midnight, in the middle of a quarter.
it('spans cover the range without gap or overlap, and whole days are days of the zone', () => {
  const quarter = fc.integer({ min: at('2011-12-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') })
  fc.assert(
    fc.property(fc.constantFrom(...zones), quarter, fc.integer({ min: 1, max: 96 * 500 }), (zone, from, length) => {
      let next = from
      for (const span of spansOf(zone, from, from + length, [])) {
        const [start, end] = span.by !== 'day' ? [span.from, span.to] : [span.fromDay * 96 - span.offset, span.toDay * 96 - span.offset]
        expect(start).toBe(next)
        expect(end).toBeGreaterThan(start)
        next = end
        if (span.by !== 'day') {
          expect(localDay(zone, start * QUARTER_HOUR_MS)).toBe(localDay(zone, end * QUARTER_HOUR_MS - 1))
          continue
        }
        for (let day = start; day < end; day += 96) {
          const name = localDay(zone, day * QUARTER_HOUR_MS)
          expect(startOfDay(zone, name)).toBe(day * QUARTER_HOUR_MS)
          expect(localDay(zone, (day + 96) * QUARTER_HOUR_MS - 1)).toBe(name)
        }
      }
      expect(next).toBe(from + length)
    }),
    { numRuns: 60 },
  )
})
