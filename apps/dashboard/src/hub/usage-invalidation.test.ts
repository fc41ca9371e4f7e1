import { expect, test } from 'vitest'
import { keys } from './query-key.ts'
import { dependsOnLimits, isUsageAffected } from './usage-invalidation.ts'

const change = { machine_id: 'atlas', accepted: 1, improved: 0, since: '2026-11-09T14:00:00.000Z', until: '2026-11-09T14:05:00.000Z' }

test("a call of today does not affect last month's report", () => {
  expect(isUsageAffected(keys.usageReport({ group: 'day', since: '2026-10-01', until: '2026-10-31' }), change)).toBe(false)
})

test('a report with an open end and the summary are always affected', () => {
  expect(isUsageAffected(keys.usageReport({ group: 'day', since: '2026-10-01' }), change)).toBe(true)
  expect(isUsageAffected(keys.usageReport({}), change)).toBe(true)
  expect(isUsageAffected(keys.usageSummary({}), change)).toBe(true)
})

test('a day is affected in every time zone', () => {
  expect(isUsageAffected(keys.usageReport({ until: '2026-11-08' }), { ...change, since: '2026-11-09T06:00:00.000Z' })).toBe(true)
  expect(isUsageAffected(keys.usageReport({ since: '2026-11-10' }), change)).toBe(true)
})

test('a report of another machine is affected only when a record may have been improved', () => {
  const key = keys.usageReport({ machine_id: 'boreas' })
  expect(isUsageAffected(key, change)).toBe(false)
  expect(isUsageAffected(key, { ...change, improved: 1 })).toBe(true)
  expect(isUsageAffected(keys.usageReport({ machine_id: 'atlas' }), change)).toBe(true)
})

test('queries about other nouns are never affected', () => {
  expect(isUsageAffected(keys.whoAmI, change)).toBe(false)
})

test('a snapshot of the plan affects blocks and the summary, and no other report', () => {
  expect(dependsOnLimits(keys.usageReport({ group: 'block', since: '2026-11-08' }))).toBe(true)
  expect(dependsOnLimits(keys.usageSummary({}))).toBe(true)
  expect(dependsOnLimits(keys.usageReport({ group: 'day', split: 'person' }))).toBe(true)
  expect(dependsOnLimits(keys.usageReport({ group: 'day', person: 'Anna' }))).toBe(true)
  expect(dependsOnLimits(keys.usageReport({ group: 'day' }))).toBe(false)
  expect(dependsOnLimits(keys.usageReport({}))).toBe(false)
  expect(dependsOnLimits(keys.currentLimits(undefined))).toBe(false)
})
