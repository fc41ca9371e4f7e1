import fs from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { type Clock, StateTrackingApiClient, systemClock } from '@signalbox/client'
import type { Call } from '@signalbox/contract/call'
import { type Ledger, openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { Bell } from '../bell.ts'
import { Delivery } from './deliver.ts'
import { impatient } from './impatient.fixture.ts'
import { smallServer } from './small-server.fixture.ts'
import type { Verdict } from './verdict.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, calls: readonly Call[]) => void

/** A server that answers like a hub, or as `misbehave` says; it keeps every call it said yes to. */
async function smallHub() {
  const taken = new Map<string, number>()
  const pages: number[] = []
  const hub = {
    get url() {
      return server.origin
    },
    store: 'first',
    taken,
    /** Sizes of the pages that came, taken or not. */
    pages,
    misbehave: undefined as Answer | undefined,
    up: () => server.up(),
    down: () => server.down(),
    move: () => server.move(),
    say(response: ServerResponse, status: number, message: string, headers = {}) {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify({ success: false, errorCode: 'X', message, suggestion: '', requestId: 'r', timestamp: '' }))
    },
    yes(response: ServerResponse, calls: readonly Call[]) {
      for (const { key } of calls) taken.set(key, (taken.get(key) ?? 0) + 1)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ success: true, accepted: calls.length, improved: 0, duplicates: 0, timestamp: '' }))
    },
  }
  const server = await smallServer((request, response, body) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ authenticated: true, by: 'key', scopes: ['ingest'], bypass: false, store_id: hub.store }))
    }
    const { calls } = JSON.parse(String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)) as { calls: Call[] }
    pages.push(calls.length)
    if (hub.misbehave) hub.misbehave(request, response, calls)
    else hub.yes(response, calls)
  })
  return hub
}

function line(number: number, model = 'claude-opus-5-5'): string {
  return `${JSON.stringify({
    type: 'assistant',
    timestamp: new Date(Date.UTC(2026, 10, 1) + number * 1000).toISOString(),
    sessionId: 's',
    cwd: '/work',
    uuid: `u${number}`,
    requestId: `r${number}`,
    message: { id: `m${number}`, model, usage: { input_tokens: number, output_tokens: 1 } },
  })}\n`
}
const key = (number: number) => `m${number}:r${number}`

/** A real ledger with so many calls in its outbox. */
async function ledgerWith(count: number, model?: (number: number) => string) {
  const folder = tempFolder()
  const file = path.join(folder, 'projects', 'a.jsonl')
  fs.mkdirSync(path.dirname(file))
  const ledger = openLedger({ dataDir: path.join(folder, 'data') })
  onTestFinished(() => ledger.close())
  let written = 0
  const add = async (more: number) => {
    const lines = Array.from({ length: more }, (_, index) => line(written + index, model?.(written + index)))
    written += more
    fs.appendFileSync(file, lines.join(''))
    await ledger.refresh({ roots: [path.dirname(file)] })
  }
  await add(count)
  return { ledger, add }
}

/** Runs the delivery; `settled` resolves whenever nothing is left to send. */
function deliver(ledger: Ledger, hub: { url: string }, options: { clock?: Clock; timeout?: number } = {}) {
  const stopping = new AbortController()
  const [work, hurry, idle] = [new Bell(), new Bell(), new Bell()]
  const verdicts: Verdict[] = []
  const failed = new Bell()
  const refused: string[] = []
  const clock = options.clock ?? impatient()
  const settings = { key: 'sb_old' }
  const delivery = new Delivery({
    outbox: ledger.outbox,
    client: () => new StateTrackingApiClient({ baseUrl: hub.url, apiKey: settings.key, timeout: options.timeout ?? 5_000, retry: false }),
    machineId: 'laptop',
    clock,
    work,
    hurry,
    observer: {
      idle: () => idle.ring(),
      sending: () => {},
      sent: () => {},
      refused: (key) => refused.push(key),
      anotherStore: () => {},
      failed: (verdict) => {
        verdicts.push(verdict)
        failed.ring()
      },
    },
  })
  const running = delivery.run(stopping.signal)
  onTestFinished(async () => {
    stopping.abort()
    await running
  })
  return {
    verdicts,
    refused,
    settings,
    hurry,
    settled: () => idle.heard(AbortSignal.timeout(15_000)),
    failed: () => failed.heard(AbortSignal.timeout(15_000)),
    more: () => {
      work.ring()
      return idle.heard(AbortSignal.timeout(15_000))
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

test('everything is sent once, oldest first, in pages the hub accepts', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(12_001)
  await deliver(ledger, hub).settled()
  expect(hub.pages).toEqual([5_000, 5_000, 2_001])
  expect([...hub.taken.keys()]).toEqual(Array.from({ length: 12_001 }, (_, number) => key(number)))
  expect(new Set(hub.taken.values())).toEqual(new Set([1]))
  expect(ledger.outbox.pending()).toBe(0)
})

test('what comes later is sent when the bell rings', async () => {
  const hub = await smallHub()
  const { ledger, add } = await ledgerWith(2)
  const delivery = deliver(ledger, hub)
  await delivery.settled()
  await add(3)
  await delivery.more()
  expect([...hub.taken.keys()]).toEqual([0, 1, 2, 3, 4].map(key))
})

test('a hub that is down for long costs nothing but time', async () => {
  const hub = await smallHub()
  await hub.down()
  const { ledger, add } = await ledgerWith(10)
  const clock = impatient()
  const delivery = deliver(ledger, hub, { clock })
  while (delivery.verdicts.length < 12) await delivery.failed()
  await add(5)
  expect(ledger.outbox.pending()).toBe(15)
  await hub.up()
  await delivery.settled()
  expect(hub.taken.size).toBe(15)
  expect(ledger.outbox.pending()).toBe(0)
  expect(clock.waits.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  expect(delivery.verdicts[0]).toMatchObject({ state: 'offline', problem: expect.stringContaining('ECONNREFUSED') })
})

test.each([500, 502, 503, 504])('%i is tried again until it goes', async (status) => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(7)
  let failures = 0
  hub.misbehave = (_, response, calls) => (failures++ < 3 ? hub.say(response, status, 'not now') : hub.yes(response, calls))
  const delivery = deliver(ledger, hub)
  await delivery.settled()
  expect(delivery.verdicts.map(({ state }) => state)).toEqual(['offline', 'offline', 'offline'])
  expect(hub.taken.size).toBe(7)
})

test('a connection cut after the hub had taken the page costs one repetition', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(7)
  let cut = false
  hub.misbehave = (request, response, calls) => {
    if (cut) return hub.yes(response, calls)
    cut = true
    for (const { key } of calls) hub.taken.set(key, 1)
    request.socket.destroy()
  }
  await deliver(ledger, hub).settled()
  expect(new Set(hub.taken.values())).toEqual(new Set([2]))
  expect(ledger.outbox.pending()).toBe(0)
})

test('a hub too slow to answer is tried again', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(7)
  let slow = true
  hub.misbehave = (_, response, calls) => {
    if (!slow) return hub.yes(response, calls)
    slow = false
  }
  const delivery = deliver(ledger, hub, { timeout: 100 })
  await delivery.settled()
  expect(delivery.verdicts[0]).toMatchObject({ state: 'offline', problem: expect.stringContaining('100 ms') })
  expect(hub.taken.size).toBe(7)
})

test('429 waits as long as the hub asks', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(7)
  let limited = true
  hub.misbehave = (_, response, calls) => {
    if (!limited) return hub.yes(response, calls)
    limited = false
    hub.say(response, 429, 'too fast', { 'retry-after': '42' })
  }
  const clock = impatient()
  await deliver(ledger, hub, { clock }).settled()
  expect(clock.waits).toEqual([42_000])
})

test.each([401, 403])('%i keeps everything, says what to do, asks rarely, and goes on with a new key at once', async (status) => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(7)
  hub.misbehave = (request, response, calls) =>
    request.headers.authorization === 'Bearer sb_new' ? hub.yes(response, calls) : hub.say(response, status, 'Invalid API key')
  const delivery = deliver(ledger, hub, { clock: systemClock })
  await delivery.failed()
  expect(delivery.verdicts).toMatchObject([
    { state: 'refused', key: true, slow: true, suggestion: expect.stringContaining('signalbox keys create') },
  ])
  expect(ledger.outbox.pending()).toBe(7)
  delivery.settings.key = 'sb_new'
  delivery.hurry.ring()
  await delivery.settled()
  expect(hub.taken.size).toBe(7)
})

test('one poisonous call steps aside, the rest goes on', async () => {
  const hub = await smallHub()
  const { ledger, add } = await ledgerWith(1_000)
  const poison = new Set([key(0), key(517), key(518), key(999)])
  hub.misbehave = (_, response, calls) =>
    calls.some(({ key }) => poison.has(key)) ? hub.say(response, 400, 'calls[3].model: too long') : hub.yes(response, calls)
  const delivery = deliver(ledger, hub)
  await delivery.settled()
  expect(hub.taken.size).toBe(996)
  expect(new Set(delivery.refused)).toEqual(poison)
  expect(ledger.outbox.pending()).toBe(0)
  expect(ledger.status()).toMatchObject({ set_aside_total: 4 })
  expect(ledger.status().set_aside[0]).toMatchObject({ reason: 'calls[3].model: too long' })
  expect(delivery.verdicts).toEqual([])
  await add(1)
  await delivery.more()
  expect(hub.taken.has(key(1_000))).toBe(true)
})

test('a hub that refuses every single call is not believed: nothing steps aside', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(5)
  hub.misbehave = (_, response) => hub.say(response, 400, 'calls[0]: Unrecognized key: "new_field"')
  const delivery = deliver(ledger, hub)
  await delivery.failed()
  expect(delivery.verdicts[0]).toMatchObject({ state: 'refused', problem: expect.stringContaining('new_field'), slow: false })
  expect(ledger.outbox.pending()).toBe(5)
  hub.misbehave = undefined
  await delivery.settled()
  expect(hub.taken.size).toBe(5)
  expect(ledger.status().set_aside_total).toBe(0)
})

test('a page too large is sent in smaller ones, and only what is too large alone steps aside', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(9_000)
  hub.misbehave = (_, response, calls) =>
    calls.length > 1_500 || calls.some((call) => call.key === key(8_765)) ? hub.say(response, 413, 'too large') : hub.yes(response, calls)
  const delivery = deliver(ledger, hub)
  await delivery.settled()
  expect(hub.taken.size).toBe(8_999)
  expect(delivery.refused).toEqual([key(8_765)])
  // It learns: after the first page hardly any is too large again.
  expect(hub.pages.filter((size) => size > 1_500).length).toBeLessThan(8)
})

test('another hub is sent everything, the calls once set aside as well', async () => {
  const [first, second] = [await smallHub(), await smallHub()]
  second.store = 'second'
  const { ledger } = await ledgerWith(20)
  first.misbehave = (_, response, calls) =>
    calls.some((call) => call.key === key(3)) ? first.say(response, 400, 'no') : first.yes(response, calls)
  const delivery = deliver(ledger, first)
  await delivery.settled()
  await delivery.stop()
  expect(first.taken.size).toBe(19)
  await deliver(ledger, second).settled()
  expect(second.taken.size).toBe(20)
})

test('a hub that was emptied is noticed and sent everything, the same hub at another address nothing', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(20)
  let now = 1_000_000
  const clock = { ...impatient(), now: () => now }
  const delivery = deliver(ledger, hub, { clock })
  await delivery.settled()
  await hub.move()
  now += 3_600_000
  await delivery.more()
  expect(new Set(hub.taken.values())).toEqual(new Set([1]))
  hub.taken.clear()
  hub.store = 'emptied'
  now += 3_600_000
  await delivery.more()
  expect(hub.taken.size).toBe(20)
})

test('a hub that lost everything gets it again, even when that is asked for while a page is on its way', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(6_000)
  hub.misbehave = (_, response, calls) => {
    if (hub.pages.length === 2) ledger.outbox.resend()
    hub.yes(response, calls)
  }
  await deliver(ledger, hub).settled()
  expect(hub.pages).toEqual([5_000, 1_000, 5_000, 1_000])
  expect(new Set(hub.taken.values())).toEqual(new Set([2]))
})

test('it stops at once, in the middle of a wait and in the middle of a request', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(7)
  hub.misbehave = () => {}
  const asking = deliver(ledger, hub, { clock: systemClock })
  while (hub.pages.length === 0) await sleep(5)
  const started = performance.now()
  await asking.stop()
  hub.misbehave = (_, response) => hub.say(response, 503, 'no')
  const waiting = deliver(ledger, hub, { clock: systemClock })
  await waiting.failed()
  await waiting.stop()
  expect(performance.now() - started).toBeLessThan(700)
  expect(ledger.outbox.pending()).toBe(7)
})

test('in real time, a hub that comes back after a moment has everything within seconds', async () => {
  const hub = await smallHub()
  const { ledger } = await ledgerWith(7)
  await hub.down()
  const delivery = deliver(ledger, hub, { clock: systemClock })
  await delivery.failed()
  await hub.up()
  const started = performance.now()
  await delivery.settled()
  expect(hub.taken.size).toBe(7)
  expect(performance.now() - started).toBeLessThan(4_000)
})
