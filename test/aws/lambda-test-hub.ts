import fs from 'node:fs'
import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import { readConfig } from '../../apps/hub/src/config.ts'
import type { HttpAnswer, RestAnswer } from '../../apps/hub/src/lambda/gateway-event.ts'
import { openMongoStore } from '../../apps/hub/src/store/mongo/open.ts'
import { type HubOptions, masterKey, TestClock, type TestHub } from '../../apps/hub/test/open-hub.ts'
import { type GatewayKind, gatewayEvent, gatewayResponse } from '../support/gateway.ts'
import { isFunctionError, LambdaInstance } from '../support/lambda-instance.ts'
import { databaseForStore } from '../support/mongo.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'

/** A clock that the processes of functions have too, through a file. */
class SharedClock extends TestClock {
  readonly #file: string
  constructor(file: string, at?: string) {
    super(at)
    this.#file = file
    this.#write()
  }
  override pass(ms: number): void {
    super.pass(ms)
    this.#write()
  }
  override set(ms: number): void {
    super.set(ms)
    this.#write()
  }
  #write(): void {
    const descriptor = fs.openSync(this.#file, fs.constants.O_WRONLY | fs.constants.O_CREAT)
    // Not truncated first: a function reads at any moment.
    fs.writeSync(descriptor, new Float64Array([this.now(), this.monotonic()]), 0, 16, 0)
    fs.closeSync(descriptor)
  }
}

/** Calls that come at once start other instances, as on Lambda, up to this number. */
const MAX_INSTANCES = 2

/**
 * The hub as AWS runs it, for the suites that any hub must pass: our bundle in AWS's emulator, on MongoDB, called with the events of
 * a gateway. Its monitor is the tick of the schedule. `store` is a second one on the same database; there is no `app`.
 */
export async function openLambdaTestHub(
  bundle: string,
  kind: GatewayKind,
  options: HubOptions,
  onClose: (close: () => Promise<void>) => void = onTestFinished,
): Promise<TestHub> {
  const uri = await databaseForStore(onClose)
  const folder = makeTempFolder()
  const clock = new SharedClock(path.join(folder, 'clock'))
  const env = {
    DATA_DIR: folder,
    API_KEYS: masterKey,
    TIMEZONE: 'UTC',
    RATE_LIMIT_PER_MINUTE: '1000000',
    INGEST_LIMIT_PER_MINUTE: '1000000',
    SECRET_KEY: 'secret-of-this-test-0123456789abcdef',
    MONGODB_URI: uri,
    ...options.env,
  }
  const config = readConfig(env)
  const store = await openMongoStore({ uri, prices: config.prices ?? defaultPriceTable(), machineOfflineMs: config.rules.machineOfflineMs })
  const starting: Promise<LambdaInstance>[] = []
  const start = (handler: string) => {
    const instance = LambdaInstance.start({ folder: bundle, handler, env, clock: path.join(folder, 'clock') })
    starting.push(instance)
    return instance
  }
  const instances = [await start('lambda.handler')]
  let schedule: Promise<LambdaInstance> | undefined
  let another: Promise<unknown> | undefined
  onClose(async () => {
    await another
    for (const instance of starting) await (await instance).stop()
    await store.close()
    removeFolder(folder)
  })
  const instanceForCall = async () => {
    const free = () => instances.find((instance) => !instance.isBusy)
    if (free() === undefined && instances.length < MAX_INSTANCES) {
      another ??= start('lambda.handler').then((instance) => instances.push(instance))
      await another
    }
    return free() ?? instances[Math.floor(Math.random() * instances.length)]!
  }
  const inject = async (request: InjectOptions): Promise<LightMyRequestResponse> => {
    const { method = 'GET', url, headers = {}, payload } = request
    const isJson = typeof payload === 'object' && payload !== null && !Buffer.isBuffer(payload)
    const sent = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, String(one)] as const))
    if (isJson && !sent.some(([name]) => name.toLowerCase() === 'content-type')) sent.push(['content-type', 'application/json'])
    const body = isJson ? JSON.stringify(payload) : (payload as string | Buffer | undefined)
    const event = gatewayEvent(kind, { method, url: String(url), headers: sent, ...(body === undefined ? {} : { body }) })
    const instance = await instanceForCall()
    const answer = await instance.invoke<RestAnswer | HttpAnswer>(event)
    if (isFunctionError(answer)) throw new Error(`${method} ${url}: ${answer.errorMessage}\n${instance.output.slice(-3000)}`)
    const { statusCode, headers: received, rawPayload } = gatewayResponse(answer)
    const text = rawPayload.toString()
    return { statusCode, headers: received, rawPayload, payload: text, body: text, json: () => JSON.parse(text) } as LightMyRequestResponse
  }
  const ticked = {
    async check() {
      schedule ??= start('lambda.tick')
      const instance = await schedule
      const answer = await instance.invoke({ source: 'aws.scheduler' })
      if (isFunctionError(answer)) throw new Error(`${answer.errorMessage}\n${instance.output.slice(-3000)}`)
      return false
    },
  }
  return {
    get app(): never {
      throw new Error('a hub on Lambda has no app that a test could reach')
    },
    store: store as unknown as TestHub['store'],
    clock,
    monitor: ticked as unknown as TestHub['monitor'],
    startMonitor: () => ticked,
    config,
    log: [],
    folder,
    inject,
    ask: (method, url, more = {}) =>
      inject({ ...more, method: method as 'GET', url, headers: { authorization: `Bearer ${masterKey}`, ...more.headers } }),
  }
}
