import type { LimitReading } from '@signalbox/contract/limits'
import { expect, test } from 'vitest'
import { readingId, versionFile } from './version-file.ts'

const reading: LimitReading = {
  lastUpdated: '2026-10-06T11:18:07.912+02:00',
  currentSession: { resetsIn: '2 hr 42 min', percentageUsed: 47 },
}
const nameOf = (one: LimitReading) => versionFile(Date.parse(one.lastUpdated), readingId(one))

test('the file of a version is named for when it was read, in UTC, and what it says', () => {
  expect(nameOf(reading)).toMatch(/^2026-10-06T09-18-07-[0-9a-f]{8}\.json$/)
  expect(nameOf({ currentSession: { percentageUsed: 47, resetsIn: '2 hr 42 min' }, lastUpdated: reading.lastUpdated })).toBe(
    nameOf(reading),
  )
})

test('what was read in one second of two accounts, or differs, has two names', () => {
  const window = { resetsIn: '2 hr 42 min', percentageUsed: 48 }
  const names = [reading, { ...reading, account: 'a' }, { ...reading, account: 'b' }, { ...reading, currentSession: window }].map(nameOf)
  expect(new Set(names).size).toBe(4)
})
