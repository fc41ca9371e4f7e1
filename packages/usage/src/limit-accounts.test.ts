import { expect, test } from 'vitest'
import { groupByAccount } from './limit-accounts.ts'
import type { LimitSnapshot } from './limit-snapshot.ts'

const HOUR = 3_600_000
const taken = (hour: number, account?: string): LimitSnapshot => ({
  ...(account === undefined ? {} : { account }),
  capturedAt: hour * HOUR,
  receivedAt: hour * HOUR,
  windows: [],
  isPartial: false,
})
const names = (snapshots: LimitSnapshot[], only?: string) =>
  groupByAccount(snapshots, only).map((group) => group.map(({ account }) => account))

test('of one account, those that name none are its own', () => {
  expect(names([])).toEqual([])
  expect(names([taken(1), taken(2)])).toEqual([[undefined, undefined]])
  expect(names([taken(1), taken(2, 'anna')])).toEqual([[undefined, 'anna']])
  expect(names([taken(1), taken(2, 'anna')], 'anna')).toEqual([[undefined, 'anna']])
  expect(names([taken(1), taken(2, 'anna')], 'ben')).toEqual([])
})

test('accounts that are used side by side keep their places, whichever was captured last', () => {
  expect(names([taken(10, 'ben'), taken(8, 'anna'), taken(9)])).toEqual([['anna'], ['ben']])
  expect(names([taken(8, 'ben'), taken(10, 'anna'), taken(9, 'ben')])).toEqual([['anna'], ['ben', 'ben']])
})

test('an account that another one has replaced is shown only when it is named', () => {
  expect(names([taken(10, 'ben'), taken(4, 'anna')])).toEqual([['ben']])
  expect(names([taken(10, 'ben'), taken(4, 'anna')], 'anna')).toEqual([['anna']])
})
