import { expect, it } from 'vitest'
import { groupWaitOf } from './group-wait.ts'

const waiting = { kind: 'session_waiting', what: 'opened' } as const

it('a session that waits for a person is reported after a second, and those that follow it come together', () => {
  expect(groupWaitOf(waiting, 10_000, undefined, 50_000)).toBe(1_000)
  expect(groupWaitOf(waiting, 10_000, 45_000, 50_000)).toBe(10_000)
  expect(groupWaitOf(waiting, 10_000, 30_000, 50_000)).toBe(1_000)
})

it('a shorter setting holds, and so does the usual time for all else', () => {
  expect(groupWaitOf(waiting, 200, undefined, 50_000)).toBe(200)
  expect(groupWaitOf({ kind: 'session_failed', what: 'opened' }, 10_000, undefined, 50_000)).toBe(10_000)
  expect(groupWaitOf({ kind: 'session_waiting', what: 'closed' }, 10_000, undefined, 50_000)).toBe(10_000)
})

it('a clock that was set back keeps no message in the past from being prompt', () => {
  expect(groupWaitOf(waiting, 10_000, 9_000_000, 50_000)).toBe(1_000)
})
