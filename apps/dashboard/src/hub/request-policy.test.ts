import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRequestPolicy, type RequestPolicy } from './request-policy.ts'

const broken = new Error('no connection')
const missing = new Error('there is none')

let policy: RequestPolicy
let attempts: number

beforeEach(() => {
  vi.useFakeTimers()
  attempts = 0
  policy = createRequestPolicy({
    isTransient: (error) => error === broken,
    now: () => performance.now(),
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, milliseconds)
        signal.addEventListener('abort', () => {
          clearTimeout(timer)
          reject(signal.reason)
        })
      }),
  })
})

afterEach(() => vi.useRealTimers())

const send = (respond: () => unknown, signal = new AbortController().signal) =>
  policy.execute(async () => {
    attempts++
    return respond()
  }, signal)
const fails = () => {
  throw broken
}

/** Sends one request and advances the clock past all its retries. */
async function sendAndWait(respond: () => unknown): Promise<unknown> {
  const outcome = send(respond).catch((error) => error)
  await vi.advanceTimersByTimeAsync(4_100)
  return outcome
}

test('a transient failure is retried twice, two seconds apart, and the state shows it meanwhile', async () => {
  const outcome = send(fails).catch((error) => error)
  await vi.advanceTimersByTimeAsync(10)
  expect([attempts, policy.state()]).toEqual([1, { phase: 'retrying', failure: broken }])
  await vi.advanceTimersByTimeAsync(1_900)
  expect(attempts).toBe(1)
  await vi.advanceTimersByTimeAsync(200)
  expect([attempts, policy.state().phase]).toEqual([2, 'retrying'])
  await vi.advanceTimersByTimeAsync(2_100)
  expect([attempts, policy.state()]).toEqual([3, { phase: 'closed', failure: broken }])
  expect(await outcome).toBe(broken)
})

test('a successful retry clears the failure', async () => {
  const outcome = send(() => (attempts < 2 ? fails() : 'limits'))
  await vi.advanceTimersByTimeAsync(2_100)
  expect(await outcome).toBe('limits')
  expect([attempts, policy.state()]).toEqual([2, { phase: 'closed' }])
})

test('a permanent error is not retried', async () => {
  expect(await sendAndWait(() => Promise.reject(missing))).toBe(missing)
  expect([attempts, policy.state()]).toEqual([1, { phase: 'closed', failure: missing }])
})

test('three failed requests open the circuit for a minute, then one attempt decides', async () => {
  for (let round = 0; round < 3; round++) await sendAndWait(fails)
  const { phase, retryAt = 0 } = policy.state()
  expect([attempts, phase]).toEqual([9, 'open'])
  expect(retryAt - performance.now()).toBeGreaterThan(59_000)
  await sendAndWait(fails)
  expect(attempts).toBe(9)

  await vi.advanceTimersByTimeAsync(57_000)
  await sendAndWait(fails)
  expect([attempts, policy.state().phase]).toEqual([10, 'open'])
  expect((policy.state().retryAt ?? 0) - performance.now()).toBeGreaterThan(55_000)

  await vi.advanceTimersByTimeAsync(61_000)
  expect(await sendAndWait(() => 'limits')).toBe('limits')
  expect([attempts, policy.state()]).toEqual([11, { phase: 'closed' }])
})

test('a bypass passes the open circuit, and closes it when it succeeds', async () => {
  for (let round = 0; round < 3; round++) await sendAndWait(fails)
  policy.bypassOnce()
  await sendAndWait(fails)
  expect([attempts, policy.state().phase]).toEqual([12, 'open'])
  await sendAndWait(fails)
  expect(attempts).toBe(12)
  policy.bypassOnce()
  expect(await sendAndWait(() => 'limits')).toBe('limits')
  expect(policy.state()).toEqual({ phase: 'closed' })
  await sendAndWait(fails)
  expect([attempts, policy.state().phase]).toEqual([16, 'closed'])
})

test('an aborted request is no failure and is not retried', async () => {
  const leaving = new AbortController()
  const outcome = send(fails, leaving.signal).catch((error) => error)
  await vi.advanceTimersByTimeAsync(500)
  leaving.abort(new Error('left'))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await outcome).toBe(leaving.signal.reason)
  expect(attempts).toBe(1)
})

test('an aborted bypass passes to the request that replaces it', async () => {
  for (let round = 0; round < 3; round++) await sendAndWait(fails)
  policy.bypassOnce()
  const leaving = new AbortController()
  const aborted = policy.execute(
    () => new Promise((_, reject) => leaving.signal.addEventListener('abort', () => reject(broken))),
    leaving.signal,
  )
  const settled = aborted.catch(() => {})
  leaving.abort()
  expect(await sendAndWait(() => 'limits')).toBe('limits')
  await settled
  expect(policy.state()).toEqual({ phase: 'closed' })
})
