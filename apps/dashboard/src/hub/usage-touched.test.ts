import { expect, test } from 'vitest'
import { keys } from './query-key.ts'
import { hangsOnPlan, touches } from './usage-touched.ts'

const change = { machine_id: 'atlas', accepted: 1, improved: 0, since: '2026-11-09T14:00:00.000Z', until: '2026-11-09T14:05:00.000Z' }

test('a report of last month is left alone by a call of today', () => {
  expect(touches(keys.usageReport({ group: 'day', since: '2026-10-01', until: '2026-10-31' }), change)).toBe(false)
})

test('a report with an open end, and the summary, are touched by whatever happens', () => {
  expect(touches(keys.usageReport({ group: 'day', since: '2026-10-01' }), change)).toBe(true)
  expect(touches(keys.usageReport({}), change)).toBe(true)
  expect(touches(keys.usageSummary({}), change)).toBe(true)
})

test('a day counts as touched in every zone of the earth', () => {
  expect(touches(keys.usageReport({ until: '2026-11-08' }), { ...change, since: '2026-11-09T06:00:00.000Z' })).toBe(true)
  expect(touches(keys.usageReport({ since: '2026-11-10' }), change)).toBe(true)
})

test('another machine is not touched, unless a record of it may have been bettered', () => {
  const key = keys.usageReport({ machine_id: 'boreas' })
  expect(touches(key, change)).toBe(false)
  expect(touches(key, { ...change, improved: 1 })).toBe(true)
  expect(touches(keys.usageReport({ machine_id: 'atlas' }), change)).toBe(true)
})

test('what is not about usage is never touched', () => {
  expect(touches(keys.whoAmI, change)).toBe(false)
})

test('a reading of the plan touches blocks and the summary, and no other report', () => {
  expect(hangsOnPlan(keys.usageReport({ group: 'block', since: '2026-11-08' }))).toBe(true)
  expect(hangsOnPlan(keys.usageSummary({}))).toBe(true)
  expect(hangsOnPlan(keys.usageReport({ group: 'day' }))).toBe(false)
  expect(hangsOnPlan(keys.usageReport({}))).toBe(false)
  expect(hangsOnPlan(keys.currentLimits)).toBe(false)
})
