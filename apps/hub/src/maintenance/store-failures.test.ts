import { expect, test } from 'vitest'
import { StoreFailures } from './store-failures.ts'

const failure = (apiCode: 'STORAGE_READ_FAILED' | 'STORAGE_WRITE_FAILED') => ({ code: 'database_error', apiCode }) as const

test('ten failures in a minute are a problem, which ends ten seconds after the last; the counts stay for the minute', () => {
  let now = 1_000_000
  const failures = new StoreFailures({ monotonic: () => now })
  for (let count = 0; count < 9; count++) failures.note(failure('STORAGE_READ_FAILED'))
  expect(failures.problem).toBeUndefined()
  now += 20_000
  failures.note(failure('STORAGE_WRITE_FAILED'))
  expect(failures.problem).toBe('The hub database failed 9 reads and 1 writes in the last minute')
  now += 9_000
  expect(failures.problem).toBeDefined()
  now += 1_000
  expect([failures.problem, failures.lastMinute]).toEqual([undefined, { read: 9, write: 1 }])
  now += 30_000
  expect(failures.lastMinute).toEqual({ read: 0, write: 1 })
})

test('an outage of the store and refused requests are no failures of it', () => {
  const failures = new StoreFailures({ monotonic: () => 0 })
  for (let count = 0; count < 20; count++) failures.note({ code: 'unavailable', apiCode: undefined })
  for (let count = 0; count < 20; count++) failures.note({ code: 'conflict', apiCode: undefined })
  expect([failures.problem, failures.lastMinute]).toEqual([undefined, { read: 0, write: 0 }])
})
