import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SourceReport } from '../source.ts'
import { ConsoleError, type ConsoleErrorCategory } from './console-error.ts'
import { ConsoleSchedule } from './schedule.ts'

const start = Date.parse('2026-10-06T09:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Outcome = 'ok' | ConsoleErrorCategory | 'busy' | 'locked'

const snapshot = (capturedAt: number): LimitSnapshot => ({
  capturedAt,
  receivedAt: capturedAt,
  windows: [{ kind: 'session', label: '5-hour limit', percentUsed: 1, resetsText: '1 hr', state: 'known' }],
  isPartial: false,
})

/** A schedule with a clock that the test moves; each snapshot takes three seconds and ends with `outcome`. */
function staged({ profile = true, random = 0.5, outcome = 'ok' as Outcome } = {}) {
  /** The time of timers; the wall clock may be set, and goes on while the machine sleeps. */
  let passed = 0
  let wall = start
  const now = () => wall + passed
  let waiting: { until: number; wake: () => void }[] = []
  const stop = new AbortController()
  const stage = {
    outcome,
    profile,
    lastSignIn: 'first' as string | undefined,
    random,
    /** Seconds since the start at which snapshots began. */
    reads: [] as number[],
    inProgress: 0,
    maxInProgress: 0,
    put: [] as LimitSnapshot[],
    reports: [] as SourceReport[],
    get last() {
      return stage.reports.at(-1)
    },
    /** Moves the time, and ends the waits that are due in their order. */
    async pass(ms: number) {
      const end = passed + ms
      for (;;) {
        await settle()
        const [next] = waiting.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)
        if (next === undefined) break
        passed = Math.max(passed, next.until)
        waiting = waiting.filter((one) => one !== next)
        next.wake()
      }
      passed = end
      await settle()
    },
    /** Moves the wall clock as after a sleep of the machine: timers are late. */
    async sleep(ms: number) {
      wall += ms
      await stage.pass(0)
    },
    set(to: number) {
      wall = to - passed
    },
    stop: () => stop.abort(),
    schedule: undefined as unknown as ConsoleSchedule,
    ended: undefined as unknown as Promise<void>,
  }
  const clock = {
    now,
    random: () => stage.random,
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const stopped = () => reject(signal.reason)
        const wake = () => {
          signal.removeEventListener('abort', stopped)
          resolve()
        }
        waiting.push({ until: passed + ms, wake })
        signal.addEventListener('abort', stopped, { once: true })
      }),
  }
  stage.schedule = new ConsoleSchedule({
    clock,
    async takeSnapshot(signal) {
      stage.reads.push(Math.round((now() - start) / 1000))
      stage.inProgress++
      stage.maxInProgress = Math.max(stage.maxInProgress, stage.inProgress)
      const { outcome } = stage
      try {
        await clock.wait(3_000, signal)
      } finally {
        stage.inProgress--
      }
      if (outcome === 'ok') return snapshot(now())
      if (outcome === 'busy' || outcome === 'locked')
        throw new ConsoleError({ category: 'CONTEXT_CORRUPTED', message: `it is ${outcome}.`, reason: outcome })
      throw new ConsoleError({ category: outcome, message: 'it failed.', suggestion: 'Do this.' })
    },
    put: (one) => void stage.put.push(one),
    report: (one) => void stage.reports.push(one),
    hasProfile: () => stage.profile,
    lastSignIn: () => stage.lastSignIn,
  })
  stage.ended = stage.schedule.run(stop.signal)
  onTestFinished(() => stop.abort())
  return stage
}

async function settle() {
  for (let turns = 0; turns < 30; turns++) await Promise.resolve()
}

/** Seconds between the starts of snapshots. */
const gaps = (reads: readonly number[]) => reads.slice(1).map((at, index) => at - (reads[index] ?? 0))

describe('the schedule of the usage page', () => {
  it('takes a snapshot every five minutes, up to a minute earlier or later, and reports when the next is due', async () => {
    const stage = staged()
    await stage.pass(HOUR)
    expect(stage.reads[0]).toBe(0)
    for (const gap of gaps(stage.reads)) expect(gap).toBeCloseTo(303, -1)
    expect(stage.put).toHaveLength(stage.reads.length)
    expect(stage.last).toMatchObject({ state: 'ok', did: 'read 1 windows' })
    expect(stage.last?.nextAttemptAt).toBeGreaterThan(start + HOUR - 10_000)
    const [early, late] = [staged({ random: 0 }), staged({ random: 0.999 })]
    await early.pass(HOUR)
    await late.pass(HOUR)
    for (const gap of gaps(early.reads)) expect(gap).toBeGreaterThanOrEqual(240)
    expect(early.reads.length).toBeGreaterThanOrEqual(14)
    for (const gap of gaps(late.reads)) expect(gap).toBeLessThanOrEqual(370)
    expect(late.reads.length).toBeLessThanOrEqual(11)
  })

  it.each(['NETWORK_ERROR', 'UNKNOWN', 'locked'] as const)(
    'retries %s after 30 s, doubled each time, up to five times',
    async (outcome) => {
      const stage = staged({ random: 0, outcome })
      await stage.pass(25 * MINUTE)
      // Each snapshot takes 3 s; after the fifth retry the regular interval follows, and an open breaker makes it 60 s at least.
      expect(gaps(stage.reads)).toEqual([33, 63, 123, 243, 303, 243, 63, 63, 123, 243].slice(0, stage.reads.length - 1))
      expect(stage.reads.length).toBeGreaterThan(8)
      expect(stage.last).toMatchObject({ state: 'failing', error: { category: outcome === 'locked' ? 'CONTEXT_CORRUPTED' : outcome } })
    },
  )

  it('adds up to ten seconds of jitter to each delay', async () => {
    const stage = staged({ random: 0.9, outcome: 'NETWORK_ERROR' })
    await stage.pass(4 * MINUTE)
    expect(gaps(stage.reads)).toEqual([42, 72])
  })

  it('restarts its backoff after a success', async () => {
    const stage = staged({ random: 0, outcome: 'NETWORK_ERROR' })
    await stage.pass(40_000)
    stage.outcome = 'ok'
    await stage.pass(80_000)
    expect(stage.last?.state).toBe('ok')
    stage.outcome = 'NETWORK_ERROR'
    await stage.pass(6 * MINUTE)
    expect(gaps(stage.reads)).toEqual([33, 63, 243, 33, 63])
  })

  it('opens its circuit breaker for a minute after three failures in a row, also for requests; two successes close it', async () => {
    const stage = staged({ random: 0, outcome: 'NETWORK_ERROR' })
    // The third failure is at 96 s + 3 s.
    await stage.pass(100_000)
    expect(stage.reads).toEqual([0, 33, 96])
    const refused = await stage.schedule.readNow()
    expect(refused).toEqual({
      ok: false,
      message: 'It failed. Do this. It failed several times in a row; the next attempt is possible in 59 s.',
    })
    expect(stage.reads).toHaveLength(3)
    await stage.pass(60_000)
    // One failure is enough to open it again.
    const tried = stage.schedule.readNow()
    await stage.pass(3_000)
    expect(await tried).toMatchObject({ ok: false, message: 'It failed. Do this.' })
    expect((await stage.schedule.readNow()).message).toContain('several times in a row')
    await stage.pass(60_000)
    stage.outcome = 'ok'
    for (const _ of [1, 2]) {
      const good = stage.schedule.readNow()
      await stage.pass(3_000)
      expect(await good).toEqual({ ok: true })
    }
    // Closed: it takes three failures again.
    stage.outcome = 'NETWORK_ERROR'
    for (const _ of [1, 2]) {
      const bad = stage.schedule.readNow()
      await stage.pass(3_000)
      await bad
    }
    const again = stage.schedule.readNow()
    expect(stage.inProgress).toBe(1)
    await stage.pass(3_000)
    await again
  })

  it('opens its circuit breaker again when the second of two trials fails', async () => {
    const stage = staged({ random: 0, outcome: 'NETWORK_ERROR' })
    await stage.pass(160_000)
    for (const outcome of ['ok', 'NETWORK_ERROR'] as const) {
      stage.outcome = outcome
      const tried = stage.schedule.readNow()
      await stage.pass(3_000)
      await tried
    }
    expect((await stage.schedule.readNow()).message).toContain('several times in a row')
  })

  it.each(['SESSION_EXPIRED', 'CONTEXT_CORRUPTED'] as const)(
    'reports needs_login after %s, and checks again every hour',
    async (outcome) => {
      const stage = staged({ outcome })
      await stage.pass(10_000)
      expect(stage.last).toEqual({
        state: 'needs_login',
        did: 'could not read the page',
        next: 'reads after `signalbox web login`; checks again every hour',
        nextAttemptAt: start + 3_000 + HOUR,
        error: { category: outcome, message: 'It failed. Do this.' },
      })
      await stage.pass(5 * HOUR)
      expect(gaps(stage.reads)).toEqual([3603, 3603, 3603, 3603])
    },
  )

  it('takes a snapshot within seconds of a sign-in, whatever failed before', async () => {
    const stage = staged({ outcome: 'SESSION_EXPIRED' })
    await stage.pass(20 * MINUTE)
    stage.outcome = 'ok'
    stage.lastSignIn = 'second'
    await stage.pass(9_000)
    expect(stage.reads).toHaveLength(2)
    expect(stage.last?.state).toBe('ok')
    // An open breaker is reset too.
    stage.outcome = 'NETWORK_ERROR'
    for (let attempt = 0; attempt < 3; attempt++) {
      const bad = stage.schedule.readNow()
      await stage.pass(3_000)
      await bad
    }
    stage.outcome = 'ok'
    stage.lastSignIn = 'third'
    await stage.pass(9_000)
    expect(stage.last?.state).toBe('ok')
  })

  it('retries a changed page every half hour', async () => {
    const stage = staged({ outcome: 'PAGE_CHANGED' })
    await stage.pass(2 * HOUR)
    expect(gaps(stage.reads)).toEqual([1803, 1803, 1803])
    expect(stage.last).toMatchObject({ state: 'failing', error: { category: 'PAGE_CHANGED' } })
  })

  it('waits during a sign-in, counts no failure, and takes a snapshot afterwards', async () => {
    const stage = staged({ outcome: 'busy' })
    await stage.pass(3 * MINUTE)
    expect(stage.reports.every(({ state, error }) => state === 'waiting' && error === undefined)).toBe(true)
    stage.outcome = 'ok'
    await stage.pass(25_000)
    expect(stage.last?.state).toBe('ok')
  })

  it('does nothing without a profile, and starts after the sign-in', async () => {
    const stage = staged({ profile: false })
    await stage.pass(3 * HOUR)
    expect(stage.reads).toEqual([])
    expect(stage.reports).toEqual([{ state: 'waiting', did: 'not signed in yet', next: 'reads after `signalbox web login`' }])
    expect(await stage.schedule.readNow()).toEqual({ ok: false, message: 'Not signed in yet. Run: signalbox web login' })
    stage.profile = true
    await stage.pass(9_000)
    expect(stage.reads).toHaveLength(1)
    stage.profile = false
    await stage.pass(HOUR)
    expect(stage.reads).toHaveLength(1)
    expect(stage.last?.state).toBe('waiting')
  })

  it('takes one snapshot after nine hours of sleep, and then goes on at its interval', async () => {
    for (const outcome of ['ok', 'NETWORK_ERROR'] as const) {
      const stage = staged({ random: 0, outcome })
      await stage.pass(10_000)
      const before = stage.reads.length
      await stage.sleep(9 * HOUR)
      await stage.pass(10_000)
      expect(stage.reads.length - before, outcome).toBe(1)
      expect(stage.maxInProgress).toBe(1)
    }
  })

  it('keeps its interval when the clock is set back or ahead', async () => {
    const back = staged()
    await back.pass(10_000)
    back.set(start - 24 * HOUR)
    await back.pass(6 * MINUTE)
    expect(back.reads).toHaveLength(2)
    const ahead = staged()
    await ahead.pass(10_000)
    ahead.set(start + 365 * 24 * HOUR)
    await ahead.pass(30_000)
    expect(ahead.reads).toHaveLength(2)
  })

  it('takes one snapshot at a time, and shares it between concurrent requests', async () => {
    const stage = staged()
    await stage.pass(1_000)
    const asked = [stage.schedule.readNow(), stage.schedule.readNow(), stage.schedule.readNow()]
    await stage.pass(2_500)
    expect(await Promise.all(asked)).toEqual([{ ok: true }, { ok: true }, { ok: true }])
    expect(stage.reads).toHaveLength(1)
    for (let minute = 0; minute < 30; minute++) {
      void stage.schedule.readNow()
      void stage.schedule.readNow()
      await stage.pass(MINUTE)
    }
    expect(stage.maxInProgress).toBe(1)
    // A requested snapshot replaces the next regular one.
    expect(stage.reads).toHaveLength(31)
  })

  it('ends on abort, during a wait and during a snapshot', async () => {
    const reading = staged()
    await reading.pass(1_000)
    reading.stop()
    await reading.ended
    expect(reading.inProgress).toBe(0)
    expect(await reading.schedule.readNow()).toMatchObject({ ok: false })
    const waiting = staged()
    await waiting.pass(30_000)
    waiting.stop()
    await waiting.ended
  })
})
