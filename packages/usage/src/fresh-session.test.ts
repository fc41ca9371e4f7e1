import { expect, test } from 'vitest'
import { freshSession, measuredWindow, STALE_MS } from './fresh-session.ts'

const capturedAt = Date.parse('2026-10-06T09:00:00.000Z')
const resetsAt = Date.parse('2026-10-06T12:40:17.000Z')
const iso = (ms: number) => new Date(ms).toISOString()
const limits = { lastUpdated: iso(capturedAt), currentSession: { percentageUsed: 47, resetsAt: iso(resetsAt) } }

test('a five-hour window is fresh for ten minutes after its capture', () => {
  expect(freshSession(limits, capturedAt + STALE_MS)).toEqual({ percentage: 47, resetsAt })
  expect(freshSession(limits, capturedAt + STALE_MS + 1)).toBeUndefined()
})

test('its age is counted from asOf', () => {
  const merged = { ...limits, currentSession: { ...limits.currentSession, asOf: iso(capturedAt - STALE_MS) } }
  expect(freshSession(merged, capturedAt)).toMatchObject({ resetsAt })
  expect(freshSession(merged, capturedAt + 1)).toBeUndefined()
})

test('it is undefined after the window has ended, and when the limits do not have it', () => {
  const short = { ...limits, currentSession: { percentageUsed: 99, resetsAt: iso(capturedAt + 60_000) } }
  expect(freshSession(short, capturedAt + 59_999)).toMatchObject({ percentage: 99 })
  expect(freshSession(short, capturedAt + 60_000)).toBeUndefined()
  expect(freshSession({ lastUpdated: iso(capturedAt) }, capturedAt)).toBeUndefined()
})

test('a window is measured while it is open and its end is known as an instant', () => {
  const windowOf = (session: object) =>
    measuredWindow(freshSession({ ...limits, currentSession: { percentageUsed: 0, ...session } }, capturedAt)!)
  expect(windowOf({ resetsAt: iso(resetsAt) })).toEqual({ resetsAt })
  expect(windowOf({ resetsIn: '3 hr 40 min' })).toBeUndefined()
  expect(windowOf({ idle: true })).toBeUndefined()
  expect(windowOf({ idle: true, resetsAt: iso(resetsAt) })).toBeUndefined()
})
