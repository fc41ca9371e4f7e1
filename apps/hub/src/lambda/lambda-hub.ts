import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SettingsError } from '@signalbox/contract/setting'
import { programLog } from '@signalbox/hub-address/log-output'
import type { FastifyInstance } from 'fastify'
import packageJson from '../../package.json' with { type: 'json' }
import { createApp } from '../app.ts'
import { systemClock } from '../clock.ts'
import { type HubConfig, readConfig } from '../config.ts'
import { streamDefaults } from '../event/stream.ts'
import { errorAnswer } from '../http/error-body.ts'
import { HubError } from '../hub-error.ts'
import { createLogger, type Logger } from '../log.ts'
import { retainDaily } from '../maintenance/retention.ts'
import { Monitor } from '../monitor/monitor.ts'
import { formatStartError, StartError } from '../start-error.ts'
import { openMongoStore } from '../store/mongo/open.ts'
import type { Store } from '../store/store.ts'
import {
  type GatewayEvent,
  type HttpAnswer,
  type HubAnswer,
  MAX_ANSWER_BYTES,
  type RestAnswer,
  toAnswer,
  toRequest,
} from './gateway-event.ts'

/** How often the schedule calls `tick`, in milliseconds. */
export const TICK_MS = 60_000
/** Alerts of a tick end before its function is ended. */
const TICK_ALERTS_MS = 20_000
/** Requests ask for a check of the monitor at most so often. */
const CHECK_INTERVAL_MS = 1_000
/** A request that has less time left asks for none. */
const CHECK_TIME_MS = 3_000
const RETRY_AFTER_S = 5
const DAY_MS = 86_400_000
/** A gateway gives up after 29 s. */
const TURN = { waitMs: 20_000, gatherMs: 100 }

const log = programLog('hub')

/** What of the context of a call is used. */
export interface CallContext {
  getRemainingTimeInMillis(): number
}

interface OpenHub {
  readonly app: FastifyInstance
  readonly store: Store
  readonly monitor: Monitor
  readonly config: HubConfig
}

/**
 * A hub inside a function that is frozen between two calls, and of which there may be many at once. Its store is MongoDB,
 * opened at the first call and kept; what a hub otherwise does by itself is done by `tick`, once a minute.
 */
export class LambdaHub {
  readonly #env: NodeJS.ProcessEnv
  readonly #dashboard: string
  readonly #logger: Logger
  #opening: Promise<OpenHub> | undefined
  #checkedAt = Number.NEGATIVE_INFINITY

  /** @param dashboard the folder of the built dashboard */
  constructor(env: NodeJS.ProcessEnv, dashboard: string) {
    this.#env = env
    this.#dashboard = dashboard
    this.#logger = createLogger('info', log)
  }

  /** One HTTP request. */
  async handle(event: GatewayEvent, context: CallContext): Promise<RestAnswer | HttpAnswer> {
    const { method, url, headers, payload } = toRequest(event)
    let hub: OpenHub
    try {
      hub = await this.#open()
    } catch (error) {
      return toAnswer(event, answerOf(this.#problemOf(error), url))
    }
    const [answer] = await Promise.all([
      hub.app.inject({ method: method as 'GET', url, headers, ...(payload === undefined ? {} : { payload }) }),
      this.#checkBeside(hub, context),
    ])
    const sent = toAnswer(event, { statusCode: answer.statusCode, headers: answer.headers, payload: answer.rawPayload })
    return Buffer.byteLength(sent.body) > MAX_ANSWER_BYTES ? toAnswer(event, answerOf(tooLarge(answer.rawPayload.length), url)) : sent
  }

  /** What is done once a minute. @throws when anything failed, so that the failure counts as one of the function */
  async tick(context: CallContext): Promise<void> {
    const { app, store, monitor, config } = await this.#open()
    const now = systemClock.now()
    await monitor.check()
    this.#checkedAt = systemClock.monotonic()
    const work = [
      store.limits.expireTriggers(now),
      store.sweep(now),
      store.signIns.sweep(now, now - config.signInAges.idle),
      this.#daily(store, config, now),
    ]
    if (config.alerts.enabled) {
      work.push(app.alerts.runOnce(Math.min(TICK_ALERTS_MS, Math.max(0, context.getRemainingTimeInMillis() - CHECK_TIME_MS))))
    }
    const failed = (await Promise.allSettled(work)).filter((one) => one.status === 'rejected')
    for (const { reason } of failed) this.#logger.error({ err: reason }, 'a part of the tick failed')
    if (failed.length > 0) throw failed[0]!.reason
  }

  async close(): Promise<void> {
    const { app, store } = (await this.#opening?.catch(() => undefined)) ?? {}
    await app?.close()
    await store?.close()
  }

  /** A call that fails to open the store must not leave that failure to those after it. */
  #open(): Promise<OpenHub> {
    this.#opening ??= this.#start().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #start(): Promise<OpenHub> {
    const config = readConfig(lambdaEnv(this.#env))
    if (config.mongoUri === undefined) throw new StartError('A hub on Lambda needs MONGODB_URI: it has no disk of its own.')
    if (config.alerts.secretKey === undefined) throw new StartError('A hub on Lambda needs SECRET_KEY: its instances share no file.')
    const logger = createLogger(config.logLevel, log)
    const store = await openMongoStore({
      uri: config.mongoUri,
      prices: config.prices,
      machineOfflineMs: config.rules.machineOfflineMs,
      log: (message) => logger.info(message),
    })
    try {
      const monitor = new Monitor({ store, clock: systemClock, rules: config.rules, logger, tickMs: TICK_MS })
      const app = await createApp({
        store,
        monitor,
        clock: systemClock,
        config,
        logger,
        version: packageJson.version,
        dashboard: this.#dashboard,
        streams: { ...streamDefaults, turn: TURN },
      })
      if (config.alerts.enabled) await app.alerts.prepare()
      await app.ready()
      return { app, store, monitor, config }
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** With traffic, silence is noticed within seconds. A failure is the next tick's to report. */
  async #checkBeside({ monitor }: OpenHub, context: CallContext): Promise<void> {
    const now = systemClock.monotonic()
    if (now - this.#checkedAt < CHECK_INTERVAL_MS || context.getRemainingTimeInMillis() < CHECK_TIME_MS) return
    this.#checkedAt = now
    await Promise.race([monitor.check().catch(() => {}), sleep(CHECK_TIME_MS - CHECK_INTERVAL_MS, undefined, { ref: false })])
  }

  /** Retention, by the first tick of each day. */
  async #daily(store: Store, { retentionDays }: HubConfig, now: number): Promise<void> {
    const day = Math.floor(now / DAY_MS)
    const mark = await store.alerts.mark('daily')
    if (mark?.value.day === day) return
    if (!(await store.alerts.putMark('daily', { value: { day }, revision: (mark?.revision ?? 0) + 1 }))) return
    await retainDaily({ store, retentionDays, clock: systemClock, logger: this.#logger })
  }

  /** Callers read no setting and no address of the database: the log has them. */
  #problemOf(err: unknown): HubError {
    const problem = err instanceof SettingsError ? err.problems.join('; ') : formatStartError(err, this.#env)
    this.#logger.error({ err }, `the hub could not be opened${problem === undefined ? '' : `: ${problem}`}`)
    return new HubError('unavailable', 'The hub is not ready', {
      suggestion: `Try again in ${RETRY_AFTER_S} seconds; if it persists, the log of the function says why.`,
    })
  }
}

/** The gateway is the one proxy of the function, and its caller may be anywhere. */
function lambdaEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { NODE_ENV: 'production', DATA_DIR: '/tmp/signalbox', ...env, HOST: '0.0.0.0', TRUST_PROXY: '127.0.0.1', LIMIT_MIRROR: 'false' }
}

/** An error that does not come from the app, in the shape of its errors. */
function answerOf(error: HubError, url: string): HubAnswer {
  const path = url.split('?')[0]!
  const { status, body } = errorAnswer(error, { path, requestId: randomUUID(), now: systemClock.now() })
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      ...(status === 503 ? { 'retry-after': String(RETRY_AFTER_S) } : {}),
    },
    payload: Buffer.from(JSON.stringify(body)),
  }
}

function tooLarge(bytes: number): HubError {
  return new HubError(
    'payload_too_large',
    `The answer has ${megabytes(bytes)} MB, and a function may answer with ${megabytes(MAX_ANSWER_BYTES)}`,
    {
      suggestion: 'Ask for less, for example with a smaller limit or a shorter time.',
    },
  )
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 100_000) / 10
}
