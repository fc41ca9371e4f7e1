import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { TestClock } from '../../test/open-hub.ts'
import type { Logger } from '../log.ts'
import { HEARTBEAT_INTERVAL_MS, HeartbeatUrl, type Wellbeing } from './heartbeat-url.ts'

const signal = new AbortController().signal
const silent = { info: () => {}, warn: () => {} } as unknown as Logger

async function start(style: 'healthchecks' | 'plain' = 'healthchecks', more: Partial<Wellbeing> = {}) {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push(`${request.method} ${request.url}${body === '' ? '' : ` ${body}`}`)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const clock = new TestClock()
  const state = { monitorAt: 0, store: true, oldest: undefined as number | undefined }
  const heartbeat = new HeartbeatUrl({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/abc?x=1`,
    style,
    clock,
    logger: silent,
    monitorAt: () => state.monitorAt,
    checkStore: async () => {
      if (!state.store) throw new Error('away')
    },
    oldestDue: async () => state.oldest,
    ...more,
  })
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 5_000) {
      clock.pass(5_000)
      if (state.monitorAt >= 0) state.monitorAt = clock.monotonic()
      await heartbeat.check(signal)
    }
  }
  return { asked, heartbeat, clock, state, pass }
}

it('asks the address every minute while the hub is well', async () => {
  const { asked, heartbeat, pass } = await start()
  await heartbeat.check(signal)
  await pass(2 * HEARTBEAT_INTERVAL_MS)
  expect(asked).toEqual(['GET /ping/abc?x=1', 'GET /ping/abc?x=1', 'GET /ping/abc?x=1'])
})

it('says at once that the monitor stands still, and goes on when it looks anew', async () => {
  const { asked, heartbeat, state, pass } = await start()
  await heartbeat.check(signal)
  state.monitorAt = -1
  await pass(10_000)
  expect(asked.slice(1)).toEqual([
    expect.stringMatching(/^POST \/ping\/abc\/fail\?x=1 The monitor has not looked for \d+ s$/),
    expect.anything(),
  ])
  state.monitorAt = 0
  await pass(5_000)
  expect(asked.at(-1)).toBe('GET /ping/abc?x=1')
})

it('forgives a store that is away for less than a minute, and not a notice that waits for five', async () => {
  const { asked, heartbeat, state, clock, pass } = await start()
  await heartbeat.check(signal)
  state.store = false
  await pass(55_000)
  expect(asked.every((line) => line.startsWith('GET'))).toBe(true)
  await pass(10_000)
  expect(asked.at(-1)).toBe('POST /ping/abc/fail?x=1 The hub database does not answer')
  state.store = true
  state.oldest = clock.now() - 299_000
  await pass(5_000)
  expect(asked.at(-1)).toMatch(/fail/)
})

it('a plain address is only asked while the hub is well', async () => {
  const { asked, heartbeat, state, pass } = await start('plain')
  await heartbeat.check(signal)
  state.monitorAt = -1
  await pass(60_000)
  expect(asked).toEqual(['GET /ping/abc?x=1'])
})
