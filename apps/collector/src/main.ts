import { systemClock } from '@signalbox/client'
import { closeDataFolder } from '@signalbox/hub-address/data-folder'
import { endProcess, limitStop } from '@signalbox/hub-address/end-process'
import { programLog } from '@signalbox/hub-address/log-output'
import { useOutgoingProxy } from '@signalbox/hub-address/outgoing-proxy'
import { plainHttpWarning } from '@signalbox/hub-address/plain-http'
import { printError } from '@signalbox/hub-address/print'
import { openLedger } from '@signalbox/ledger'
import packageJson from '../package.json' with { type: 'json' }
import { type BudgetCollection, collectBudgets } from './collect-budgets.ts'
import { collectLimits, type LimitCollection } from './collect-limits.ts'
import { collectSessions, type SessionCollection } from './collect-sessions.ts'
import { type CollectorConfig, readConfig } from './config.ts'
import { findDesktop } from './desktop/notify-send.ts'
import { holdLease } from './hold-lease.ts'
import { createLogger } from './log.ts'
import { notifyParent, onParentMessage } from './parent.ts'
import { openStatusFile } from './status-file.ts'
import { StatusLineSpool } from './status-line-spool.ts'
import { CallUploads } from './sync/call-uploads.ts'
import { Delivery } from './sync/delivery.ts'
import { DeliveryLog } from './sync/delivery-log.ts'
import { pollDesktopNotices } from './sync/desktop-poll.ts'
import { FolderUploads } from './sync/folder-uploads.ts'
import { callsTarget } from './sync/hub-target.ts'
import { transcriptObserver } from './usage/transcript-observer.ts'
import { watchTranscripts } from './usage/watch-transcripts.ts'
import { WakeSignal } from './wake-signal.ts'

// Everything that this program writes is for its user alone, in whatever folder it is.
process.umask(0o077)

const { version } = packageJson

const logOutput = programLog('collector')

/** The collector's parts are created and connected here. Resolves after a stop signal, when every part has ended. */
async function collect(config: CollectorConfig): Promise<void> {
  const log = createLogger(config.logLevel, logOutput)
  const stopping = new AbortController()
  const { signal } = stopping
  const stop = () => {
    if (signal.aborted) return
    // A part may hang, in a file that is none or on a disk that is away.
    limitStop()
    stopping.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop)
  // The collector keeps running: every loop retries, and a crash would stop collection altogether.
  process.on('uncaughtException', (error) => log.error({ err: error }, 'uncaught error; the collector keeps running'))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection; the collector keeps running'))

  for (const warning of [await useOutgoingProxy(process.env), plainHttpWarning(config.hub)]) if (warning !== undefined) log.warn(warning)

  const { machineId } = config
  const clock = systemClock
  const exposed = closeDataFolder(config.dataDir)
  if (exposed !== undefined) log.warn(exposed)
  const ledger = openLedger({ dataDir: config.dataDir, redactProjects: config.redactProjects })
  const lease = await holdLease(ledger.lease, log, stopping)
  const setAsideBefore = ledger.status().set_aside_total

  const hub = callsTarget({ url: config.hub, key: config.key, clock })
  const [work, retryNow] = [new WakeSignal(), new WakeSignal()]
  const deliveryLog = new DeliveryLog({
    log,
    name: 'calls',
    changed() {
      status.touch()
      sessions?.stateChanged(deliveryLog.state)
    },
    keyRefused: () => notifyParent({ keyRefused: true }),
  })
  const delivery = new Delivery({
    queue: new CallUploads(ledger.outbox, hub, machineId, new FolderUploads(ledger.folders, hub, machineId, clock)),
    clock,
    work,
    retryNow,
    observer: deliveryLog,
  })
  let limits: LimitCollection | undefined
  let sessions: SessionCollection | undefined
  let budgets: BudgetCollection | undefined
  const status = openStatusFile(
    config.dataDir,
    { machine_id: machineId, hub: config.hub, version, redact_projects: config.redactProjects },
    () => {
      const { sent, rejected, ...progress } = deliveryLog.status
      return {
        state: deliveryLog.state,
        pending: ledger.outbox.pending(),
        set_aside: setAsideBefore + rejected,
        sent: { calls: sent, ...progress },
        clock_skew_ms: hub.clockSkew,
        limits: limits?.status(),
        sessions: sessions?.status(),
      }
    },
  )
  const spool = new StatusLineSpool(config.dataDir, config.limitSources.includes('statusline') ? ['limits', 'sessions'] : ['sessions'])
  limits = collectLimits(config, { ledger, log, spool, changed: () => status.touch() }, signal)

  sessions = collectSessions(
    config,
    {
      ledger,
      hub,
      log,
      spool,
      version,
      changed: () => status.touch(),
      hubIsBack() {
        retryNow.notify()
        limits?.retryNow(undefined)
        budgets?.retryNow()
      },
      collectorStatus: () => status.current(),
    },
    signal,
  )

  budgets = collectBudgets(config, { ledger, hub, log }, signal)

  onParentMessage(({ key }) => {
    if (key !== undefined) hub.renewKey(key)
    limits?.retryNow(key)
    sessions?.retryNow()
    budgets?.retryNow()
    retryNow.notify()
    work.notify()
  })
  const notifyQueues = () => {
    work.notify()
    limits?.checkQueue()
  }
  const observer = transcriptObserver(log, status, {
    notify: notifyQueues,
    changed(files) {
      sessions?.transcriptsRead(files)
      budgets?.transcriptsRead(files)
    },
  })
  const watching = watchTranscripts({ ledger, roots: config.roots, observer }, signal)

  for (const { setting, folder, problem } of config.namedFolders()) {
    if (problem !== undefined) log.warn(`${setting} names ${folder}, which ${problem}`)
  }
  log.info(
    { hub: config.hub, machine: machineId, roots: config.places().map(({ folder }) => folder), pending: ledger.outbox.pending() },
    'collecting',
  )
  const desktop = findDesktop(process.env)
  const showing =
    desktop === undefined
      ? undefined
      : pollDesktopNotices({ hub, machineId, show: (notice) => desktop.show(notice), clock }, signal).catch((error: unknown) =>
          log.error({ err: error }, 'alerts are not shown on this desktop any more'),
        )
  notifyParent({ collecting: true })
  await Promise.all([watching, delivery.run(signal), limits.ended, sessions.ended, budgets.ended, showing])
  lease.release()
  status.close()
  ledger.close()
  log.info('stopped')
}

void start()

async function start(): Promise<void> {
  try {
    await collect(readConfig(process.env))
    await endProcess(0, logOutput)
  } catch (error) {
    // Errors that no retry can fix end here: invalid settings, no ledger, another collector.
    const { message, suggestion } = error as { message: string; suggestion?: string }
    printError(`signalbox collector: ${message}${suggestion === undefined ? '' : ` ${suggestion}`}`)
    await endProcess(1, logOutput)
  }
}
