import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { StateTrackingApiClient } from './client.ts'
import type { Clock } from './clock.ts'
import type { HeartbeatEnd, HeartbeatFailure } from './heartbeat.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A clock that stands still; each wait is written down, and over when the test says so. */
function handClock() {
  let now = Date.parse('2026-11-01T00:00:00Z')
  const waits: { milliseconds: number; idle: boolean | undefined; go: () => void }[] = []
  let heard = () => {}
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
        heard()
      }),
  }
  /** The wait number `count`, once it has begun. */
  const wait = async (count: number) => {
    while (waits.length < count) await new Promise<void>((resolve) => (heard = resolve))
    return waits[count - 1]!
  }
  return { clock, waits, wait, pass: (milliseconds: number) => (now += milliseconds) }
}

type Weather = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut' | 'silent'
const fine: Weather = { status: 200, body: { session_id: 's', status: 'active', next_heartbeat_ms: 60_000 } }
const hubSays = (status: number, error: string): Weather => ({ status, body: { statusCode: status, error, message: error } })

/** A hub of which only the weather is known. */
async function weather(...days: Weather[]) {
  const beats: unknown[] = []
  let atOnce = 0
  let mostAtOnce = 0
  const listener: RequestListener = async (request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce)
    response.on('close', () => atOnce--)
    let text = ''
    for await (const part of request) text += part
    beats.push(JSON.parse(text))
    const day = days[Math.min(beats.length, days.length) - 1]!
    if (day === 'cut') request.socket.destroy()
    else if (day !== 'silent') response.writeHead(day.status, day.headers).end(day.body === undefined ? '<html>' : JSON.stringify(day.body))
  }
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, beats, most: () => mostAtOnce }
}

test('beats at once and then at the interval, and promises it with the first beat that arrives', async () => {
  const { baseUrl, beats } = await weather('cut', fine)
  const { clock, wait } = handClock()
  let asked = 0
  const heart = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', {
    intervalMs: 20_000,
    body: () => ({ metadata: { asked: ++asked } }),
  })
  ;(await wait(1)).go()
  const second = await wait(2)
  expect(second).toMatchObject({ milliseconds: 20_000, idle: true })
  second.go()
  await wait(3)
  heart.stop()
  expect(beats).toEqual([
    { heartbeat_interval_ms: 20_000, metadata: { asked: 1 } },
    { heartbeat_interval_ms: 20_000, metadata: { asked: 2 } },
    { metadata: { asked: 3 } },
  ])
})

test.each([4_999, 600_001, 5_000.5])('does not promise an interval of %d ms, which the hub would not take', async (intervalMs) => {
  const { baseUrl, beats } = await weather(fine)
  const { clock, wait } = handClock()
  const heart = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { intervalMs })
  expect((await wait(1)).milliseconds).toBe(intervalMs)
  heart.stop()
  expect(beats).toEqual([{}])
})

test('counts the interval from the beginning of a beat, and goes by it when the clock was set', async () => {
  const { baseUrl } = await weather(fine)
  const hand = handClock()
  const onBeat = () => void hand.pass(beats.shift() ?? 0)
  const beats = [15_000, 90_000, -3_600_000]
  // The time of a beat passes before its end is heard of.
  const heart = new StateTrackingApiClient({ baseUrl, clock: hand.clock }).heartbeat('s', { onBeat })
  for (const [index, expected] of [45_000, 0, 60_000].entries()) {
    const wait = await hand.wait(index + 1)
    expect(wait.milliseconds).toBe(expected)
    wait.go()
  }
  heart.stop()
})

test('lives through an outage however long, tries again soon while it lasts, and never twice at once', async () => {
  const outage: Weather[] = Array.from({ length: 12 }, (_, index) =>
    index % 3 === 0 ? 'cut' : index % 3 === 1 ? { status: 502 } : { status: 404 },
  )
  const { baseUrl, beats, most } = await weather(fine, ...outage, hubSays(500, 'database_error'), fine)
  const { clock, wait, waits } = handClock()
  const failures: HeartbeatFailure[] = []
  const answered: number[] = []
  const heart = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', {
    onBeat: () => answered.push(beats.length),
    onError: (_error, failure) => failures.push(failure),
    onEnd: () => answered.push(-1),
  })
  for (let count = 1; count <= 15; count++) (await wait(count)).go()
  await wait(16)
  heart.stop()
  const soon = [1000, 2000, 4000, 8000, ...Array.from({ length: 9 }, () => 10_000)]
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([60_000, ...soon, 60_000, 60_000])
  expect(failures).toEqual(soon.map((retryIn, index) => ({ failures: index + 1, retryIn })))
  expect(answered).toEqual([1, 15, 16])
  expect(most()).toBe(1)
})

test('a short interval is not made longer by failures, but waits as long as the hub asks', async () => {
  const tooMany: Weather = { status: 429, body: {}, headers: { 'retry-after': '30' } }
  const { baseUrl } = await weather('cut', 'cut', tooMany, fine)
  const { clock, wait, waits } = handClock()
  const heart = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { intervalMs: 1500 })
  for (let count = 1; count <= 3; count++) (await wait(count)).go()
  await wait(4)
  heart.stop()
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([1000, 1500, 30_000, 1500])
})

test('what the hub refuses for what it says is said again at the interval', async () => {
  const { baseUrl } = await weather(hubSays(400, 'validation_error'))
  const { clock, wait } = handClock()
  const errors: string[] = []
  const heart = new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { onError: ({ name }) => errors.push(name) })
  expect((await wait(1)).milliseconds).toBe(60_000)
  heart.stop()
  expect(errors).toEqual(['ValidationError'])
})

test.each([
  [409, 'conflict', 'ended'],
  [404, 'not_found', 'gone'],
  [401, 'unauthorized', 'refused'],
  [403, 'forbidden', 'refused'],
] as const)('stops by itself when the hub says %i %s', async (status, error, reason) => {
  const { baseUrl, beats } = await weather(fine, hubSays(status, error))
  const { clock, wait, waits } = handClock()
  const end = await new Promise<HeartbeatEnd>((resolve, reject) => {
    new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { onEnd: resolve, onError: reject })
    void wait(1).then(({ go }) => go())
  })
  expect(end).toMatchObject({ reason, error: { status } })
  await new Promise(setImmediate)
  expect([beats.length, waits.length]).toEqual([2, 1])
})

test('stops at once when told, in the middle of a beat too, and calls nobody any more', async () => {
  const { baseUrl, beats } = await weather('silent')
  const { clock, waits } = handClock()
  const called: unknown[] = []
  const callbacks = { onBeat: () => called.push(1), onError: () => called.push(2), onEnd: () => called.push(3) }
  const client = new StateTrackingApiClient({ baseUrl, clock })
  const stopping = new AbortController()
  const hearts = [client.heartbeat('s', callbacks), client.heartbeat('s', { ...callbacks, signal: stopping.signal })]
  client.heartbeat('s', { ...callbacks, signal: AbortSignal.abort() })
  while (beats.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  hearts[0]!.stop()
  hearts[0]!.stop()
  stopping.abort()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([called, waits, beats.length]).toEqual([[], [], 2])
})

test('callbacks that throw are their own trouble', async () => {
  const { baseUrl, beats } = await weather(fine, 'cut', fine, hubSays(409, 'conflict'))
  const { clock, wait } = handClock()
  const fail = () => {
    throw new Error('mine')
  }
  const ended = new Promise<void>((resolve) => {
    const onEnd = () => {
      resolve()
      fail()
    }
    new StateTrackingApiClient({ baseUrl, clock }).heartbeat('s', { onBeat: fail, onError: fail, onEnd })
  })
  for (let count = 1; count <= 3; count++) (await wait(count)).go()
  await ended
  expect(beats).toHaveLength(4)
})
