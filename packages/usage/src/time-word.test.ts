import { describe, expect, it } from 'vitest'
import { readTimeWord } from './time-word.ts'
import { parseSince, parseUntil, TimeError } from './zone.ts'

// A Tuesday, half past one at night in Berlin, where it is still Monday in UTC.
const now = Date.parse('2026-10-05T23:30:45.000Z')
const berlin = 'Europe/Berlin'

describe('a word of time', () => {
  it.each([
    ['today', '2026-10-06', '2026-10-06'],
    ['Today', '2026-10-06', '2026-10-06'],
    ['yesterday', '2026-10-05', '2026-10-05'],
    ['tuesday', '2026-10-06', '2026-10-06'],
    ['monday', '2026-10-05', '2026-10-05'],
    ['mon', '2026-10-05', '2026-10-05'],
    ['wednesday', '2026-09-30', '2026-09-30'],
    ['sunday', '2026-10-04', '2026-10-04'],
    ['1d', '2026-10-06', '2026-10-05'],
    ['7d', '2026-09-30', '2026-09-29'],
    ['7 days', '2026-09-30', '2026-09-29'],
    ['2w', '2026-09-23', '2026-09-22'],
    ['24h', '2026-10-04T23:30:00.000Z', '2026-10-04T23:30:00.000Z'],
    ['2026-11', '2026-11-01', '2026-11-30'],
    ['2026-12', '2026-12-01', '2026-12-31'],
    ['2028-02', '2028-02-01', '2028-02-29'],
    ['2026', '2026-01-01', '2026-12-31'],
    ['20261101', '2026-11-01', '2026-11-01'],
    ['2026-11-01', '2026-11-01', '2026-11-01'],
    ['2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'],
  ])('%s: since %s, until %s', (word, since, until) => {
    expect(readTimeWord(word, 'since', berlin, now)).toBe(since)
    expect(readTimeWord(word, 'until', berlin, now)).toBe(until)
  })

  it.each(['7d', '2w', '24h'])('%s as until ends where it begins as since', (word) => {
    const [since, until] = [readTimeWord(word, 'since', berlin, now), readTimeWord(word, 'until', berlin, now)]
    expect(parseUntil(berlin, until)).toBe(parseSince(berlin, since))
  })

  it.each(['2026-13', '2026-00', '0d', '99999d', '99999w'])('%s is no time', (word) => {
    expect(() => readTimeWord(word, 'since', berlin, now)).toThrow(TimeError)
  })

  it.each(['yesterdayish', '7x', '', 'last_7d', '2026-1'])('"%s" is no word, and stays as it is', (word) => {
    expect(readTimeWord(word, 'since', berlin, now)).toBe(word)
  })

  it('is read on the clock of the zone', () => {
    expect(readTimeWord('today', 'since', 'UTC', now)).toBe('2026-10-05')
    expect(readTimeWord('monday', 'since', 'UTC', now)).toBe('2026-10-05')
    expect(readTimeWord('3d', 'since', 'UTC', now)).toBe('2026-10-03')
  })
})
