import fs from 'node:fs'
import path from 'node:path'
import { Writable } from 'node:stream'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import Database from 'better-sqlite3'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import { makeTempFolder, removeFolder } from '../../../test/support/temp.ts'
import packageJson from '../package.json' with { type: 'json' }
import { createApp } from '../src/app.ts'
import { type HubConfig, readConfig } from '../src/config.ts'
import type { StreamTimeouts } from '../src/event/feed.ts'
import type { StreamLimits } from '../src/event/stream-count.ts'
import type { Certificate } from '../src/http/certificate.ts'
import type { ConnectionTimes } from '../src/http/connections.ts'
import { createLogger } from '../src/log.ts'
import { Monitor } from '../src/monitor/monitor.ts'
import { migrate } from '../src/store/sqlite/migration/migrate.ts'
import { openSqliteStore, type SqliteStore } from '../src/store/sqlite/open.ts'
import type { Store } from '../src/store/store.ts'

/** A clock that moves only when a test moves it. */
export class TestClock {
  at: number
  constructor(at = '2026-10-06T09:12:00.000Z') {
    this.at = Date.parse(at)
  }
  #monotonic = 0
  /** Of a millisecond, as the monotonic clock of the system has one. */
  fraction = 0
  now(): number {
    return this.at
  }
  monotonic(): number {
    return this.#monotonic + this.fraction
  }
  pass(ms: number): void {
    this.at += ms
    this.#monotonic += ms
  }
  /** Sets the wall clock; the monotonic one stays. */
  set(ms: number): void {
    this.at += ms
  }
}

export interface TestHub {
  readonly app: FastifyInstance
  readonly store: SqliteStore
  readonly clock: TestClock
  readonly monitor: Monitor
  /** The monitor of another hub on this store. @param tickMs of one that is frozen between the ticks of a schedule */
  startMonitor(tickMs?: number): Pick<Monitor, 'check'>
  readonly config: HubConfig
  /** Every logged line. */
  readonly log: Record<string, unknown>[]
  readonly folder: string
  /** Sends a request without a key. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>
  /** Sends a request with the key that has every scope. */
  ask(method: string, url: string, more?: Omit<InjectOptions, 'method' | 'url'>): Promise<LightMyRequestResponse>
}

/** A key with every scope, from `API_KEYS`. */
export const masterKey = 'a key of the tests that may do everything'

export interface HubOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly clock?: TestClock
  readonly folder?: string
  readonly dashboard?: string
  /** Another store than SQLite in a folder; the hub closes it. */
  readonly store?: Store
  readonly streams?: StreamTimeouts
  readonly streamLimits?: StreamLimits
  readonly connectionTimes?: ConnectionTimes
  readonly certificate?: Certificate
  /** Another one than that of this checkout. */
  readonly version?: string
}

let migrated: Buffer | undefined

/** Creates a temp folder with an empty store of this version: to migrate it takes longer than to open it. */
function makeStoreFolder(): string {
  const folder = makeTempFolder()
  const file = path.join(folder, 'signalbox.db')
  if (migrated === undefined) {
    const db = new Database(file)
    db.pragma('journal_mode = WAL')
    migrate(db)
    db.close()
    migrated = fs.readFileSync(file)
  } else fs.writeFileSync(file, migrated)
  return folder
}

/**
 * Opens the real hub over a real SQLite file in a temp folder.
 * @param onClose registers its end: with the test, or `afterAll` for a hub that several tests share
 */
export async function openHub(options: HubOptions = {}, onClose: (close: () => Promise<void>) => void = onTestFinished): Promise<TestHub> {
  const folder = options.folder ?? makeStoreFolder()
  const clock = options.clock ?? new TestClock()
  const config = readConfig({
    DATA_DIR: folder,
    PORT: '0',
    API_KEYS: masterKey,
    TIMEZONE: 'UTC',
    LOG_LEVEL: 'debug',
    RATE_LIMIT_PER_MINUTE: '1000000',
    INGEST_LIMIT_PER_MINUTE: '1000000',
    ...options.env,
  })
  const log: Record<string, unknown>[] = []
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
      done()
    },
  })
  const store = (options.store ??
    openSqliteStore({
      folder,
      prices: config.prices ?? defaultPriceTable(),
      machineOfflineMs: config.rules.machineOfflineMs,
    })) as SqliteStore
  const logger = createLogger(config.logLevel, lines)
  const monitor = new Monitor({ store, clock, rules: config.rules, logger })
  const app = await createApp({
    store,
    monitor,
    clock,
    config,
    logger,
    version: options.version ?? packageJson.version,
    dashboard: options.dashboard ?? folder,
    ...(options.streams === undefined ? {} : { streams: options.streams }),
    streamLimits: options.streamLimits,
    connectionTimes: options.connectionTimes,
    certificate: options.certificate,
  })
  await app.ready()
  onClose(async () => {
    await app.close()
    await store.close()
    if (options.folder === undefined) removeFolder(folder)
  })
  return {
    app,
    store,
    clock,
    monitor,
    startMonitor: (tickMs) => new Monitor({ store, clock, rules: config.rules, logger, tickMs }),
    config,
    log,
    folder,
    inject: (request) => app.inject(request),
    ask: (method, url, more = {}) =>
      app.inject({
        ...more,
        method: method as 'GET',
        url,
        headers: { authorization: `Bearer ${masterKey}`, ...more.headers },
      }),
  }
}
