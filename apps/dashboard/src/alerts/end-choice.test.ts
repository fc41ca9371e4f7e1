import { expect, test } from 'vitest'
import { toEnd } from './end-choice.ts'

const now = new Date(2026, 9, 6, 22, 30).getTime()

test('a snooze has always an end that is to come', () => {
  expect(toEnd('1h', '', now)).toEqual({ for_ms: 3_600_000 })
  expect(toEnd('tomorrow', '', now)).toEqual({ until: new Date(2026, 9, 7, 8).toISOString() })
  expect(toEnd('at', '2026-10-07T09:15', now)).toEqual({ until: new Date(2026, 9, 7, 9, 15).toISOString() })
  expect(toEnd('at', '2026-10-06T09:15', now)).toBeUndefined()
  expect(toEnd('at', '', now)).toBeUndefined()
})
