import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SettingsError } from '@signalbox/contract/setting'
import type { FastifyInstance } from 'fastify'
import { createApp } from './app.ts'
import { systemClock } from './clock.ts'
import { type HubConfig, readConfig } from './config.ts'
import { createLogger, type Logger } from './log.ts'
import { retain } from './maintenance/retention.ts'
import { Mirror } from './mirror/mirror.ts'
import { observed } from './mirror/observed.ts'
import { sourceOf } from './mirror/source.ts'
import { Monitor } from './monitor/monitor.ts'
import { StartError, startError } from './start-error.ts'
import { lockFolder } from './store/sqlite/lock.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

/** How long requests may take to end, once the hub is told to stop. */
const DRAIN_MS = 10_000
/** How long the mirror may take to end then. */
const MIRROR_MS = 3000
const SWEEP_MS = 10 * 60_000
const RETAIN_FIRST_MS = 60_000
const RETAIN_MS = 86_400_000
const here = path.dirname(fileURLToPath(import.meta.url))

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config.logLevel)
  const store = await openStore(config)
  if (!config.loopback && config.environmentKeys.length === 0 && !(await store.keys.anyUsable(Date.now()))) {
    throw new StartError(
      `HOST is ${config.host}, which others can reach, and there is no key. Make one with "signalbox keys create NAME", or set API_KEYS.`,
    )
  }
  const monitor = new Monitor({ store, clock: systemClock, rules: config.rules, logger })
  const mirror = config.limitMirror
    ? new Mirror({ dataDir: config.dataDir, source: sourceOf(store.limits), clock: systemClock, logger })
    : undefined
  const app = await createApp({
    store,
    monitor,
    clock: systemClock,
    config,
    logger,
    version: versionOf(path.join(here, '../package.json')),
    dashboard: path.join(here, '../../dashboard/dist'),
    readingObserver: mirror && observed(mirror),
    mirror,
  })
  await app.listen({ port: config.port, host: config.host, listenTextResolver: (address) => `Signalbox listens on ${address}` })
  const works = [untilEnded((signal) => monitor.run(signal)), retainDaily(store, config, logger)]
  if (mirror !== undefined)
    works.push(
      inTime(
        untilEnded((signal) => mirror.run(signal)),
        MIRROR_MS,
      ),
    )
  untilStopped(app, store, logger, works)
  process.send?.({ listening: addressOf(app, config) })
}

/** Kept for as long as we run: a lock that nobody holds on to is collected as garbage, and let go. */
let held: ReturnType<typeof lockFolder>

async function openStore({ dataDir, mongoUri, prices, rules }: HubConfig): Promise<Store> {
  if (mongoUri !== undefined) {
    // Loaded only where it is wanted: most hubs keep a file.
    const { openMongoStore } = await import('./store/mongo/open.ts')
    return openMongoStore({ uri: mongoUri, prices, machineOfflineMs: rules.machineOfflineMs })
  }
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  held = lockFolder(dataDir)
  if (held === undefined) throw new StartError(`Another hub uses ${dataDir} already. Stop it, or give this one another DATA_DIR.`)
  return openSqliteStore({ folder: dataDir, prices, machineOfflineMs: rules.machineOfflineMs })
}

/** Something that goes on beside the requests; resolves when it has ended. */
type Work = { stop(): Promise<void> }

function untilEnded(run: (signal: AbortSignal) => Promise<void>): Work {
  const end = new AbortController()
  const ended = run(end.signal)
  return {
    async stop() {
      end.abort()
      await ended
    },
  }
}

/** A disk that hangs must not keep the hub from ending: what is not written then is written after the next start. */
function inTime(work: Work, ms: number): Work {
  return { stop: () => Promise.race([work.stop(), new Promise<void>((resolve) => setTimeout(resolve, ms))]) }
}

/** Soon after the start, and then once a day. */
function retainDaily(store: Store, { retentionDays }: HubConfig, logger: Logger): Work {
  const look = () =>
    retain(store, retentionDays, systemClock.now()).then(
      (done) => {
        for (const { sessions_affected, operation } of done) {
          if (sessions_affected > 0) logger.info({ sessions: sessions_affected, operation }, 'old sessions were put away')
        }
      },
      (err: unknown) => logger.error({ err }, 'old sessions could not be put away'),
    )
  const first = setTimeout(look, RETAIN_FIRST_MS)
  const daily = setInterval(look, RETAIN_MS)
  return {
    async stop() {
      clearTimeout(first)
      clearInterval(daily)
    },
  }
}

function untilStopped(app: FastifyInstance, store: Store, logger: Logger, works: readonly Work[]): void {
  const sweep = setInterval(() => {
    store.sweep(systemClock.now()).catch((err: unknown) => logger.error({ err }, 'old rows could not be removed'))
  }, SWEEP_MS)
  let stopping = false
  const stop = async (why: string) => {
    if (stopping) return
    stopping = true
    logger.info({ why }, 'stopping')
    clearInterval(sweep)
    const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
    await app.close()
    clearTimeout(cut)
    for (const work of works) await work.stop()
    await store.close()
    held?.()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
  // Started by `signalbox up`: whose parent is gone would run on for ever, unseen.
  if (process.connected) process.on('disconnect', () => void stop('the parent is gone'))
}

function addressOf(app: FastifyInstance, { host }: HubConfig): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  // 0.0.0.0 is no address to go to.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function versionOf(file: string): string {
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version
}

try {
  await main()
} catch (error) {
  const lines = error instanceof SettingsError ? error.problems : [startError(error, process.env)]
  if (lines[0] === undefined) throw error
  for (const line of lines) console.error(`signalbox hub: ${line}`)
  process.exit(1)
}
