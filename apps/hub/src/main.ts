import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SettingsError } from '@signalbox/contract/setting'
import { zoneAdvice } from '@signalbox/contract/time-zone'
import { closeDataFolder } from '@signalbox/hub-address/data-folder'
import { endProcess, limitStop } from '@signalbox/hub-address/end-process'
import { removeHubFile, writeHubFile } from '@signalbox/hub-address/hub-file'
import { programLog } from '@signalbox/hub-address/log-output'
import { useOutgoingProxy } from '@signalbox/hub-address/outgoing-proxy'
import { ensureOwnerKey, readOwnerKey } from '@signalbox/hub-address/owner-key'
import { printError } from '@signalbox/hub-address/print'
import type { FastifyInstance } from 'fastify'
import packageJson from '../package.json' with { type: 'json' }
import { HeartbeatUrl } from './alert/heartbeat-url.ts'
import { createApp } from './app.ts'
import { systemClock } from './clock.ts'
import { type HubConfig, readConfig } from './config.ts'
import { Certificate } from './http/certificate.ts'
import { createLogger, type Logger } from './log.ts'
import { retainDaily } from './maintenance/retention.ts'
import { recordSettings } from './maintenance/settings-audit.ts'
import { measureHeartbeatUrl } from './metrics/metrics.ts'
import { Mirror } from './mirror/mirror.ts'
import { mirrorObserver } from './mirror/observed.ts'
import { mirrorSource } from './mirror/source.ts'
import { Monitor } from './monitor/monitor.ts'
import { type OpenStore, openStore } from './open-store.ts'
import { formatStartError, StartError } from './start-error.ts'
import type { Store } from './store/store.ts'

// Everything that this program writes is for its user alone, in whatever folder it is.
process.umask(0o077)

/** How long requests may take to end after the stop signal, in milliseconds. With the rest it is less than `STOP_LIMIT_MS`. */
const DRAIN_TIMEOUT_MS = 5_000
/** How long the mirror may take to end after that, in milliseconds. */
const MIRROR_STOP_TIMEOUT_MS = 1000
const SWEEP_INTERVAL_MS = 10 * 60_000
const FIRST_RETENTION_DELAY_MS = 60_000
const RETENTION_INTERVAL_MS = 86_400_000
const FIRST_VERIFICATION_DELAY_MS = 500
const VERIFICATION_INTERVAL_MS = 86_400_000
/** Logged at the start of a hub that the network can reach and that no proxy with https is known to stand before. */
const PLAIN_HTTP_WARNING =
  'other machines reach this hub over plain http, so anyone on the network can read its keys, cookies and data: put a proxy with https before it and set PUBLIC_URL (docs/proxy.md), or listen on the address of a VPN only'

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config.logLevel, log)
  if (config.timezoneProblem !== undefined) logger.warn(`${config.timezoneProblem}. ${zoneAdvice}`)
  const ignoredProxy = await useOutgoingProxy(process.env)
  if (ignoredProxy !== undefined) logger.warn(ignoredProxy)
  const exposed = closeDataFolder(config.dataDir)
  if (exposed !== undefined) logger.warn(exposed)
  const opened = await openStore(config, logger)
  const { store } = opened
  releaseLock = opened.releaseLock
  if (!config.loopback && config.environmentKeys.length === 0 && !(await store.keys.anyUsable(Date.now()))) {
    throw new StartError(
      `HOST is ${config.host}, which other machines can reach, and there is no key. Create one with "signalbox keys create NAME", or set API_KEYS.`,
    )
  }
  prepareOwnerKey(config, logger)
  const certificate = config.tls === undefined ? undefined : new Certificate(config.tls)
  const { version } = packageJson
  const monitor = new Monitor({ store, clock: systemClock, rules: config.rules, logger })
  const mirror = config.limitMirror
    ? new Mirror({ dataDir: config.dataDir, source: mirrorSource(store.limits), clock: systemClock, logger })
    : undefined
  const app = await createApp({
    store,
    monitor,
    clock: systemClock,
    config,
    logger,
    version,
    dashboard: fileURLToPath(new URL('../../dashboard/dist', import.meta.url)),
    snapshotObserver: mirror && mirrorObserver(mirror),
    mirror,
    certificate,
  })
  if (config.alerts.enabled) await app.alerts.prepare()
  await recordSettings(store, config, hostname(), systemClock.now()).catch((err: unknown) =>
    logger.warn({ err }, 'the settings could not be recorded in the audit log'),
  )
  const text = (address: string) => `Signalbox listens on ${certificate === undefined ? address : address.replace('http:', 'https:')}`
  await app.listen({ port: config.port, host: config.host, listenTextResolver: text })
  const tasks = [startTask((signal) => monitor.run(signal)), startRetention(store, config, logger), startVerification(store, logger)]
  if (mirror !== undefined) {
    tasks.push(
      withStopTimeout(
        startTask((signal) => mirror.run(signal)),
        MIRROR_STOP_TIMEOUT_MS,
      ),
    )
  }
  if (config.alerts.enabled) tasks.push(startTask((signal) => app.alerts.run(signal)))
  if (config.alerts.heartbeat !== undefined) {
    const heartbeat = new HeartbeatUrl({
      ...config.alerts.heartbeat,
      clock: systemClock,
      logger,
      monitorAt: () => monitor.checkedAt,
      checkStore: () => store.check(),
      oldestDue: () => app.alerts.outbox.oldestDue(),
    })
    measureHeartbeatUrl(app.hubMetrics, heartbeat)
    tasks.push(startTask((signal) => heartbeat.run(signal)))
  }
  if (config.publicUrl !== undefined) logger.info(`People and other machines reach it at ${config.publicUrl}`)
  if (!config.loopback && certificate === undefined && !config.publicUrl?.startsWith('https:')) {
    logger.warn({ host: config.host }, PLAIN_HTTP_WARNING)
  }
  // First: who finds the address may stop the hub at once.
  stopOnSignal(app, store, config, logger, tasks)
  if (certificate !== undefined) reloadOnSignal(certificate, logger)
  leaveAddress(app, config, version, logger)
  // Its name may not be the one in the certificate.
  process.send?.({ listening: certificate === undefined ? addressOf(app, config) : localAddressOf(app, config) })
}

const log = programLog('hub')

/** Referenced while the process runs: see `OpenStore`. */
let releaseLock: OpenStore['releaseLock'] | undefined

/** A task beside the requests. */
interface BackgroundTask {
  /** Resolves when the task has ended. */
  stop(): Promise<void>
}

function startTask(run: (signal: AbortSignal) => Promise<void>): BackgroundTask {
  const end = new AbortController()
  const ended = run(end.signal)
  return {
    async stop() {
      end.abort()
      await ended
    },
  }
}

/** A hanging disk must not keep the hub from ending: the mirror writes the rest after the next start. */
function withStopTimeout(task: BackgroundTask, ms: number): BackgroundTask {
  return { stop: () => Promise.race([task.stop(), sleep(ms)]) }
}

/** @param run never rejects */
function startRepeating(run: () => Promise<void>, firstDelayMs: number, intervalMs: number): BackgroundTask {
  const first = setTimeout(run, firstDelayMs)
  const repeated = setInterval(run, intervalMs)
  return {
    async stop() {
      clearTimeout(first)
      clearInterval(repeated)
    },
  }
}

/** Runs retention soon after the start, and then once a day. */
function startRetention(store: Store, { retentionDays }: HubConfig, logger: Logger): BackgroundTask {
  const run = () =>
    retainDaily({ store, retentionDays, clock: systemClock, logger }).catch((err: unknown) =>
      logger.error({ err }, 'old sessions could not be archived or removed'),
    )
  return startRepeating(run, FIRST_RETENTION_DELAY_MS, RETENTION_INTERVAL_MS)
}

/** Looks for damage at the start and once a day: health reports it before a request needs the row. */
function startVerification(store: Store, logger: Logger): BackgroundTask {
  const run = () =>
    store
      .verify()
      .then(() => store.check())
      .catch((err: unknown) => logger.error({ err }, 'the hub database is not in order'))
  return startRepeating(run, FIRST_VERIFICATION_DELAY_MS, VERIFICATION_INTERVAL_MS)
}

/** Makes the owner's key at the first start. Without it the hub works; the owner then needs a key like any other client. */
function prepareOwnerKey({ dataDir }: HubConfig, logger: Logger): void {
  try {
    ensureOwnerKey(dataDir)
    const warning = readOwnerKey(dataDir)?.warning
    if (warning !== undefined) logger.warn(warning)
  } catch (error) {
    const { message, suggestion } = error as Error & { suggestion?: string }
    logger.warn({ suggestion }, `the key of the owner cannot be used: ${message}`)
  }
}

/** Leaves the address in DATA_DIR, where the programs of this machine find it. */
function leaveAddress(app: FastifyInstance, config: HubConfig, version: string, logger: Logger): void {
  try {
    writeHubFile(config.dataDir, { url: localAddressOf(app, config), version, now: systemClock.now() })
  } catch (error) {
    logger.warn({ err: error }, 'hub.json could not be written; commands need SIGNALBOX_URL to find this hub')
  }
}

function stopOnSignal(
  app: FastifyInstance,
  store: Store,
  { dataDir, signInAges }: HubConfig,
  logger: Logger,
  tasks: readonly BackgroundTask[],
): void {
  const sweep = setInterval(() => {
    const now = systemClock.now()
    const swept = [store.sweep(now), store.signIns.sweep(now, now - signInAges.idle)]
    Promise.all(swept).catch((err: unknown) => logger.error({ err }, 'old rows could not be removed'))
  }, SWEEP_INTERVAL_MS)
  let stopping = false
  const stop = async (reason: string) => {
    if (stopping) return
    stopping = true
    limitStop()
    logger.info({ reason }, 'stopping')
    clearInterval(sweep)
    removeHubFile(dataDir)
    const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_TIMEOUT_MS)
    await app.close()
    clearTimeout(cut)
    for (const task of tasks) await task.stop()
    await store.close()
    releaseLock?.()
    await endProcess(0, log)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
  // Started by `signalbox up`: without its parent the hub would run for ever, unseen.
  if (process.connected) process.on('disconnect', () => void stop('the parent is gone'))
}

/** What renews certificates sends this signal, for example by `systemctl reload`. In a terminal it means that the terminal is gone. */
function reloadOnSignal(certificate: Certificate, logger: Logger): void {
  if (process.stdout.isTTY) return
  process.on('SIGHUP', () => {
    try {
      certificate.reload()
      logger.info('TLS_CERT and TLS_KEY were read again')
    } catch (error) {
      logger.error(`${formatStartError(error, process.env) ?? error} The hub goes on with the former certificate.`)
    }
  })
}

function addressOf(app: FastifyInstance, { host }: Pick<HubConfig, 'host'>): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  // A browser cannot open 0.0.0.0.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** The address at which this machine reaches the hub, without a name that may lead elsewhere; it needs no TLS for it. */
function localAddressOf(app: FastifyInstance, { host }: HubConfig): string {
  const address = app.server.address()
  if (typeof address !== 'object' || address === null) return addressOf(app, { host })
  const name = address.address === '0.0.0.0' ? '127.0.0.1' : address.address === '::' ? '::1' : address.address
  return `http://${name.includes(':') ? `[${name}]` : name}:${address.port}`
}

main().catch(async (error: unknown) => {
  const lines = error instanceof SettingsError ? error.problems : [formatStartError(error, process.env)]
  if (lines[0] === undefined) throw error
  for (const line of lines) printError(`signalbox hub: ${line}`)
  await endProcess(1, log)
})
