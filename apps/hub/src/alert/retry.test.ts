import { expect, it } from 'vitest'
import { filled, freeAt, taken } from './bucket.ts'
import { mayBeRepeat, retryWait } from './retry.ts'

it('waits longer after each failure, and then ten minutes', () => {
  const waits = Array.from({ length: 8 }, (_, n) => retryWait(n + 1, undefined, 0.5) / 1000)
  expect(waits).toEqual([5, 15, 45, 120, 300, 600, 600, 600])
  expect([retryWait(1, undefined, 0), retryWait(1, undefined, 1)]).toEqual([4_000, 6_000])
})

it('waits as long as the peer asks for, but not for days', () => {
  expect([retryWait(1, 60_000, 0.5), retryWait(6, 60_000, 0.5), retryWait(1, 10 ** 9, 0.5)]).toEqual([60_000, 600_000, 3_600_000])
})

it('a repeat is marked where the peer cannot know it', () => {
  const attempts = [{ started_at: 0, outcome: 'unknown' as const }]
  expect(mayBeRepeat('slack', 'marked', attempts, 1)).toBe(true)
  expect(mayBeRepeat('slack', 'marked', [{ started_at: 0, outcome: 'failed' }], 1)).toBe(false)
  expect(mayBeRepeat('webhook', 'same', attempts, 10 ** 9)).toBe(false)
  expect([mayBeRepeat('matrix', 'same', attempts, 60_000), mayBeRepeat('matrix', 'same', attempts, 3_600_000)]).toEqual([false, true])
})

it('a bucket lets so many through at once, and one more each so many milliseconds', () => {
  const rate = { burst: 2, per_ms: 1_000 }
  let bucket = taken(taken(undefined, rate, 0), rate, 0)
  expect(freeAt(bucket, rate, 0)).toBe(1_000)
  expect(freeAt(bucket, rate, 400)).toBe(1_000)
  expect(freeAt(bucket, rate, 1_000)).toBe(1_000)
  bucket = taken(bucket, rate, 1_000)
  expect(filled(bucket, rate, 100_000).tokens).toBe(2)
  // The clock was set back.
  expect(freeAt(bucket, rate, -5_000)).toBe(-4_000)
})
