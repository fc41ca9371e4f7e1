import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '@signalbox/client'
import { expect, test } from 'vitest'
import { Bell } from '../bell.ts'
import { impatient } from './impatient.fixture.ts'
import { type ReadingHub, readingHub, snapshotAt } from './reading-hub.fixture.ts'
import type { SyncError } from './sync-error.ts'
import { SyncMeter, type SyncTry } from './sync-metrics.ts'
import { readingSync } from './sync-reading.ts'

interface Setup {
  readonly clock?: Clock
  readonly timeout?: number
  readonly key?: string | undefined
}

function syncTo(hub: Pick<ReadingHub, 'url'>, { clock = impatient(), timeout = 5_000, ...setup }: Setup = {}) {
  const tries: SyncTry[] = []
  const hurry = new Bell()
  const sync = readingSync({
    url: hub.url,
    key: () => ('key' in setup ? setup.key : 'sbx_key'),
    health: () => ({ state: 'ok', consecutiveFailures: 0 }),
    clock,
    hurry,
    tried: (one) => tries.push(one),
    timeout,
  })
  const { signal } = new AbortController()
  return {
    tries,
    hurry,
    once: () => sync.syncToEC2(snapshotAt(3), { idempotencyKey: 'k', signal }),
    retried: () => sync.syncWithRetry(snapshotAt(3), { idempotencyKey: 'k', signal }),
    outcomes: () => tries.map(({ failed }) => failed ?? 'ok'),
  }
}

const failure = (trying: Promise<unknown>) =>
  trying.then(
    () => expect.fail('it went well'),
    (error: SyncError) => error,
  )

test('a reading is posted once, whole, with its key, and the version is handed back', async () => {
  const hub = await readingHub()
  const { once, outcomes } = syncTo(hub)
  expect(await once()).toBe(1)
  expect(hub.kept).toEqual([
    {
      lastUpdated: '2026-10-01T00:03:00.000Z',
      currentSession: { percentageUsed: 3, resetsIn: '2 hr', resetsAt: '2026-10-01T02:03:00.000Z' },
      source: 'console',
      machine_id: 'laptop',
      collector: { state: 'ok', consecutiveFailures: 0 },
      idempotencyKey: 'k',
    },
  ])
  expect(hub.knocks).toMatchObject([{ key: 'sbx_key', path: '/api/claude/console-usage' }])
  expect(outcomes()).toEqual(['ok'])
})

/** What a hub does for a while; without an answer it is not there. */
const transient: Record<string, { category: string; answer?: (hub: ReadingHub) => ReadingHub['misbehave'] }> = {
  'is down': { category: 'NETWORK' },
  'is too slow': { category: 'NETWORK', answer: () => () => {} },
  'cuts the connection': {
    category: 'NETWORK',
    answer:
      () =>
      ({ socket }) =>
        socket.destroy(),
  },
  'cuts the connection after it kept the reading': {
    category: 'NETWORK',
    answer:
      (hub) =>
      ({ socket }, _, reading) => {
        hub.keep(reading)
        socket.destroy()
      },
  },
  'cuts the answer in its middle': {
    category: 'NETWORK',
    answer:
      () =>
      ({ socket }, response) => {
        response.writeHead(200, { 'content-length': '500' })
        response.write('{"success": true, ')
        setTimeout(() => socket.destroy(), 20)
      },
  },
  'answers 429': { category: 'RATE_LIMITED', answer: (hub) => (_, response) => hub.say(response, 429, 'slowly') },
  'answers 500': { category: 'SERVER', answer: (hub) => (_, response) => hub.say(response, 500, 'broken') },
  'answers 503': { category: 'SERVER', answer: (hub) => (_, response) => hub.say(response, 503, 'starting') },
}

async function ill({ answer }: (typeof transient)[string]) {
  const hub = await readingHub()
  if (answer === undefined) await hub.down()
  else hub.misbehave = answer(hub)
  const recover = async () => {
    if (answer === undefined) await hub.up()
    hub.misbehave = undefined
  }
  return { hub, recover }
}

for (const [what, how] of Object.entries(transient)) {
  const { category } = how

  test(`a hub that ${what} is tried three times more, after 10, 20 and 40 s, and then it is an error`, async () => {
    const { hub } = await ill(how)
    const clock = impatient()
    const { retried, outcomes } = syncTo(hub, { clock, timeout: 60 })
    expect(await failure(retried())).toMatchObject({ name: 'SyncError', category })
    expect(outcomes()).toEqual([category, category, category, category])
    expect(clock.waits).toEqual([10_000, 20_000, 40_000])
  })

  test(`a hub that ${what} and recovers has the reading once`, async () => {
    const { hub, recover } = await ill(how)
    const clock = impatient()
    const wait: Clock['wait'] = async (milliseconds, signal) => {
      if (clock.waits.length === 1) await recover()
      await clock.wait(milliseconds, signal)
    }
    const { retried, tries } = syncTo(hub, { clock: { ...clock, wait }, timeout: 200 })
    expect(await retried()).toBe(1)
    expect(hub.kept).toHaveLength(1)
    expect(tries.map(({ retry, failed }) => [retry, failed])).toEqual([
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
  [404, 'UNKNOWN'],
] as const)('%i fails at once', async (status, category) => {
  const hub = await readingHub()
  hub.misbehave = (_, response) => hub.say(response, status, 'lastUpdated: is in the future')
  const clock = impatient()
  const { retried, tries } = syncTo(hub, { clock })
  expect(await failure(retried())).toMatchObject({ category, status, message: 'lastUpdated: is in the future' })
  expect(tries).toHaveLength(1)
  expect(clock.waits).toEqual([])
})

test('without a key the error says so, and with one it says how to make another', async () => {
  const hub = await readingHub()
  hub.misbehave = (_, response) => hub.say(response, 401, 'API key is missing')
  expect((await failure(syncTo(hub, { key: undefined }).once())).suggestion).toMatch(
    /^No key is set, so readings stay on this machine\. Make a key/,
  )
  expect(hub.knocks[0]?.key).toBeUndefined()
  expect((await failure(syncTo(hub).once())).suggestion).toMatch(/^Make a key on the hub with `signalbox keys create/)
})

test('a Retry-After is waited for, unless it is too long to wait for here', async () => {
  const hub = await readingHub()
  const asks = ['42', '3', new Date(Date.parse('2026-11-01T00:00:00Z') + 42_000 + 20_000 + 50_000).toUTCString()]
  hub.misbehave = (_, response, reading) => {
    const after = asks.shift()
    if (after === undefined) hub.yes(response, reading)
    else hub.say(response, 429, 'slowly', { 'retry-after': after })
  }
  const clock = impatient()
  await syncTo(hub, { clock }).retried()
  expect(clock.waits).toEqual([42_000, 20_000, 50_000])

  hub.misbehave = (_, response) => hub.say(response, 503, 'closed for the day', { 'retry-after': '3600' })
  const patient = syncTo(hub)
  expect(await failure(patient.retried())).toMatchObject({ category: 'SERVER', retryAfter: 3_600_000 })
  expect(patient.tries).toHaveLength(1)
})

test('an answer that is not of a hub is no success: a page of a proxy, a redirect, a yes to something else', async () => {
  const hub = await readingHub()
  const answers: ReadingHub['misbehave'][] = [
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in to the network</h1>'),
    (_, response) => response.writeHead(302, { location: `${hub.url}/elsewhere` }).end(),
    (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"status": "ok"}'),
  ]
  for (const answer of answers) {
    hub.misbehave = answer
    const { retried, tries } = syncTo(hub)
    expect(await failure(retried())).toMatchObject({ category: 'UNKNOWN', suggestion: expect.stringContaining('CLAUDE_SYNC_URL') })
    expect(tries).toHaveLength(1)
  }
  // Nobody was sent on with our key.
  expect(hub.knocks.map(({ path }) => path)).toEqual(Array(3).fill('/api/claude/console-usage'))
})

test('it stops at once when told to, in the middle of a request and of a wait, and that counts as no try', async () => {
  const hub = await readingHub()
  hub.misbehave = () => {}
  const tries: SyncTry[] = []
  const make = (url: string) =>
    readingSync({ url, key: () => 'k', health: () => undefined, clock: systemClock, hurry: new Bell(), tried: (one) => tries.push(one) })
  const started = performance.now()
  const asking = new AbortController()
  setTimeout(() => asking.abort(new Error('enough')), 50)
  await expect(make(hub.url).syncWithRetry(snapshotAt(1), { signal: asking.signal })).rejects.toThrow('enough')
  expect(tries).toEqual([])
  const waiting = new AbortController()
  setTimeout(() => waiting.abort(new Error('enough')), 150)
  await hub.down()
  await expect(make(hub.url).syncWithRetry(snapshotAt(1), { signal: waiting.signal })).rejects.toThrow('enough')
  expect(tries).toMatchObject([{ failed: 'NETWORK' }])
  expect(performance.now() - started).toBeLessThan(1_500)
})

test('somebody who knows that the hub is back ends the wait', async () => {
  const hub = await readingHub()
  hub.misbehave = (_, response) => hub.say(response, 503, 'starting')
  const { retried, hurry, tries } = syncTo(hub, { clock: systemClock })
  const sending = retried()
  while (tries.length === 0) await sleep(5)
  hub.misbehave = undefined
  hurry.ring()
  expect(await sending).toBe(1)
})

test('in real time, every one of these hubs has the reading ten seconds after it recovers, once', async () => {
  const started = performance.now()
  await Promise.all(
    Object.values(transient).map(async (how) => {
      const { hub, recover } = await ill(how)
      const { retried, tries } = syncTo(hub, { clock: systemClock, timeout: 500 })
      const sending = retried()
      while (tries.length === 0) await sleep(10)
      await recover()
      await sending
      expect(hub.kept).toHaveLength(1)
      expect(tries).toHaveLength(2)
    }),
  )
  const took = performance.now() - started
  expect(took).toBeGreaterThan(9_900)
  expect(took).toBeLessThan(14_000)
}, 30_000)

test('in real time, a hub that refuses is told of at once', async () => {
  const hub = await readingHub()
  const started = performance.now()
  for (const status of [400, 401, 403]) {
    hub.misbehave = (_, response) => hub.say(response, status, 'no')
    await failure(syncTo(hub, { clock: systemClock }).retried())
  }
  expect(performance.now() - started).toBeLessThan(1_000)
})

test('the metrics count tries over the last ten and in all', () => {
  const meter = new SyncMeter()
  expect(meter.lastTen()).toEqual({ attempts: 0, retries: 0 })
  expect(meter.sinceStart()).toEqual({ attempts: 0, retries: 0 })
  for (let nth = 0; nth < 5; nth++) meter.add({ retry: 0, duration: 1_000, failed: 'SERVER' })
  for (let nth = 0; nth < 8; nth++) meter.add({ retry: nth % 2, duration: 10 + nth, failed: undefined })
  expect(meter.lastTen()).toEqual({ attempts: 10, success_rate: 0.8, retries: 4, duration_ms: { min: 10, avg: 211, max: 1_000 } })
  expect(meter.sinceStart()).toEqual({ attempts: 13, success_rate: 8 / 13, retries: 4, duration_ms: { min: 10, avg: 393, max: 1_000 } })
})
