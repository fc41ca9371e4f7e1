import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '@signalbox/client'
import type { CollectorHealth } from '@signalbox/contract/collector-health'
import { type CollectorPoll, collectorPollSchema } from '@signalbox/contract/collector-poll'
import { expect, onTestFinished, test } from 'vitest'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { WakeSignal } from '../wake-signal.ts'
import type { SyncFailure } from './failure.ts'
import { snapshotsTarget } from './hub-target.ts'
import { instantClock } from './instant-clock.fixture.ts'
import { LongPoll } from './long-poll.ts'
import { testServer } from './test-server.fixture.ts'

/** A hub that holds requests until it has a trigger or `waitMs` is over, or responds as `respond` says. */
async function holdingHub() {
  const hub = {
    get url() {
      return `${server.origin}/api/claude/console-usage`
    },
    calls: [] as CollectorPoll[],
    held: [] as ServerResponse[],
    triggers: [] as string[],
    respond: undefined as ((response: ServerResponse) => unknown) | undefined,
    /** Responds to the held request, or else to the next one, with a trigger. */
    trigger(id: string) {
      const response = hub.held.shift()
      if (response === undefined) hub.triggers.push(id)
      else send(response, id)
    },
    results: () => hub.calls.flatMap(({ triggers = [] }) => triggers),
    up: () => server.up(),
    async down() {
      await server.down()
      hub.held = []
    },
  }
  const send = (response: ServerResponse, id?: string) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ timestamp: '2026-10-06T12:00:00.000Z', ...(id === undefined ? {} : { trigger: { id } }) }))
  }
  const server = await testServer((request, response, body) => {
    expect(request.url).toBe('/api/claude/console-usage/collector')
    expect(request.headers['x-api-key']).toBe('k')
    const call = collectorPollSchema.parse(JSON.parse(String(body)))
    hub.calls.push(call)
    if (hub.respond !== undefined) return hub.respond(response)
    const id = hub.triggers.shift()
    if (id !== undefined || call.waitMs === 0) return send(response, id)
    hub.held.push(response)
    setTimeout(() => {
      const at = hub.held.indexOf(response)
      if (at < 0) return
      hub.held.splice(at, 1)
      send(response)
    }, call.waitMs).unref()
  })
  return hub
}

async function until(condition: () => boolean): Promise<void> {
  const timeout = AbortSignal.timeout(20_000)
  while (!condition()) {
    timeout.throwIfAborted()
    await sleep(2)
  }
}

/** Longer than the minimum interval, after which a wrong request would have been sent. */
const SETTLE_MS = 150

function startLongPoll(url: string, { clock = systemClock as Clock, waitMs = 20_000, minIntervalMs = 40 } = {}) {
  const stopping = new AbortController()
  const [healthChanged, retryNow] = [new WakeSignal(), new WakeSignal()]
  const state = {
    health: { state: 'ok', consecutiveFailures: 0 } as CollectorHealth,
    read: async (): Promise<{ ok: boolean; message?: string }> => ({ ok: true }),
    reads: 0,
    failures: [] as (SyncFailure & { readonly retryIn: number })[],
    reached: 0,
  }
  const longPoll = new LongPoll({
    hub: snapshotsTarget({ url, key: 'k', clock }),
    machineId: 'laptop',
    health: () => state.health,
    healthChanged,
    retryNow,
    readNow: () => {
      state.reads++
      return state.read()
    },
    clock,
    waitMs,
    minIntervalMs,
    observer: {
      reached: () => state.reached++,
      triggered: () => {},
      failed: (failure, retryIn) => state.failures.push({ ...failure, retryIn }),
    },
  })
  const running = longPoll.run(stopping.signal)
  const stop = async () => {
    stopping.abort()
    await running
  }
  onTestFinished(stop)
  return Object.assign(state, {
    retryNow,
    stop,
    setHealth(health: CollectorHealth) {
      state.health = health
      healthChanged.notify()
    },
  })
}

test('it reports machine and health, and polls again without a trigger, one request at a time', async () => {
  const hub = await holdingHub()
  const longPoll = startLongPoll(hub.url, { waitMs: 50 })
  await until(() => hub.calls.length === 3)
  expect(hub.calls[0]).toEqual({ machine_id: 'laptop', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 50 })
  expect(hub.held.length).toBeLessThanOrEqual(1)
  expect(longPoll.failures).toEqual([])
})

test('a change of the health is sent at once and once, beside the held request', async () => {
  const hub = await holdingHub()
  const longPoll = startLongPoll(hub.url)
  await until(() => hub.held.length === 1)
  const before = hub.calls.length
  const needsLogin: CollectorHealth = {
    state: 'needs_login',
    consecutiveFailures: 1,
    lastError: { category: 'SESSION_EXPIRED', message: 'sign in' },
  }
  longPoll.setHealth(needsLogin)
  await until(() => hub.calls.length === before + 1)
  expect(hub.calls.at(-1)).toEqual({ machine_id: 'laptop', collector: needsLogin, waitMs: 0 })
  // The held request stays open, because its response may be a trigger.
  expect(hub.held).toHaveLength(1)
  longPoll.setHealth({ ...needsLogin, lastSuccessAt: '2026-10-06T12:00:00.000Z' })
  await sleep(SETTLE_MS)
  expect(hub.calls).toHaveLength(before + 1)
})

test('a triggered snapshot is taken, its result is sent at once, and polling goes on meanwhile', async () => {
  const hub = await holdingHub()
  const longPoll = startLongPoll(hub.url)
  const reading = Promise.withResolvers<{ ok: boolean; message?: string }>()
  longPoll.read = () => reading.promise
  await until(() => hub.held.length === 1)
  hub.trigger('one')
  await until(() => longPoll.reads === 1 && hub.held.length === 1)
  reading.resolve({ ok: true })
  await until(() => hub.results().length === 1)
  expect(hub.calls.at(-1)).toMatchObject({ triggers: [{ id: 'one', step: 'done' }], waitMs: 0 })

  longPoll.read = async () => ({ ok: false, message: 'console: not signed in; run signalbox web login' })
  hub.trigger('two')
  await until(() => hub.results().length === 2)
  expect(hub.results()[1]).toEqual({ id: 'two', step: 'failed', message: 'console: not signed in; run signalbox web login' })
  longPoll.read = () => Promise.reject(new Error('it broke'))
  hub.trigger('three')
  await until(() => hub.results().length === 3)
  expect(hub.results()[2]).toEqual({ id: 'three', step: 'failed', message: 'it broke' })
})

test('a result that could not be sent is sent once when the hub is back', async () => {
  const hub = await holdingHub()
  const longPoll = startLongPoll(hub.url)
  const reading = Promise.withResolvers<{ ok: boolean }>()
  longPoll.read = () => reading.promise
  await until(() => hub.held.length === 1)
  hub.trigger('one')
  await until(() => longPoll.reads === 1 && hub.held.length === 1)
  await hub.down()
  reading.resolve({ ok: true })
  await until(() => longPoll.failures.length > 0)
  await hub.up()
  longPoll.retryNow.notify()
  await until(() => hub.results().length > 0)
  await sleep(SETTLE_MS)
  expect(hub.results()).toEqual([{ id: 'one', step: 'done' }])
})

test('an unreachable hub is polled with growing delays, and at once when notified', async () => {
  const hub = await holdingHub()
  await hub.down()
  const clock = instantClock()
  let useSystemClock = false
  const longPoll = startLongPoll(hub.url, {
    clock: { ...clock, wait: (milliseconds, signal) => (useSystemClock ? systemClock : clock).wait(milliseconds, signal) },
  })
  await until(() => longPoll.failures.length >= 9)
  const delays = longPoll.failures.slice(0, 9).map(({ retryIn }) => retryIn)
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  useSystemClock = true
  const { length } = longPoll.failures
  await until(() => longPoll.failures.length > length)
  await hub.up()
  longPoll.retryNow.notify()
  await until(() => hub.held.length === 1)
})

test('jitter spreads the polls of several collectors', async () => {
  const hub = await holdingHub()
  await hub.down()
  for (const [random, delays] of [[0, [750, 1_500]] as const, [0.999, [1_249, 2_499]] as const]) {
    const longPoll = startLongPoll(hub.url, { clock: { ...instantClock(), random: () => random } })
    await until(() => longPoll.failures.length >= 2)
    expect(longPoll.failures.slice(0, 2).map(({ retryIn }) => Math.floor(retryIn))).toEqual(delays)
    await longPoll.stop()
  }
})

test.each([
  [401, 300_000, {}],
  [404, 300_000, {}],
  [429, 42_000, { 'retry-after': '42' }],
  [503, 1_000, {}],
] as const)('%i is retried after %i ms', async (status, retryIn, headers) => {
  const hub = await holdingHub()
  hub.respond = (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{"message": "no"}')
  const longPoll = startLongPoll(hub.url)
  await until(() => longPoll.failures.length === 1)
  expect(longPoll.failures).toMatchObject([{ retryIn: expect.closeTo(retryIn, retryIn === 1_000 ? -3 : 0) }])
  await sleep(SETTLE_MS)
  expect(hub.calls).toHaveLength(1)
})

test('after nine hours of sleep it polls once, not for each missed poll', async () => {
  const hub = await holdingHub()
  await hub.down()
  // The machine falls asleep during a delay, and the timer fires nine hours late.
  let now = Date.parse('2026-10-06T22:00:00Z')
  let wake: (() => void) | undefined
  const clock: Clock = {
    now: () => now,
    random: () => 0.5,
    wait: (_, signal) =>
      new Promise((resolve, reject) => {
        wake = resolve
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  }
  const longPoll = startLongPoll(hub.url, { clock })
  await until(() => longPoll.failures.length === 1)
  await hub.up()
  now += 9 * 3_600_000
  for (let nth = 0; nth < 50; nth++)
    longPoll.setHealth({ state: 'failing', consecutiveFailures: nth, nextAttemptAt: new Date(now + nth).toISOString() })
  wake?.()
  await until(() => hub.held.length === 1)
  await sleep(SETTLE_MS)
  // A request that checks whether the hub is back, and then the held one.
  expect(hub.calls).toMatchObject([
    { waitMs: 0, collector: { state: 'failing', consecutiveFailures: 49 } },
    { waitMs: 20_000, collector: { state: 'failing', consecutiveFailures: 49 } },
  ])
})

test('a hub that does not hold requests is polled at the minimum interval', async () => {
  const hub = await holdingHub()
  hub.respond = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"timestamp": ""}')
  startLongPoll(hub.url, { minIntervalMs: 300 })
  await sleep(450)
  expect(hub.calls.length).toBeLessThanOrEqual(2)
})

test('a hub that names the time of the next request is asked then, and results are sent at once', async () => {
  const hub = await holdingHub()
  hub.respond = (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"timestamp": "", "askAgainInMs": 3600000}')
  const waits: number[] = []
  const asked = Promise.withResolvers<void>()
  const clock: Clock = {
    ...systemClock,
    wait: (milliseconds, signal) => {
      waits.push(milliseconds)
      asked.resolve()
      return systemClock.wait(milliseconds, signal)
    },
  }
  const longPoll = startLongPoll(hub.url, { clock })
  await asked.promise
  // No hub keeps it from asking for longer than a minute.
  expect(waits[0]).toBeGreaterThan(50_000)
  expect(waits[0]).toBeLessThanOrEqual(60_000)
  longPoll.setHealth({ state: 'failing', consecutiveFailures: 1 })
  await until(() => hub.calls.length === 2)
  expect(hub.calls[1]).toMatchObject({ collector: { state: 'failing' }, waitMs: 0 })
})

test('an abort ends it at once, during a held request', async () => {
  const hub = await holdingHub()
  const longPoll = startLongPoll(hub.url)
  await until(() => hub.held.length === 1)
  const started = performance.now()
  await longPoll.stop()
  expect(performance.now() - started).toBeLessThan(await stretchForLoad(300))
})
