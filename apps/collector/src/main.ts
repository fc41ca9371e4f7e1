import { readFileSync } from 'node:fs'
import { StateTrackingApiClient, systemClock } from '@signalbox/client'
import { openLedger } from '@signalbox/ledger'
import { Bell } from './bell.ts'
import { collectLimits, type LimitCollection } from './collect-limits.ts'
import { type CollectorConfig, readConfig } from './config.ts'
import { holdLease } from './hold-lease.ts'
import { createLogger } from './log.ts'
import { listenToParent, tellParent } from './parent.ts'
import { keepStatus } from './status.ts'
import { Delivery } from './sync/deliver.ts'
import { deliveryObserver } from './sync/observe.ts'
import { gather } from './usage/gather.ts'
import { gatherObserver } from './usage/observe.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** Everybody who lives in the collector is introduced here. Resolves when it has been told to stop and has stopped. */
async function collect(config: CollectorConfig): Promise<void> {
  const log = createLogger(config.logLevel)
  const stopping = new AbortController()
  const { signal } = stopping
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort())
  // The work goes on: what failed is tried again, and a collector that has ended helps nobody.
  process.on('uncaughtException', (error) => log.error({ err: error }, 'went on after an error nobody caught'))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'went on after an error nobody caught'))

  const ledger = openLedger({ dataDir: config.dataDir, redactProjects: config.redactProjects })
  const lease = holdLease(ledger.lease, log, stopping)
  let setAside = ledger.status().set_aside_total
  let limits: LimitCollection | undefined
  const status = keepStatus(config.dataDir, { machine_id: config.machineId, hub: config.hub, version }, () => ({
    pending: ledger.outbox.pending(),
    set_aside: setAside,
    ...limits?.status(),
  }))

  const clientWith = (key: string | undefined) =>
    new StateTrackingApiClient({ baseUrl: config.hub, apiKey: key, timeout: 30_000, retry: false })
  let client = clientWith(config.key)
  const [work, hurry] = [new Bell(), new Bell()]
  listenToParent((told) => {
    if (told.key !== undefined) client = clientWith(told.key)
    limits?.hurry(told.key)
    hurry.ring()
    work.ring()
  })

  const delivery = new Delivery({
    outbox: ledger.outbox,
    client: () => client,
    machineId: config.machineId,
    clock: systemClock,
    work,
    hurry,
    observer: deliveryObserver(log, status, {
      refused: () => setAside++,
      keyRefused: () => tellParent({ keyRefused: true }),
    }),
  })
  const gathering = gather({ ledger, roots: config.roots, observer: gatherObserver(log, status, work) }, signal)

  limits = collectLimits(config, { ledger, log, changed: () => status.touch() }, signal)

  log.info({ hub: config.hub, machine: config.machineId, roots: config.roots(), pending: status.now().pending }, 'collecting')
  tellParent({ collecting: true })
  await Promise.all([gathering, delivery.run(signal), limits.ended])
  lease.release()
  status.close()
  ledger.close()
  log.info('stopped')
}

try {
  await collect(readConfig(process.env))
  process.exitCode = 0
} catch (error) {
  // Only what cannot be helped by going on ends here: wrong settings, no ledger, another collector.
  const { message, suggestion } = error as { message: string; suggestion?: string }
  console.error(`signalbox collector: ${message}${suggestion === undefined ? '' : ` ${suggestion}`}`)
  process.exitCode = 1
}
// A parent that is still there must not keep us.
if (process.connected) process.disconnect()
