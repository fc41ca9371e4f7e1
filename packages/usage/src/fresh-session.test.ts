import { expect, test } from 'vitest'
import { freshSession, measuredWindow, STALE_MS } from './fresh-session.ts'

const read = Date.parse('2026-10-06T09:00:00.000Z')
const resetsAt = Date.parse('2026-10-06T12:40:17.000Z')
const iso = (ms: number) => new Date(ms).toISOString()
const reading = { lastUpdated: iso(read), currentSession: { percentageUsed: 47, resetsAt: iso(resetsAt) } }

test('it is known for ten minutes after it was read, and then no longer', () => {
  expect(freshSession(reading, read + STALE_MS)).toEqual({ percentage: 47, resetsAt })
  expect(freshSession(reading, read + STALE_MS + 1)).toBeUndefined()
})

test('its age is that of the reading that speaks of it', () => {
  const merged = { ...reading, currentSession: { ...reading.currentSession, asOf: iso(read - STALE_MS) } }
  expect(freshSession(merged, read)).toMatchObject({ resetsAt })
  expect(freshSession(merged, read + 1)).toBeUndefined()
})

test('it is not known once its window is over, or where the reading does not speak of it', () => {
  const short = { ...reading, currentSession: { percentageUsed: 99, resetsAt: iso(read + 60_000) } }
  expect(freshSession(short, read + 59_999)).toMatchObject({ percentage: 99 })
  expect(freshSession(short, read + 60_000)).toBeUndefined()
  expect(freshSession({ lastUpdated: iso(read) }, read)).toBeUndefined()
})

test('a window is measured while it is open and has an end that is an instant', () => {
  const windowOf = (session: object) =>
    measuredWindow(freshSession({ ...reading, currentSession: { percentageUsed: 0, ...session } }, read)!)
  expect(windowOf({ resetsAt: iso(resetsAt) })).toEqual({ resetsAt })
  expect(windowOf({ resetsIn: '3 hr 40 min' })).toBeUndefined()
  expect(windowOf({ idle: true })).toBeUndefined()
  expect(windowOf({ idle: true, resetsAt: iso(resetsAt) })).toBeUndefined()
})
