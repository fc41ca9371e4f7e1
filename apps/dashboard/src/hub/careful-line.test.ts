import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type CarefulLine, createCarefulLine } from './careful-line.ts'

const broken = new Error('no connection')
const missing = new Error('there is none')

let line: CarefulLine
let asked: number

beforeEach(() => {
  vi.useFakeTimers()
  asked = 0
  line = createCarefulLine({
    passing: (error) => error === broken,
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

const ask = (answer: () => unknown, signal = new AbortController().signal) =>
  line.ask(async () => {
    asked++
    return answer()
  }, signal)
const fails = () => {
  throw broken
}

/** One question, and all the time it takes. */
async function askAndWait(answer: () => unknown): Promise<unknown> {
  const outcome = ask(answer).catch((error) => error)
  await vi.advanceTimersByTimeAsync(4_100)
  return outcome
}

test('a failure of the way is tried twice more, two seconds apart, and the line says so meanwhile', async () => {
  const outcome = ask(fails).catch((error) => error)
  await vi.advanceTimersByTimeAsync(10)
  expect([asked, line.state()]).toEqual([1, { phase: 'retrying', failure: broken }])
  await vi.advanceTimersByTimeAsync(1_900)
  expect(asked).toBe(1)
  await vi.advanceTimersByTimeAsync(200)
  expect([asked, line.state().phase]).toEqual([2, 'retrying'])
  await vi.advanceTimersByTimeAsync(2_100)
  expect([asked, line.state()]).toEqual([3, { phase: 'calm', failure: broken }])
  expect(await outcome).toBe(broken)
})

test('a try that succeeds ends the trouble', async () => {
  const outcome = ask(() => (asked < 2 ? fails() : 'reading'))
  await vi.advanceTimersByTimeAsync(2_100)
  expect(await outcome).toBe('reading')
  expect([asked, line.state()]).toEqual([2, { phase: 'calm' }])
})

test('what trying again does not help is asked once', async () => {
  expect(await askAndWait(() => Promise.reject(missing))).toBe(missing)
  expect([asked, line.state()]).toEqual([1, { phase: 'calm', failure: missing }])
})

test('after three questions in vain nothing is asked for a minute, then one try decides', async () => {
  for (let round = 0; round < 3; round++) await askAndWait(fails)
  const { phase, trialAt = 0 } = line.state()
  expect([asked, phase]).toEqual([9, 'open'])
  expect(trialAt - performance.now()).toBeGreaterThan(59_000)
  await askAndWait(fails)
  expect(asked).toBe(9)

  await vi.advanceTimersByTimeAsync(57_000)
  await askAndWait(fails)
  expect([asked, line.state().phase]).toEqual([10, 'open'])
  expect((line.state().trialAt ?? 0) - performance.now()).toBeGreaterThan(55_000)

  await vi.advanceTimersByTimeAsync(61_000)
  expect(await askAndWait(() => 'reading')).toBe('reading')
  expect([asked, line.state()]).toEqual([11, { phase: 'calm' }])
})

test('a question that a person wants goes through an open line, and closes it when there is an answer', async () => {
  for (let round = 0; round < 3; round++) await askAndWait(fails)
  line.letPast()
  await askAndWait(fails)
  expect([asked, line.state().phase]).toEqual([12, 'open'])
  await askAndWait(fails)
  expect(asked).toBe(12)
  line.letPast()
  expect(await askAndWait(() => 'reading')).toBe('reading')
  expect(line.state()).toEqual({ phase: 'calm' })
  await askAndWait(fails)
  expect([asked, line.state().phase]).toEqual([16, 'calm'])
})

test('a question that nobody waits for any more is no failure, and not tried again', async () => {
  const leaving = new AbortController()
  const outcome = ask(fails, leaving.signal).catch((error) => error)
  await vi.advanceTimersByTimeAsync(500)
  leaving.abort(new Error('left'))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await outcome).toBe(leaving.signal.reason)
  expect(asked).toBe(1)
})

test('a wanted question that is given up for a newer one hands its right on', async () => {
  for (let round = 0; round < 3; round++) await askAndWait(fails)
  line.letPast()
  const leaving = new AbortController()
  const given = line.ask(() => new Promise((_, reject) => leaving.signal.addEventListener('abort', () => reject(broken))), leaving.signal)
  const settled = given.catch(() => {})
  leaving.abort()
  expect(await askAndWait(() => 'reading')).toBe('reading')
  await settled
  expect(line.state()).toEqual({ phase: 'calm' })
})
