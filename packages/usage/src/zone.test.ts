import { isTimeZone } from '@signalbox/contract/time-zone'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stretchForLoad } from '../../../test/support/machine-load.ts'
import {
  addDays,
  DAY,
  HOUR,
  localDay,
  localMonth,
  localWeek,
  MINUTE,
  parseSince,
  parseUntil,
  repeatedOffset,
  startOfDay,
  startOfHour,
  startOfMonth,
  startOfWeek,
  TimeError,
  zoneClock,
} from './zone.ts'

const zones = Intl.supportedValuesOf('timeZone')

/** The local time of a zone, calculated with Intl only. */
function localTime(zone: string): (ms: number) => { day: string; hour: number; offset: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return (ms) => {
    const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)])) as Record<string, number>
    const local = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second)
    return { day: new Date(local).toISOString().slice(0, 10), hour: part.hour!, offset: local - Math.floor(ms / 1_000) * 1_000 }
  }
}

function hoursOf(zone: string, day: string): number {
  return (startOfDay(zone, addDays(day, 1)) - startOfDay(zone, day)) / HOUR
}

const iso = (ms: number) => new Date(ms).toISOString()

describe('a day', () => {
  test('has 23 or 25 hours when the clocks change', () => {
    expect(hoursOf('Europe/Berlin', '2026-03-29')).toBe(23)
    expect(hoursOf('Europe/Berlin', '2026-10-25')).toBe(25)
    expect(hoursOf('Europe/Berlin', '2026-10-26')).toBe(24)
    expect(hoursOf('America/New_York', '2026-03-08')).toBe(23)
    expect(hoursOf('America/New_York', '2026-11-01')).toBe(25)
    expect(hoursOf('Australia/Lord_Howe', '2026-04-05')).toBe(24.5)
    expect(hoursOf('Australia/Lord_Howe', '2026-10-04')).toBe(23.5)
    expect(hoursOf('UTC', '2026-03-29')).toBe(24)
  })

  test('begins at odd quarter hours in some zones', () => {
    expect(iso(startOfDay('Asia/Kolkata', '2026-10-06'))).toBe('2026-10-05T18:30:00.000Z')
    expect(iso(startOfDay('Asia/Kathmandu', '2026-10-06'))).toBe('2026-10-05T18:15:00.000Z')
    expect(iso(startOfDay('Pacific/Chatham', '2026-10-06'))).toBe('2026-10-05T10:15:00.000Z')
    expect(iso(startOfDay('America/St_Johns', '2026-10-06'))).toBe('2026-10-06T02:30:00.000Z')
  })

  test('begins at 01:00 where the clocks skip midnight, and at the first midnight where there are two', () => {
    expect(iso(startOfDay('Africa/Cairo', '2026-04-24'))).toBe('2026-04-23T22:00:00.000Z')
    expect(localDay('Africa/Cairo', startOfDay('Africa/Cairo', '2026-04-24'))).toBe('2026-04-24')
    expect(hoursOf('Africa/Cairo', '2026-04-24')).toBe(23)
    expect(hoursOf('America/Havana', '2026-11-01')).toBe(25)
    expect(iso(startOfDay('America/Havana', '2026-11-01'))).toBe('2026-11-01T04:00:00.000Z')
  })

  test('can be skipped altogether', () => {
    expect(startOfDay('Pacific/Apia', '2011-12-30')).toBe(startOfDay('Pacific/Apia', '2011-12-31'))
    expect(localDay('Pacific/Apia', startOfDay('Pacific/Apia', '2011-12-30') - 1)).toBe('2011-12-29')
  })

  test('in every zone, each day of a year begins on a quarter hour, right after the one before', () => {
    for (const zone of zones) {
      for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 1)) {
        const start = startOfDay(zone, day)
        if (start % (15 * MINUTE) !== 0 || localDay(zone, start) !== day || localDay(zone, start - 1) !== addDays(day, -1)) {
          throw new Error(`${zone} ${day} begins at ${iso(start)}`)
        }
      }
    }
  })

  test('matches Intl in every zone, in any year since 1970', () => {
    const clocks = new Map(zones.map((zone) => [zone, localTime(zone)]))
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: Date.parse('2037-12-31') }), (zone, ms) => {
        const { day, offset } = clocks.get(zone)!(ms)
        expect(zoneClock(zone)(ms)).toBe(offset)
        expect(localDay(zone, ms)).toBe(day)
        expect(localMonth(zone, ms)).toBe(day.slice(0, 7))
        expect(startOfHour(zone, ms)).toBeLessThanOrEqual(ms)
        expect(ms - startOfHour(zone, ms)).toBeLessThan(HOUR)
      }),
      { numRuns: 1_500 },
    )
  }, 60_000)

  test('had odd minutes and seconds in some zones once', () => {
    expect(zoneClock('Africa/Monrovia')(0)).toBe(-(44 * 60 + 30) * 1_000)
    expect(localDay('Africa/Monrovia', 0)).toBe('1969-12-31')
    expect(iso(startOfDay('Africa/Monrovia', '1970-01-01'))).toBe('1970-01-01T00:44:30.000Z')
    expect(zoneClock('Europe/Amsterdam')(Date.parse('1930-01-01'))).toBe(localTime('Europe/Amsterdam')(Date.parse('1930-01-01')).offset)
    expect(zoneClock('Asia/Kathmandu')(Date.parse('1985-01-01'))).toBe(5.5 * HOUR)
  })
})

describe('an hour', () => {
  test('begins at half past UTC in zones with half-hour offsets', () => {
    expect(iso(startOfHour('Asia/Kolkata', Date.parse('2026-10-06T09:10:00Z')))).toBe('2026-10-06T08:30:00.000Z')
    expect(iso(startOfHour('UTC', Date.parse('2026-10-06T09:10:00Z')))).toBe('2026-10-06T09:00:00.000Z')
  })

  test('occurs twice when the clocks go back, as two hours', () => {
    const first = startOfHour('Europe/Berlin', Date.parse('2026-10-25T00:30:00Z'))
    const second = startOfHour('Europe/Berlin', Date.parse('2026-10-25T01:30:00Z'))
    expect([iso(first), iso(second)]).toEqual(['2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z'])
  })

  test('never overlaps another, even where the clocks change by half an hour', () => {
    const change = Date.parse('2026-04-04T15:00:00Z')
    const starts = new Set<number>()
    for (let ms = change - 2 * HOUR; ms < change + 2 * HOUR; ms += MINUTE) {
      const start = startOfHour('Australia/Lord_Howe', ms)
      expect(startOfHour('Australia/Lord_Howe', start)).toBe(start)
      starts.add(start)
    }
    expect([...starts].sort().map(iso)).toEqual([
      '2026-04-04T13:00:00.000Z',
      '2026-04-04T14:00:00.000Z',
      '2026-04-04T15:00:00.000Z',
      '2026-04-04T15:30:00.000Z',
      '2026-04-04T16:30:00.000Z',
    ])
  })
})

describe('weeks and months', () => {
  const tuesday = Date.parse('2026-10-06T12:00:00Z')

  test('a week begins on the configured day', () => {
    expect(localWeek('Europe/Berlin', tuesday, 'monday')).toBe('2026-10-05')
    expect(localWeek('Europe/Berlin', tuesday, 'tuesday')).toBe('2026-10-06')
    expect(localWeek('Europe/Berlin', tuesday, 'wednesday')).toBe('2026-09-30')
    expect(localWeek('Europe/Berlin', tuesday, 'sunday')).toBe('2026-10-04')
    expect(iso(startOfWeek('Europe/Berlin', tuesday, 'monday'))).toBe('2026-10-04T22:00:00.000Z')
    expect(localWeek('UTC', Date.parse('1969-12-29'), 'monday')).toBe('1969-12-29')
  })

  test('a month begins in the zone', () => {
    expect(iso(startOfMonth('America/Los_Angeles', Date.parse('2026-11-01T05:00:00Z')))).toBe('2026-10-01T07:00:00.000Z')
    expect(localMonth('America/Los_Angeles', Date.parse('2026-11-01T05:00:00Z'))).toBe('2026-10')
  })

  test('days are added by the calendar', () => {
    expect(addDays('2026-10-24', 2)).toBe('2026-10-26')
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  })
})

describe('since and until', () => {
  test('a day is a day of the zone, both inclusive', () => {
    expect(iso(parseSince('Europe/Berlin', '2026-10-25'))).toBe('2026-10-24T22:00:00.000Z')
    expect(iso(parseUntil('Europe/Berlin', '2026-10-25'))).toBe('2026-10-25T23:00:00.000Z')
    expect(parseUntil('Asia/Tokyo', '2026-12-31')).toBe(parseSince('Asia/Tokyo', '2027-01-01'))
  })

  test('an instant is itself', () => {
    for (const parse of [parseSince, parseUntil]) {
      expect(parse('Asia/Tokyo', '2026-10-25T10:00:00.000Z')).toBe(Date.parse('2026-10-25T10:00:00Z'))
      expect(parse('Asia/Tokyo', '2026-10-25T10:00:00+02:00')).toBe(Date.parse('2026-10-25T08:00:00Z'))
      expect(parse('Asia/Tokyo', '2026-10-25t10:00z')).toBe(Date.parse('2026-10-25T10:00:00Z'))
    }
  })

  test('everything else is rejected with examples', () => {
    for (const text of [
      '',
      'yesterday',
      '2026-02-30',
      '2026-13-01',
      '2026-10-25T10:00:00',
      '2026-02-30T10:00:00Z',
      '2026-10-25T25:00:00Z',
      '20261025',
      '1790000000000',
      '2026-10-25 ',
    ]) {
      expect(() => parseSince('UTC', text)).toThrow(TimeError)
      expect(() => parseUntil('UTC', text)).toThrow(/2026-03-13/)
    }
  })
})

test('an unknown zone is rejected by name', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true)
  for (const zone of ['Europe/Atlantis', 'Nonsense+05', '']) {
    expect(isTimeZone(zone)).toBe(false)
    expect(() => zoneClock(zone)).toThrow(RangeError)
    expect(() => localDay(zone, 0)).toThrow(zone)
  }
})

test('a million lookups of a clock take well under a second', async () => {
  const clock = zoneClock('America/Sao_Paulo')
  const begun = performance.now()
  for (let nth = 0; nth < 1_000_000; nth++) clock(1_780_000_000_000 + ((nth * 7_919) % 365) * DAY)
  expect(performance.now() - begun).toBeLessThan(await stretchForLoad(1_000))
})

describe('a local time that comes twice', () => {
  const offsets = (zone: string, ...instants: string[]) => instants.map((at) => repeatedOffset(zoneClock(zone), Date.parse(at)))

  test('has the offset of its instant, and no other time has one', () => {
    const berlin = [
      '2026-10-24T23:59:59Z',
      '2026-10-25T00:00:00Z',
      '2026-10-25T00:59:59Z',
      '2026-10-25T01:00:00Z',
      '2026-10-25T01:59:59Z',
      '2026-10-25T02:00:00Z',
    ]
    expect(offsets('Europe/Berlin', ...berlin)).toEqual([undefined, '+02:00', '+02:00', '+01:00', '+01:00', undefined])
    // Clocks go forward.
    expect(offsets('Europe/Berlin', '2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z')).toEqual([undefined, undefined])
    expect(offsets('UTC', '2026-10-25T00:30:00Z')).toEqual([undefined])
  })

  test('also where clocks go back by half an hour, and where the offset has minutes', () => {
    expect(
      offsets('Australia/Lord_Howe', '2026-04-04T14:20:00Z', '2026-04-04T14:30:00Z', '2026-04-04T15:00:00Z', '2026-04-04T15:30:00Z'),
    ).toEqual([undefined, '+11:00', '+10:30', undefined])
    expect(offsets('America/St_Johns', '2026-11-01T03:45:00Z', '2026-11-01T04:45:00Z')).toEqual(['-02:30', '-03:30'])
  })

  test('two hours of a year have the same name only with different offsets', () => {
    // Every tenth zone: a year of each takes a tenth of a second.
    for (const zone of zones.filter((_, index) => index % 10 === 0)) {
      const clock = zoneClock(zone)
      const names = new Set<string>()
      let count = 0
      for (let ms = Date.UTC(2025, 0, 1); ms < Date.UTC(2026, 0, 1); ms += HOUR, count++) {
        names.add(`${new Date(ms + clock(ms)).toISOString()} ${repeatedOffset(clock, ms) ?? ''}`)
      }
      expect([zone, names.size]).toEqual([zone, count])
    }
  })
})
