import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import type { HttpAnswer } from '../../../apps/hub/src/lambda/gateway-event.ts'
import { slowNetwork } from '../../../apps/hub/test/slow-network.ts'
import { gatewayEvent, gatewayResponse } from '../../support/gateway.ts'
import { isFunctionError, LambdaInstance } from '../../support/lambda-instance.ts'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../support/mongo.ts'
import { type Confirmed, checkConfirmed, slots, work } from '../../trips/killed-hub.suite.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const KEY = 'key-of-this-test-0123456789abcdef'
const INSTANCES = 20
/** The load lasts until so many sessions were confirmed after the accidents. */
const CONFIRMED = 8

it('twenty instances at once on one store, one frozen in a write and one killed in one: all that was confirmed is there, once', async () => {
  const uri = await freshDatabase()
  const [frozenLine, killedLine] = [await slowNetwork(uri), await slowNetwork(uri)]
  const start = async (at: string, handler = 'lambda.handler') => {
    const env = {
      MONGODB_URI: at,
      API_KEYS: KEY,
      SECRET_KEY: 'secret-of-this-test-0123456789abcdef',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_PER_MINUTE: '1000000',
      HEARTBEAT_LIMIT_PER_MINUTE: '1000000',
    }
    // Twenty starts at once take a while on two cores, and a worker whose call was given up keeps its slot.
    const instance = await LambdaInstance.start({ folder: process.env.LAMBDA_BUNDLE!, handler, env, timeoutS: 600 })
    onTestFinished(() => instance.stop())
    return instance
  }
  let refused = 0
  const asked = (instances: () => LambdaInstance[]) => ({
    /** As the gateway and our client: a free instance has the call, and one that was refused for now is repeated, which changes nothing. */
    async ask<T>(method: string, url: string, body?: object) {
      const key = randomUUID()
      const free = async () => {
        for (;;) {
          const found = instances().filter((instance) => !instance.isBusy)
          if (found.length > 0) return found[Math.floor(Math.random() * found.length)]!
          await sleep(2)
        }
      }
      const headers = [
        ['authorization', `Bearer ${KEY}`],
        ['content-type', 'application/json'],
        ['idempotency-key', key],
      ] as const
      const event = gatewayEvent('http', { method, url, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      for (;;) {
        const answer = await (await free()).invoke<HttpAnswer>(event)
        if (isFunctionError(answer)) throw new TypeError(answer.errorMessage)
        const { statusCode, rawPayload } = gatewayResponse(answer)
        if (statusCode !== 503 && statusCode !== 504)
          return { status: statusCode, headers: new Headers(), body: JSON.parse(rawPayload.toString() || 'null') as T }
        refused++
        await sleep(500)
      }
    },
  })

  const well: LambdaInstance[] = []
  for (let n = 0; n < INSTANCES - 2; n++) well.push(await start(uri))
  const [frozen, killed, schedule] = [await start(frozenLine.uri), await start(killedLine.uri), await start(uri, 'lambda.tick')]
  const everything = asked(() => well)
  expect((await everything.ask('POST', '/machines', { machine_id: 'box', hostname: 'box', docker_slots: slots() })).status).toBe(201)
  // All start at once, beside each other.
  await Promise.all([...well, frozen, killed].map((instance) => asked(() => [instance]).ask('GET', '/health')))

  const confirmed = new Map<string, Confirmed>()
  const end = new AbortController()
  const workers = Array.from({ length: INSTANCES }, () => work(everything, confirmed, end.signal))
  const accident = async (instance: LambdaInstance, line: typeof frozenLine, collection: string, signal: 'SIGSTOP' | 'SIGKILL') => {
    const writing = line.hold('insert', collection)
    // Until one of its calls writes: most find that their slot is taken.
    const unlucky = work(
      asked(() => [instance]),
      confirmed,
      end.signal,
    )
    await writing.reached
    instance.signal(signal)
    writing.release()
    return unlucky
  }
  const accidents = [accident(frozen, frozenLine, 'session', 'SIGSTOP'), accident(killed, killedLine, 'event', 'SIGKILL')]
  await accidents[1]
  const ticks = (async () => {
    for (; !end.signal.aborted; await sleep(1_000)) await schedule.invoke({ source: 'aws.scheduler' })
  })()
  const before = confirmed.size
  await expect.poll(() => confirmed.size, { timeout: 500_000 }).toBeGreaterThan(before + CONFIRMED)
  // What it was about to do is long overtaken.
  frozen.signal('SIGCONT')
  await accidents[0]
  end.abort()
  await Promise.all([...workers, ticks])
  // The schedule goes on, and finds what is left.
  await schedule.invoke({ source: 'aws.scheduler' })
  await checkConfirmed(everything, confirmed)
  console.log(
    `${confirmed.size} sessions confirmed by ${INSTANCES} instances, ${refused} requests refused for now and repeated; starts ${well.flatMap(({ initMs }) => initMs.map(Math.round)).join(', ')} ms`,
  )
})
