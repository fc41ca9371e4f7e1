import { expect, test } from 'vitest'
import { toSnoozeEnd } from './snooze-end.ts'

const now = new Date(2026, 9, 6, 22, 30).getTime()

test('a snooze has always an end that is to come', () => {
  expect(toSnoozeEnd('1h', '', now)).toEqual({ for_ms: 3_600_000 })
  expect(toSnoozeEnd('tomorrow', '', now)).toEqual({ until: new Date(2026, 9, 7, 8).toISOString() })
  expect(toSnoozeEnd('at', '2026-10-07T09:15', now)).toEqual({ until: new Date(2026, 9, 7, 9, 15).toISOString() })
  expect(toSnoozeEnd('at', '2026-10-06T09:15', now)).toBeUndefined()
  expect(toSnoozeEnd('at', '', now)).toBeUndefined()
})
