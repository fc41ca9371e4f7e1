import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { HttpAnswer } from '../../apps/hub/src/lambda/gateway-event.ts'
import { slowNetwork } from '../../apps/hub/test/slow-network.ts'
// @ts-expect-error plain JavaScript
import { buildLambda } from '../../scripts/lambda/build.mjs'
import { gatewayEvent, gatewayResponse } from '../support/gateway.ts'
import { type FunctionError, type InstanceOptions, isFunctionError, LambdaInstance, whyNoEmulator } from '../support/lambda-instance.ts'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../support/mongo.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { openLambdaTestHub } from './lambda-test-hub.ts'

const KEY = 'key-of-this-test-0123456789abcdef'
const missing = await whyNoEmulator()

/** The hub in AWS's own emulator: what becomes of an instance that cannot start, has no time left, is frozen, or is killed. */
describe.skipIf(missing !== undefined)('in the emulator of AWS Lambda', () => {
  let bundle: string
  beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
  beforeAll(async () => {
    bundle = makeTempFolder()
    await buildLambda(bundle)
  })
  afterAll(() => removeFolder(bundle))

  async function start(uri: string, options: Partial<InstanceOptions> = {}) {
    const env = { MONGODB_URI: uri, API_KEYS: KEY, SECRET_KEY: 'secret-of-this-test-0123456789abcdef', LOG_LEVEL: 'warn' }
    const instance = await LambdaInstance.start({ folder: bundle, env, ...options })
    onTestFinished(() => instance.stop())
    /** @throws Error when the function has not answered */
    const ask = async (method: string, url: string, body?: object, headers: Record<string, string> = {}) => {
      const answer = await tryAsk(method, url, body, headers)
      if (isFunctionError(answer)) throw new Error(`${method} ${url}: ${answer.errorMessage}\n${instance.output}`)
      const { statusCode, headers: received, rawPayload } = gatewayResponse(answer)
      return { status: statusCode, headers: received, body: JSON.parse(rawPayload.toString() || 'null') }
    }
    const tryAsk = (
      method: string,
      url: string,
      body?: object,
      headers: Record<string, string> = {},
    ): Promise<HttpAnswer | FunctionError> => {
      const sent = Object.entries({ authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers })
      return instance.invoke(
        gatewayEvent('http', { method, url, headers: sent, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
      )
    }
    return { instance, ask, tryAsk }
  }

  it('a start without its database is answered with 503 and Retry-After, and the same instance works when it is back', async () => {
    const uri = await databaseForStore()
    const line = await slowNetwork(`${uri}?serverSelectionTimeoutMS=1000`)
    line.cut()
    const { instance, ask } = await start(line.uri)
    const away = await ask('GET', '/sessions')
    expect([away.status, away.headers['retry-after'], away.body.error]).toEqual([503, '5', 'unavailable'])
    expect(JSON.stringify(away)).not.toContain(new URL(line.uri).port)
    line.mend()
    expect((await ask('GET', '/sessions')).status).toBe(200)
    expect(instance.initMs).toHaveLength(1)

    // Away in the middle of its life: refused by the same words, and nothing is forgotten.
    expect((await ask('POST', '/machines', { machine_id: 'box', hostname: 'box' })).status).toBe(201)
    line.cut()
    const later = await ask('POST', '/machines', { machine_id: 'late', hostname: 'late' })
    expect([later.status, later.headers['retry-after']]).toEqual([503, expect.any(String)])
    line.mend()
    await vi.waitFor(async () => expect((await ask('GET', '/machines/box')).status).toBe(200), { timeout: 60_000, interval: 200 })
    expect(instance.initMs).toHaveLength(1)
  })

  it('a call that has no time left, or whose instance is killed in the middle of a write, is repeated and has happened once', async () => {
    const uri = await databaseForStore()
    const line = await slowNetwork(uri)
    const [{ instance, ask, tryAsk }, other] = [await start(line.uri, { timeoutS: 20 }), await start(uri)]
    const create = (key: string): [string, string, object, Record<string, string>] => [
      'POST',
      '/sessions',
      { project_id: key, machine_id: 'm' },
      { 'idempotency-key': key },
    ]
    /** As our client does, while the first call counts as being worked on. */
    const repeat = async (key: string) => {
      for (;;) {
        const answer = await ask(...create(key))
        if (answer.status !== 503) return answer
        expect(answer.headers['retry-after']).toMatch(/^\d+$/)
        await sleep(500)
      }
    }
    expect((await ask('GET', '/health')).status).toBe(200)
    const seen = async (project: string) => {
      const { body } = await other.ask('GET', `/sessions?project_id=${project}`)
      const { body: events } = await other.ask('GET', '/events?format=json&after=0&limit=1000&types=session.created')
      const ids = (body as { session_id: string }[]).map(({ session_id }) => session_id)
      return { ids, published: (events as { data: { session_id: string } }[]).filter(({ data }) => ids.includes(data.session_id)).length }
    }

    for (const [key, collection] of [
      ['before', 'session'],
      ['after', 'event'],
    ] as const) {
      expect((await ask('GET', '/health')).status).toBe(200)
      // The machine is there, so the first event is that of the session.
      if (key === 'after') expect((await other.ask('GET', '/machines/m')).status).toBe(200)
      const writing = line.hold('insert', collection)
      const lost = tryAsk(...create(key))
      await writing.reached
      instance.signal('SIGKILL')
      expect(isFunctionError(await lost)).toBe(true)
      writing.release()
      const again = await repeat(key)
      expect([again.status, (await seen(key)).ids]).toEqual([201, [again.body.session_id]])
      await expect.poll(async () => (await seen(key)).published, { timeout: 60_000 }).toBe(1)
    }

    const starts = instance.initMs.length
    const writing = line.hold('insert', 'session')
    const lost = await tryAsk(...create('slow'))
    expect(lost).toMatchObject({ errorMessage: expect.stringContaining('timed out after 20.00 seconds') })
    writing.release()
    const again = await repeat('slow')
    expect([again.status, (await seen('slow')).ids]).toEqual([201, [again.body.session_id]])
    expect(instance.initMs.length).toBeGreaterThanOrEqual(starts)
  })

  it('a silent session is found by the tick alone within its minute, and with traffic within five seconds', async () => {
    const hub = await openLambdaTestHub(bundle, 'url', { env: { LOG_LEVEL: 'warn' } })
    const { session_id: first } = (await hub.ask('POST', '/sessions', { payload: { project_id: 'p', machine_id: 'm' } })).json()
    await hub.monitor.check()
    const due = hub.clock.now() + hub.config.rules.stallMs
    const isStalled = async (id: string) => (await hub.store.sessions.find(id))!.status === 'stalled'
    // The function is not called in between, and its schedule is not exact.
    for (let minute = 0; !(await isStalled(first)); minute++) {
      expect(hub.clock.now(), 'late').toBeLessThanOrEqual(due + 60_000)
      hub.clock.pass(59_000 + (minute % 3) * 1000)
      await hub.monitor.check()
    }
    expect(hub.clock.now()).toBeGreaterThanOrEqual(due)

    const second = (
      await hub.ask('POST', '/sessions', { payload: { project_id: 'p', machine_id: 'm', heartbeat_interval_ms: 5000 } })
    ).json().session_id
    const secondDue = hub.clock.now() + 15_000
    while (!(await isStalled(second))) {
      expect(hub.clock.now(), 'late').toBeLessThanOrEqual(secondDue + 5_000)
      hub.clock.pass(2_000)
      expect((await hub.ask('GET', '/health')).statusCode).toBe(200)
    }
    expect(hub.clock.now()).toBeGreaterThanOrEqual(secondDue)
    expect(await hub.store.events.page({ after: 0, limit: 100, types: ['monitor.paused'] })).toEqual([])
  })

  it('frozen for longer than its connections live, an instance goes on where it was', async () => {
    const uri = await databaseForStore()
    const line = await slowNetwork(uri)
    const { instance, ask } = await start(line.uri)
    expect((await ask('POST', '/machines', { machine_id: 'box', hostname: 'box' })).status).toBe(201)
    // It is frozen between two calls; meanwhile the network forgets its connections, as that of a cloud does.
    line.cut()
    line.mend()
    await sleep(500)
    expect((await ask('GET', '/machines/box')).status).toBe(200)
    expect((await ask('POST', '/machines/box/heartbeat', {})).status).toBe(200)
    expect(instance.initMs).toHaveLength(1)
  })
})
