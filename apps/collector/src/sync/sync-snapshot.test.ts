import { type Clock, systemClock } from '@signalbox/client'
import { expect, test } from 'vitest'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { WakeSignal } from '../wake-signal.ts'
import { toSyncCategory, toSyncFailure } from './failure.ts'
import { type TestHub, testHub } from './hub.fixture.ts'
import { snapshotsTarget } from './hub-target.ts'
import { instantClock } from './instant-clock.fixture.ts'
import { snapshotAt } from './ledger.fixture.ts'
import { type SyncAttempt, SyncMetrics } from './sync-metrics.ts'
import { SnapshotSync } from './sync-snapshot.ts'

interface Setup {
  readonly clock?: Clock
  readonly timeout?: number
  readonly key?: string | undefined
  readonly signal?: AbortSignal
}

function syncTo(url: string, { clock = instantClock(), timeout = 5_000, signal = new AbortController().signal, ...setup }: Setup = {}) {
  const attempts: SyncAttempt[] = []
  const [retryNow, attempted] = [new WakeSignal(), new WakeSignal()]
  const hub = snapshotsTarget({ url, key: 'key' in setup ? setup.key : 'sbx_key', clock, timeout })
  const sync = new SnapshotSync({
    hub,
    health: () => ({ state: 'ok', consecutiveFailures: 0 }),
    clock,
    retryNow,
    attempted: (attempt) => {
      attempts.push(attempt)
      attempted.notify()
    },
  })
  const options = { idempotencyKey: 'k', signal }
  return {
    attempts,
    retryNow,
    nextAttempt: () => attempted.wait(AbortSignal.timeout(10_000)),
    syncOnce: () => sync.syncToEC2(snapshotAt(3), options),
    syncWithRetry: () => sync.syncWithRetry(snapshotAt(3), options),
    outcomes: () => attempts.map(({ failed }) => failed ?? 'ok'),
    describe: (error: unknown) => hub.describeFailure(error),
  }
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error as Error,
  )

test('a snapshot is posted once, complete and with its key, and the version is returned', async () => {
  const hub = await testHub()
  const { syncOnce, outcomes } = syncTo(hub.snapshotsUrl)
  let headers = {}
  hub.respond = ({ request, accept }) => {
    headers = request.headers
    accept()
  }
  expect(await syncOnce()).toBe(1)
  expect(hub.snapshots).toEqual([
    {
      lastUpdated: '2026-10-01T00:03:00.000Z',
      currentSession: { percentageUsed: 3, resetsIn: '2 hr', resetsAt: '2026-10-01T02:03:00.000Z' },
      source: 'console',
      machine_id: 'laptop',
      collector: { state: 'ok', consecutiveFailures: 0 },
      idempotencyKey: 'k',
    },
  ])
  expect(hub.requests).toMatchObject([{ path: '/api/claude/console-usage' }])
  expect(headers).toMatchObject({ 'x-api-key': 'sbx_key', 'content-type': 'application/json' })
  // The key in the body is enough for the hub.
  expect(headers).not.toHaveProperty('idempotency-key')
  expect(headers).not.toHaveProperty('authorization')
  expect(outcomes()).toEqual(['ok'])
})

/** Temporary failures; without `respond` the hub is down. */
const temporary: Record<string, { category: string; respond?: TestHub['respond'] }> = {
  'is down': { category: 'NETWORK' },
  'is too slow': { category: 'NETWORK', respond: () => {} },
  'cuts the connection': { category: 'NETWORK', respond: ({ request }) => request.socket.destroy() },
  'cuts the connection after it has stored the snapshot': {
    category: 'NETWORK',
    respond: ({ request, store }) => {
      store()
      request.socket.destroy()
    },
  },
  'cuts the response': {
    category: 'NETWORK',
    respond: ({ request, response }) => {
      response.writeHead(200, { 'content-length': '500' })
      response.write('{"success": true, ')
      setTimeout(() => request.socket.destroy(), 20)
    },
  },
  'responds with 408': { category: 'NETWORK', respond: ({ fail }) => fail(408, 'too slow') },
  'responds with 429': { category: 'RATE_LIMITED', respond: ({ fail }) => fail(429, 'too fast') },
  'responds with 500': { category: 'SERVER', respond: ({ fail }) => fail(500, 'broken') },
  'responds with 503': { category: 'SERVER', respond: ({ fail }) => fail(503, 'starting') },
}

async function failingHub({ respond }: (typeof temporary)[string]) {
  const hub = await testHub()
  if (respond === undefined) await hub.down()
  else hub.respond = respond
  const recover = async () => {
    if (respond === undefined) await hub.up()
    hub.respond = undefined
  }
  return { hub, recover }
}

/** Short only for the hub that never responds. */
const timeoutFor = (what: string, short: number) => (what === 'is too slow' ? short : 10_000)

for (const [what, how] of Object.entries(temporary)) {
  const { category } = how

  test(`with a hub that ${what} there are three retries, after 10, 20 and 40 s, and then an error`, async () => {
    const { hub } = await failingHub(how)
    // Jitter must not change these delays.
    const clock = { ...instantClock(), random: () => 0.9 }
    const { syncWithRetry, outcomes } = syncTo(hub.snapshotsUrl, { clock, timeout: timeoutFor(what, 100) })
    expect(toSyncCategory(await errorOf(syncWithRetry()))).toBe(category)
    expect(outcomes()).toEqual([category, category, category, category])
    expect(clock.waits).toEqual([10_000, 20_000, 40_000])
  })

  test(`a hub that ${what} and recovers has the snapshot once`, async () => {
    const { hub, recover } = await failingHub(how)
    const clock = instantClock()
    const wait: Clock['wait'] = async (milliseconds, signal) => {
      if (clock.waits.length === 1) await recover()
      await clock.wait(milliseconds, signal)
    }
    // Long enough for the attempt that a hub answers on a busy machine.
    const timeout = timeoutFor(what, 2_000)
    const { syncWithRetry, attempts } = syncTo(hub.snapshotsUrl, { clock: { ...clock, wait }, timeout })
    expect(await syncWithRetry()).toBe(1)
    expect(hub.snapshots).toHaveLength(1)
    expect(attempts.map(({ retry, failed }) => [retry, failed])).toEqual([
      [0, category],
      [1, category],
      [2, undefined],
    ])
  })
}

test.each([
  [401, 'AUTH'],
  [403, 'AUTH'],
  [400, 'VALIDATION'],
  [413, 'VALIDATION'],
  [422, 'VALIDATION'],
  [404, 'UNKNOWN'],
] as const)('%i fails at once', async (status, category) => {
  const hub = await testHub()
  hub.respond = ({ fail }) => fail(status, 'lastUpdated: is in the future')
  const clock = instantClock()
  const { syncWithRetry, attempts } = syncTo(hub.snapshotsUrl, { clock })
  const error = await errorOf(syncWithRetry())
  expect(error).toMatchObject({ status, message: 'lastUpdated: is in the future' })
  expect(toSyncCategory(error)).toBe(category)
  expect(attempts).toHaveLength(1)
  expect(clock.waits).toEqual([])
})

test('without a key the suggestion says so, and with one it says how to make another', async () => {
  const hub = await testHub()
  hub.respond = ({ fail }) => fail(401, 'API key is missing')
  const without = syncTo(hub.snapshotsUrl, { key: undefined })
  expect(without.describe(await errorOf(without.syncOnce())).suggestion).toMatch(
    /^No key is set, so the data stays on this machine\. Make a key/,
  )
  expect(hub.requests[0]?.key).toBeUndefined()
  const withKey = syncTo(hub.snapshotsUrl)
  expect(withKey.describe(await errorOf(withKey.syncOnce())).suggestion).toMatch(/^Make a key on the hub with `signalbox keys create/)
})

test('a Retry-After is waited for, unless it is longer than a minute', async () => {
  const hub = await testHub()
  const start = Date.parse('2026-11-01T00:00:00Z')
  const values = ['42', '3', new Date(start + 42_000 + 20_000 + 50_000).toUTCString()]
  hub.respond = ({ fail, accept }) => {
    const value = values.shift()
    if (value === undefined) accept()
    else fail(429, 'too fast', { 'retry-after': value })
  }
  const clock = instantClock(start)
  await syncTo(hub.snapshotsUrl, { clock }).syncWithRetry()
  expect(clock.waits).toEqual([42_000, 20_000, 50_000])

  hub.respond = ({ fail }) => fail(503, 'closed for the day', { 'retry-after': '3600' })
  const { syncWithRetry, attempts } = syncTo(hub.snapshotsUrl)
  expect(await errorOf(syncWithRetry())).toMatchObject({ status: 503, retryAfter: 3_600_000 })
  expect(attempts).toHaveLength(1)
})

test('a response that is not from a hub is a failure: a page of a proxy, a redirect, other JSON', async () => {
  const hub = await testHub()
  const responses: TestHub['respond'][] = [
    ({ response }) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in to the network</h1>'),
    ({ response }) => response.writeHead(302, { location: `${hub.snapshotsUrl}/elsewhere` }).end(),
    ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"status": "ok"}'),
    ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end('null'),
  ]
  for (const respond of responses) {
    hub.respond = respond
    const { syncWithRetry, attempts, describe } = syncTo(hub.snapshotsUrl)
    expect(describe(await errorOf(syncWithRetry()))).toMatchObject({
      category: 'UNKNOWN',
      state: 'refused',
      suggestion: expect.stringContaining('CLAUDE_SYNC_URL'),
    })
    expect(attempts).toHaveLength(1)
  }
  // The redirect was not followed, so the key went nowhere else.
  expect(hub.requests.map(({ path }) => path)).toEqual(Array(4).fill('/api/claude/console-usage'))
})

test('an abort ends it at once, during a request and during a delay, and is not counted as an attempt', async () => {
  const hub = await testHub()
  hub.respond = () => {}
  const started = performance.now()
  const requesting = syncTo(hub.snapshotsUrl, { clock: systemClock, signal: abortAfter(50) })
  await expect(requesting.syncWithRetry()).rejects.toThrow('enough')
  expect(requesting.attempts).toEqual([])
  await hub.down()
  const waiting = syncTo(hub.snapshotsUrl, { clock: systemClock, signal: abortAfter(150) })
  await expect(waiting.syncWithRetry()).rejects.toThrow('enough')
  expect(waiting.attempts).toMatchObject([{ failed: 'NETWORK' }])
  expect(performance.now() - started).toBeLessThan(await stretchForLoad(2_000))
})

function abortAfter(milliseconds: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('enough')), milliseconds)
  return controller.signal
}

test('a notification that the hub is back ends the delay', async () => {
  const hub = await testHub()
  hub.respond = ({ fail }) => fail(503, 'starting')
  const { syncWithRetry, retryNow, nextAttempt } = syncTo(hub.snapshotsUrl, { clock: systemClock })
  const syncing = syncWithRetry()
  await nextAttempt()
  hub.respond = undefined
  retryNow.notify()
  expect(await syncing).toBe(1)
})

test('an error that is not from the client is temporary and has its own suggestion', () => {
  const context = { hasKey: true, addressSettings: 'SIGNALBOX_URL' }
  expect(toSyncFailure(Object.assign(new Error('No space left'), { suggestion: 'Free some space.' }), context)).toEqual({
    category: 'UNKNOWN',
    state: 'offline',
    problem: 'No space left',
    suggestion: 'Free some space.',
    retryAfter: undefined,
    slow: false,
  })
})

test('the metrics count attempts over the last ten and in total', () => {
  const metrics = new SyncMetrics()
  expect(metrics.lastTen()).toEqual({ attempts: 0, retries: 0 })
  expect(metrics.sinceStart()).toEqual({ attempts: 0, retries: 0 })
  for (let nth = 0; nth < 5; nth++) metrics.add({ retry: 0, duration: 1_000, failed: 'SERVER' })
  for (let nth = 0; nth < 8; nth++) metrics.add({ retry: nth % 2, duration: 10 + nth, failed: undefined })
  expect(metrics.lastTen()).toEqual({ attempts: 10, success_rate: 0.8, retries: 4, duration_ms: { min: 10, avg: 211, max: 1_000 } })
  expect(metrics.sinceStart()).toEqual({ attempts: 13, success_rate: 8 / 13, retries: 4, duration_ms: { min: 10, avg: 393, max: 1_000 } })
})
