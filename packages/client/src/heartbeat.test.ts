import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Clock } from './clock.ts'
import type { HeartbeatEnd, HeartbeatFailure } from './heartbeat.ts'
import { StateTrackingApiClient } from './state-tracking-client.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A clock that the test moves: each wait is recorded, and ends when the test calls `go`. */
function manualClock() {
  let now = Date.parse('2026-11-01T00:00:00Z')
  const waits: { milliseconds: number; idle: boolean | undefined; go: () => void }[] = []
  let onWait = () => {}
  const clock: Clock = {
    now: () => now,
    random: () => 0.5,
    wait: (milliseconds, signal, options) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
        const go = () => {
          now += milliseconds
          resolve()
        }
        waits.push({ milliseconds, idle: options?.idle, go })
        onWait()
      }),
  }
  /** The wait number `count`, once it has started. */
  const wait = async (count: number) => {
    while (waits.length < count) await new Promise<void>((resolve) => (onWait = resolve))
    return waits[count - 1]!
  }
  return { clock, waits, wait, pass: (milliseconds: number) => (now += milliseconds) }
}

type Response = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut' | 'none'
const ok: Response = { status: 200, body: { session_id: 's', status: 'active', next_heartbeat_ms: 60_000 } }
const hubError = (status: number, error: string): Response => ({ status, body: { statusCode: status, error, message: error } })

/** A hub that responds to each heartbeat with the next of `responses`, and repeats the last one. */
async function hubWith(...responses: Response[]) {
  const heartbeats: unknown[] = []
  let concurrent = 0
  let maxConcurrent = 0
  const listener: RequestListener = async (request, response) => {
    maxConcurrent = Math.max(maxConcurrent, ++concurrent)
    response.on('close', () => concurrent--)
    let text = ''
    for await (const part of request) text += part
    heartbeats.push(JSON.parse(text))
    const next = responses[Math.min(heartbeats.length, responses.length) - 1]!
    if (next === 'cut') request.socket.destroy()
    else if (next !== 'none')
      response.writeHead(next.status, next.headers).end(next.body === undefined ? '<html>' : JSON.stringify(next.body))
  }
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heartbeats, maxConcurrent: () => maxConcurrent }
}

test('sends heartbeats at once and then at the interval, and sends the interval until the hub has it', async () => {
  const { baseUrl, heartbeats } = await hubWith('cut', ok)
  const { clock, wait } = manualClock()
  let asked = 0
  const loop = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', {
    intervalMs: 20_000,
    body: () => ({ metadata: { asked: ++asked } }),
  })
  ;(await wait(1)).go()
  const second = await wait(2)
  expect(second).toMatchObject({ milliseconds: 20_000, idle: true })
  second.go()
  await wait(3)
  loop.stop()
  expect(heartbeats).toEqual([
    { heartbeat_interval_ms: 20_000, metadata: { asked: 1 } },
    { heartbeat_interval_ms: 20_000, metadata: { asked: 2 } },
    { metadata: { asked: 3 } },
  ])
})

test('each heartbeat names the attempt that it is for', async () => {
  const { baseUrl, heartbeats } = await hubWith(ok)
  const { clock, wait } = manualClock()
  const loop = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', {
    attempt: 2,
    intervalMs: 1000,
    body: { activity: 'working' },
  })
  ;(await wait(1)).go()
  await wait(2)
  loop.stop()
  expect(heartbeats).toEqual([
    { attempt: 2, activity: 'working' },
    { attempt: 2, activity: 'working' },
  ])
})

test.each([4_999, 600_001, 5_000.5])('does not send an interval of %d ms, which the hub would not accept', async (intervalMs) => {
  const { baseUrl, heartbeats } = await hubWith(ok)
  const { clock, wait } = manualClock()
  const loop = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { intervalMs })
  expect((await wait(1)).milliseconds).toBe(intervalMs)
  loop.stop()
  expect(heartbeats).toEqual([{}])
})

test('counts the interval from the start of a heartbeat, also when the clock was set', async () => {
  const { baseUrl } = await hubWith(ok)
  const hand = manualClock()
  const durations = [15_000, 90_000, -3_600_000]
  // The time passes before the response is processed.
  const onHeartbeat = () => void hand.pass(durations.shift() ?? 0)
  const loop = new StateTrackingApiClient({ baseUrl, clock: hand.clock }).heartbeat('s', { onHeartbeat })
  for (const [index, expected] of [45_000, 0, 60_000].entries()) {
    const wait = await hand.wait(index + 1)
    expect(wait.milliseconds).toBe(expected)
    wait.go()
  }
  loop.stop()
})

test('goes on through a long outage, retries with backoff, and never sends two at once', async () => {
  const outage: Response[] = Array.from({ length: 12 }, (_, index) =>
    index % 3 === 0 ? 'cut' : index % 3 === 1 ? { status: 502 } : { status: 404 },
  )
  const { baseUrl, heartbeats, maxConcurrent } = await hubWith(ok, ...outage, hubError(500, 'database_error'), ok)
  const { clock, wait, waits } = manualClock()
  const failures: HeartbeatFailure[] = []
  const answered: number[] = []
  const loop = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', {
    onHeartbeat: () => answered.push(heartbeats.length),
    onError: (_error, failure) => failures.push(failure),
    onEnd: () => answered.push(-1),
  })
  for (let count = 1; count <= 15; count++) (await wait(count)).go()
  await wait(16)
  loop.stop()
  const backoff = [1000, 2000, 4000, 8000, ...Array.from({ length: 9 }, () => 10_000)]
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([60_000, ...backoff, 60_000, 60_000])
  expect(failures).toEqual(backoff.map((retryIn, index) => ({ failures: index + 1, retryIn })))
  expect(answered).toEqual([1, 15, 16])
  expect(maxConcurrent()).toBe(1)
})

test('a short interval is not made longer by failures, only by Retry-After', async () => {
  const tooMany: Response = { status: 429, body: {}, headers: { 'retry-after': '30' } }
  const { baseUrl } = await hubWith('cut', 'cut', tooMany, ok)
  const { clock, wait, waits } = manualClock()
  const loop = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { intervalMs: 1500 })
  for (let count = 1; count <= 3; count++) (await wait(count)).go()
  await wait(4)
  loop.stop()
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([1000, 1500, 30_000, 1500])
})

test('an invalid heartbeat is retried at the interval', async () => {
  const { baseUrl } = await hubWith(hubError(400, 'validation_error'))
  const { clock, wait } = manualClock()
  const errors: string[] = []
  const loop = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { onError: ({ name }) => errors.push(name) })
  expect((await wait(1)).milliseconds).toBe(60_000)
  loop.stop()
  expect(errors).toEqual(['ValidationError'])
})

test.each([
  [409, 'conflict', 'ended'],
  [409, 'attempt_superseded', 'superseded'],
  [404, 'not_found', 'gone'],
  [401, 'unauthorized', 'refused'],
  [403, 'forbidden', 'refused'],
] as const)('stops by itself when the hub responds with %i %s', async (status, error, reason) => {
  const { baseUrl, heartbeats } = await hubWith(ok, hubError(status, error))
  const { clock, wait, waits } = manualClock()
  const end = await new Promise<HeartbeatEnd>((resolve, reject) => {
    new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { onEnd: resolve, onError: reject })
    void wait(1).then(({ go }) => go())
  })
  expect(end).toMatchObject({ reason, error: { status } })
  await new Promise(setImmediate)
  expect([heartbeats.length, waits.length]).toEqual([2, 1])
})

test('stop ends it at once, also while a heartbeat is in flight, and no callback is called afterwards', async () => {
  const { baseUrl, heartbeats } = await hubWith('none')
  const { clock, waits } = manualClock()
  const called: unknown[] = []
  const callbacks = { onHeartbeat: () => called.push(1), onError: () => called.push(2), onEnd: () => called.push(3) }
  const client = new StateTrackingApiClient({ baseUrl, clock })
  const stopping = new AbortController()
  const loops = [client.heartbeat('s', callbacks), client.heartbeat('s', { ...callbacks, signal: stopping.signal })]
  client.heartbeat('s', { ...callbacks, signal: AbortSignal.abort() })
  while (heartbeats.length < 2) await sleep(5)
  loops[0]!.stop()
  loops[0]!.stop()
  stopping.abort()
  await sleep(50)
  expect([called, waits, heartbeats.length]).toEqual([[], [], 2])
})

test('errors in callbacks do not end the loop', async () => {
  const { baseUrl, heartbeats } = await hubWith(ok, 'cut', ok, hubError(409, 'conflict'))
  const { clock, wait } = manualClock()
  const fail = () => {
    throw new Error('mine')
  }
  const ended = new Promise<void>((resolve) => {
    const onEnd = () => {
      resolve()
      fail()
    }
    new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { onHeartbeat: fail, onError: fail, onEnd })
  })
  for (let count = 1; count <= 3; count++) (await wait(count)).go()
  await ended
  expect(heartbeats).toHaveLength(4)
})
