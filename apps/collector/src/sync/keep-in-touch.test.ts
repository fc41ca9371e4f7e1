import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '@signalbox/client'
import { type CollectorCall, type CollectorHealth, collectorCallSchema } from '@signalbox/contract/limits'
import { expect, onTestFinished, test } from 'vitest'
import { Bell } from '../bell.ts'
import { impatient } from './impatient.fixture.ts'
import { Touch } from './keep-in-touch.ts'
import { smallServer } from './small-server.fixture.ts'
import type { SyncError } from './sync-error.ts'

/** A hub that keeps questions open until it has work, as its clock says; `misbehave` answers instead. */
async function askedHub() {
  const hub = {
    get url() {
      return `${server.origin}/api/claude/console-usage`
    },
    calls: [] as CollectorCall[],
    open: [] as ServerResponse[],
    triggers: [] as string[],
    misbehave: undefined as ((response: ServerResponse) => unknown) | undefined,
    /** Wants a reading of whoever asks. */
    want(id: string) {
      const [response] = hub.open.splice(0, 1)
      if (response === undefined) hub.triggers.push(id)
      else answer(response, id)
    },
    async until(enough: () => boolean) {
      for (let turn = 0; !enough(); turn++) {
        if (turn > 2_000) throw new Error(`it did not come to that: ${JSON.stringify(hub.calls)}`)
        await sleep(5)
      }
    },
    up: () => server.up(),
    down: () => server.down(),
  }
  const answer = (response: ServerResponse, id?: string) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ timestamp: '2026-10-06T12:00:00.000Z', ...(id === undefined ? {} : { trigger: { id } }) }))
  }
  const server = await smallServer((request, response, body) => {
    expect(request.url).toBe('/api/claude/console-usage/collector')
    const call = collectorCallSchema.parse(JSON.parse(String(body)))
    hub.calls.push(call)
    if (hub.misbehave !== undefined) return hub.misbehave(response)
    const waiting = hub.triggers.shift()
    if (waiting !== undefined || call.waitMs === 0) return answer(response, waiting)
    hub.open.push(response)
    setTimeout(() => {
      const at = hub.open.indexOf(response)
      if (at < 0) return
      hub.open.splice(at, 1)
      answer(response)
    }, call.waitMs)
  })
  return hub
}

function keepInTouch(url: string, { clock = systemClock as Clock, waitMs = 20_000 } = {}) {
  const stopping = new AbortController()
  const [changed, hurry] = [new Bell(), new Bell()]
  const state = {
    health: { state: 'ok', consecutiveFailures: 0 } as CollectorHealth,
    read: async (): Promise<{ ok: boolean; message?: string }> => ({ ok: true }),
    reads: 0,
    failures: [] as { error: SyncError; again: number }[],
    reached: 0,
  }
  const touch = new Touch({
    url,
    key: () => 'k',
    machineId: 'laptop',
    health: () => state.health,
    changed,
    hurry,
    readNow: () => {
      state.reads++
      return state.read()
    },
    clock,
    waitMs,
    observer: { reached: () => state.reached++, asked: () => {}, failed: (error, again) => state.failures.push({ error, again }) },
  })
  const running = touch.run(stopping.signal)
  const stop = async () => {
    stopping.abort()
    await running
  }
  onTestFinished(stop)
  return Object.assign(state, {
    hurry,
    stop,
    becomes(health: CollectorHealth) {
      state.health = health
      changed.ring()
    },
  })
}

test('it says who it is and how, and asks again when the hub has nothing, one question at a time', async () => {
  const hub = await askedHub()
  const touch = keepInTouch(hub.url, { waitMs: 1_100 })
  await hub.until(() => hub.calls.length === 3)
  expect(hub.calls[0]).toEqual({ machine_id: 'laptop', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 1_100 })
  expect(hub.open.length).toBeLessThanOrEqual(1)
  expect(touch.failures).toEqual([])
})

test('what has changed is told at once, beside the open question, and once', async () => {
  const hub = await askedHub()
  const touch = keepInTouch(hub.url)
  await hub.until(() => hub.open.length === 1)
  const before = hub.calls.length
  const needsLogin: CollectorHealth = {
    state: 'needs_login',
    consecutiveFailures: 1,
    lastError: { category: 'SESSION_EXPIRED', message: 'sign in' },
  }
  const started = performance.now()
  touch.becomes(needsLogin)
  await hub.until(() => hub.calls.length === before + 1)
  expect(performance.now() - started).toBeLessThan(500)
  expect(hub.calls.at(-1)).toEqual({ machine_id: 'laptop', collector: needsLogin, waitMs: 0 })
  // The question stays open: its answer may be a reading that somebody waits for.
  expect(hub.open).toHaveLength(1)
  touch.becomes({ ...needsLogin, lastSuccessAt: '2026-10-06T12:00:00.000Z' })
  await sleep(1_300)
  expect(hub.calls).toHaveLength(before + 1)
})

test('a reading that is wanted is read, and its end is told at once; it goes on asking meanwhile', async () => {
  const hub = await askedHub()
  const touch = keepInTouch(hub.url)
  const reading = Promise.withResolvers<{ ok: boolean; message?: string }>()
  touch.read = () => reading.promise
  await hub.until(() => hub.open.length === 1)
  hub.want('one')
  await hub.until(() => touch.reads === 1 && hub.open.length === 1)
  reading.resolve({ ok: true })
  await hub.until(() => hub.calls.some(({ triggers }) => triggers !== undefined))
  expect(hub.calls.at(-1)).toMatchObject({ triggers: [{ id: 'one', step: 'done' }], waitMs: 0 })

  touch.read = async () => ({ ok: false, message: 'console: nobody is signed in; run signalbox console login' })
  hub.want('two')
  await hub.until(() => hub.calls.filter(({ triggers }) => triggers !== undefined).length === 2)
  expect(hub.calls.flatMap(({ triggers = [] }) => triggers).at(-1)).toEqual({
    id: 'two',
    step: 'failed',
    message: 'console: nobody is signed in; run signalbox console login',
  })
  touch.read = () => Promise.reject(new Error('it broke'))
  hub.want('three')
  await hub.until(() => hub.calls.flatMap(({ triggers = [] }) => triggers).length === 3)
  expect(hub.calls.flatMap(({ triggers = [] }) => triggers).at(-1)).toEqual({ id: 'three', step: 'failed', message: 'it broke' })
})

test('an end that could not be told is told when the hub is back, once', async () => {
  const hub = await askedHub()
  const touch = keepInTouch(hub.url)
  const reading = Promise.withResolvers<{ ok: boolean }>()
  touch.read = () => reading.promise
  await hub.until(() => hub.open.length === 1)
  hub.want('one')
  await hub.until(() => touch.reads === 1 && hub.open.length === 1)
  await hub.down()
  hub.open.length = 0
  reading.resolve({ ok: true })
  await hub.until(() => touch.failures.length > 0)
  await hub.up()
  touch.hurry.ring()
  await hub.until(() => hub.calls.some(({ triggers }) => triggers !== undefined))
  await sleep(100)
  expect(hub.calls.flatMap(({ triggers = [] }) => triggers)).toEqual([{ id: 'one', step: 'done' }])
})

test('a hub that is away is asked less and less often, and at once when somebody knows better', async () => {
  const hub = await askedHub()
  await hub.down()
  const clock = impatient()
  let rest = false
  const touch = keepInTouch(hub.url, {
    clock: { ...clock, wait: (milliseconds, signal) => (rest ? systemClock.wait(milliseconds, signal) : clock.wait(milliseconds, signal)) },
  })
  await hub.until(() => touch.failures.length >= 9)
  expect(touch.failures.slice(0, 9).map(({ again }) => again)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  rest = true
  await sleep(50)
  await hub.up()
  touch.hurry.ring()
  await hub.until(() => hub.open.length === 1)
})

test('jitter keeps collectors apart', async () => {
  const hub = await askedHub()
  await hub.down()
  for (const [random, delays] of [[0, [750, 1_500]] as const, [0.999, [1_249, 2_499]] as const]) {
    const touch = keepInTouch(hub.url, { clock: { ...impatient(), random: () => random } })
    await hub.until(() => touch.failures.length >= 2)
    expect(touch.failures.slice(0, 2).map(({ again }) => Math.floor(again))).toEqual(delays)
    await touch.stop()
  }
})

test.each([
  [401, 300_000, {}],
  [404, 300_000, {}],
  [429, 42_000, { 'retry-after': '42' }],
  [503, 1_000, {}],
] as const)('%i is asked again after %i ms', async (status, again, headers) => {
  const hub = await askedHub()
  hub.misbehave = (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{"message": "no"}')
  const touch = keepInTouch(hub.url)
  await hub.until(() => touch.failures.length === 1)
  expect(touch.failures).toMatchObject([{ again: expect.closeTo(again, again === 1_000 ? -3 : 0) }])
  await sleep(100)
  expect(hub.calls).toHaveLength(1)
})

test('a laptop that slept for nine hours asks once, not nine hours’ worth', async () => {
  const hub = await askedHub()
  await hub.down()
  // The lid closes in the middle of a wait; every timer comes nine hours late, and at once.
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
  const touch = keepInTouch(hub.url, { clock })
  await hub.until(() => touch.failures.length === 1)
  await hub.up()
  now += 9 * 3_600_000
  for (let ring = 0; ring < 50; ring++)
    touch.becomes({ state: 'failing', consecutiveFailures: ring, nextAttemptAt: new Date(now + ring).toISOString() })
  wake?.()
  await hub.until(() => hub.open.length === 1)
  await sleep(200)
  // Whether the hub is there, and then the question that stays open.
  expect(hub.calls).toMatchObject([
    { waitMs: 0, collector: { state: 'failing', consecutiveFailures: 49 } },
    { waitMs: 20_000, collector: { state: 'failing', consecutiveFailures: 49 } },
  ])
})

test('a hub that does not keep questions open is not asked without end', async () => {
  const hub = await askedHub()
  hub.misbehave = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"timestamp": ""}')
  keepInTouch(hub.url)
  await sleep(1_500)
  expect(hub.calls.length).toBeLessThanOrEqual(2)
})

test('it stops at once, in the middle of a question', async () => {
  const hub = await askedHub()
  const touch = keepInTouch(hub.url)
  await hub.until(() => hub.open.length === 1)
  const started = performance.now()
  await touch.stop()
  expect(performance.now() - started).toBeLessThan(300)
})
