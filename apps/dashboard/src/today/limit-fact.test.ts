import { expect, test } from 'vitest'
import type { CurrentLimits } from '../hub/answer.ts'
import { fullestOf, limitName } from './limit-fact.ts'

const now = Date.parse('2026-11-09T12:00:00.000Z')
const resetsAt = '2026-11-09T14:00:00.000Z'
const plan = (fields: Partial<CurrentLimits>): CurrentLimits => ({ lastUpdated: '2026-11-09T11:59:00.000Z', ...fields }) as CurrentLimits

test('the fullest window of all plans is named, with its reset and of several accounts whose it is', () => {
  const one = plan({ currentSession: { percentageUsed: 47, resetsAt }, weeklyLimits: { allModels: { percentageUsed: 20, resetsAt } } })
  expect(fullestOf([one], now)).toMatchObject({ label: '5-hour limit', percent: 47, resetsInMs: 7_200_000, account: undefined })
  const other = plan({ account: 'acc', accountName: 'Work', weeklyLimits: { allModels: { percentageUsed: 103, resetsAt } } })
  expect(fullestOf([one, other], now)).toMatchObject({ label: 'Weekly limit', percent: 103, account: 'Work' })
})

test('a window that is over says nothing any more', () => {
  expect(fullestOf([plan({ currentSession: { percentageUsed: 99, resetsAt: '2026-11-09T11:00:00.000Z' } })], now)).toBeUndefined()
  expect(fullestOf([], now)).toBeUndefined()
})

test('a window has a name inside a sentence', () => {
  expect([limitName('5-hour limit'), limitName('Weekly limit · Fable')]).toEqual(['5-hour limit', 'weekly limit for Fable'])
})
