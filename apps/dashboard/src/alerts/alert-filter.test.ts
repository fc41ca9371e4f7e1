import { expect, test } from 'vitest'
import { toAlertFilter } from './alert-filter.ts'
import { readAlertSearch } from './alert-search.ts'

test('the address says which alerts are listed', () => {
  const search = readAlertSearch({ state: 'open', kind: 'session_stalled', severity: 'critical', machine: 'laptop', other: 'x' })
  expect(search).toEqual({ state: 'open', kind: 'session_stalled', severity: 'critical', machine: 'laptop' })
  expect(toAlertFilter(search)).toEqual({
    state: ['open', 'clearing'],
    kind: 'session_stalled',
    severity: 'critical',
    machine_id: 'laptop',
  })
})

test('what no alert can have is dropped', () => {
  expect(
    toAlertFilter(readAlertSearch({ state: 'asleep', kind: 'session_sleeps', severity: '', rule: 3, session: 'x'.repeat(300) })),
  ).toEqual({})
})
