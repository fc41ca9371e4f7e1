import { describe, expect, it } from 'vitest'
import { parseResetTime } from './reset-time.ts'

/** The instant of a text in UTC, such as `2026-10-06T12:00Z`. */
const at = (text: string) => Date.parse(text)
const shown = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16))
// A Tuesday, 11:18 in Berlin.
const now = at('2026-10-06T09:18:00Z')
const berlin = (words: string, more: { now?: number; language?: string; zone?: string; relative?: boolean } = {}) =>
  shown(parseResetTime(words, { now, zone: 'Europe/Berlin', ...more }))

describe('the duration until a reset', () => {
  it.each([
    ['2 hr 42 min', '2026-10-06T12:00'],
    ['47 min', '2026-10-06T10:05'],
    ['13 hr 38 min', '2026-10-06T22:56'],
    ['1 hour', '2026-10-06T10:18'],
    ['2h 5m', '2026-10-06T11:23'],
    ['3 days 4 hr', '2026-10-09T13:18'],
    ['1 hr, 1 minute', '2026-10-06T10:19'],
    ['2 hours and 1 min', '2026-10-06T11:19'],
    ['less than a minute', '2026-10-06T09:19'],
    ['0 min', '2026-10-06T09:18'],
    ['2 Std. 42 Min.', '2026-10-06T12:00'],
    ['2 heures et 42 minutes', '2026-10-06T12:00'],
    ['3 días', '2026-10-09T09:18'],
    ['2 ore 42 minuti', '2026-10-06T12:00'],
  ])('%s', (words, expected) => {
    expect(berlin(words, { relative: true })).toBe(expected)
    expect(berlin(words)).toBe(expected)
  })

  it('is undefined for numbers without a unit, units out of order, and other words', () => {
    for (const words of ['2 42 min', '42 min 2 hr', '2 hr 42', '5 messages', 'soon', '', '2 hr 42 min 10%'])
      expect(berlin(words, { relative: true }), words).toBeUndefined()
  })

  it('may be "2h42" only where the page says that it is a duration', () => {
    expect(berlin('2h42', { relative: true })).toBe('2026-10-06T12:00')
    expect(berlin('2h42')).toBe('2026-10-07T00:42')
  })
})

describe('the time of a reset', () => {
  it.each([
    ['Thu 7:00 AM', '2026-10-08T05:00'],
    ['Thu 6:59 AM', '2026-10-08T04:59'],
    ['Thursday at 7:00 AM', '2026-10-08T05:00'],
    ['Tue 11:17 AM', '2026-10-13T09:17'],
    ['Tue 11:19 AM', '2026-10-06T09:19'],
    ['Sun 12:00 AM', '2026-10-10T22:00'],
    ['Sun 12:30 PM', '2026-10-11T10:30'],
    ['7:00 PM', '2026-10-06T17:00'],
    ['7 AM', '2026-10-07T05:00'],
    ['tomorrow at 7:00 AM', '2026-10-07T05:00'],
    ['today 23:59', '2026-10-06T21:59'],
    ['Oct 20, 7:00 AM', '2026-10-20T05:00'],
    ['October 20 at 7:00 AM', '2026-10-20T05:00'],
    ['20 Oct, 07:00', '2026-10-20T05:00'],
    ['Tue, Oct 20, 7:00 AM', '2026-10-20T05:00'],
    ['Jan 31, 7:00 AM', '2027-01-31T06:00'],
    ['Jan 31, 2028, 7:00 AM', '2028-01-31T06:00'],
    // An hour ago: the page was loaded before that, and the window has ended.
    ['Oct 6, 10:18 AM', '2026-10-06T08:18'],
    ['Thu 7:00 AM (America/New_York)', '2026-10-08T11:00'],
  ])('%s', (words, expected) => {
    expect(berlin(words)).toBe(expected)
  })

  it('is parsed with a 24-hour clock and in other languages', () => {
    expect(berlin('Do., 07:00', { language: 'de' })).toBe('2026-10-08T05:00')
    expect(berlin('Donnerstag um 07:00 Uhr', { language: 'de' })).toBe('2026-10-08T05:00')
    expect(berlin('31. Jan., 07:00', { language: 'de-DE' })).toBe('2027-01-31T06:00')
    expect(berlin('31.1. 07:00', { language: 'de' })).toBe('2027-01-31T06:00')
    expect(berlin('morgen um 7:00', { language: 'de' })).toBe('2026-10-07T05:00')
    expect(berlin('jeu. 07:00', { language: 'fr' })).toBe('2026-10-08T05:00')
    expect(berlin('jeu. 7 h 00', { language: 'fr' })).toBe('2026-10-08T05:00')
    expect(berlin('31 janv. à 07:00', { language: 'fr' })).toBe('2027-01-31T06:00')
    expect(berlin('jue 7:00 a. m.', { language: 'es' })).toBe('2026-10-08T05:00')
    expect(berlin('qui., 07:00', { language: 'pt-BR' })).toBe('2026-10-08T05:00')
  })

  it('distinguishes a month and a weekday with the same name', () => {
    expect(berlin('mar. 07:00', { language: 'fr' })).toBe('2026-10-13T05:00')
    expect(berlin('3 mars 07:00', { language: 'fr' })).toBe('2027-03-03T06:00')
  })

  it('is undefined for a day without a time, an unknown word, an invalid date, and an invalid zone', () => {
    for (const words of [
      'Dec 1',
      'Thu',
      'Xyz 7:00 AM',
      'Thu 25:00',
      'Thu 13:61',
      'Feb 30, 7:00 AM',
      '12 7:00',
      'Oct 7:00 AM',
      '7:00 AM PST',
      '03/04 7:00',
      'Mon, Oct 20, 7:00 AM',
    ])
      expect(berlin(words), words).toBeUndefined()
    expect(berlin('Thu 7:00 AM', { zone: 'Mars/Olympus' })).toBeUndefined()
    expect(berlin('Do. 07:00', { language: 'not a language' })).toBeUndefined()
  })

  it("uses the page's time zone", () => {
    expect(berlin('Thu 7:00 AM', { zone: 'America/Los_Angeles' })).toBe('2026-10-08T14:00')
    expect(berlin('Thu 7:00 AM', { zone: 'Asia/Kolkata' })).toBe('2026-10-08T01:30')
    // It is already Wednesday there.
    expect(berlin('Wed 7:00 AM', { zone: 'Pacific/Kiritimati', now: at('2026-10-06T15:00Z') })).toBe('2026-10-06T17:00')
  })

  it('follows clock changes', () => {
    const saturday = at('2026-10-24T10:00Z')
    expect(berlin('Sat 11:00 AM', { now: saturday })).toBe('2026-10-31T10:00')
    expect(berlin('Mon 7:00 AM', { now: saturday })).toBe('2026-10-26T06:00')
    // 2:30 occurs twice that night: the first one.
    expect(berlin('Sun 2:30 AM', { now: saturday })).toBe('2026-10-25T00:30')
    // 2:30 does not exist that night: an hour later by the clock.
    expect(berlin('Sun 2:30 AM', { now: at('2027-03-27T10:00Z') })).toBe('2027-03-28T01:30')
    // A duration is not affected.
    expect(berlin('24 hr', { now: saturday, relative: true })).toBe('2026-10-25T10:00')
  })

  it('follows the change of the year', () => {
    const sylvester = at('2026-12-31T20:00Z')
    expect(berlin('Jan 3, 7:00 AM', { now: sylvester })).toBe('2027-01-03T06:00')
    expect(berlin('Fri 7:00 AM', { now: sylvester })).toBe('2027-01-01T06:00')
    expect(berlin('Dec 31, 7:00 PM', { now: at('2026-12-31T23:30Z') })).toBe('2026-12-31T18:00')
    expect(berlin('Feb 29, 7:00 AM', { now: at('2027-12-31T20:00Z') })).toBe('2028-02-29T06:00')
  })
})
