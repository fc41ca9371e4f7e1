import { systemClock } from '@signalbox/client'
import type { LimitStatus } from '@signalbox/contract/collector'
import type { Ledger } from '@signalbox/ledger'
import type { Logger } from 'pino'
import type { CollectorConfig } from './config.ts'
import { runSources } from './limits/run-sources.ts'
import { createSources } from './limits/sources.ts'
import type { StatusLineSpool } from './status-line-spool.ts'
import { withClockSkew } from './sync/clock-skew.ts'
import { Delivery } from './sync/delivery.ts'
import { DeliveryLog } from './sync/delivery-log.ts'
import { snapshotsTarget } from './sync/hub-target.ts'
import { LongPoll } from './sync/long-poll.ts'
import { LongPollLog } from './sync/long-poll-log.ts'
import { SnapshotUploads } from './sync/snapshot-uploads.ts'
import { SyncMetrics } from './sync/sync-metrics.ts'
import { SnapshotSync } from './sync/sync-snapshot.ts'
import { WakeSignal } from './wake-signal.ts'

export interface LimitCollection {
  status(): LimitStatus
  /** Checks the queue, because another process may have put a snapshot into it. */
  checkQueue(): void
  /** Ends any delay before a retry; `key` replaces the one in use. */
  retryNow(key: string | undefined): void
  readonly ended: Promise<void>
}

/** The longest wait for a triggered snapshot to be delivered before its trigger is reported as done. */
const TRIGGER_DELIVERY_TIMEOUT_MS = 5_000
const TRIGGER_POLL_INTERVAL_MS = 100

/** Connects the sources of plan limits with their delivery to the hub, through the ledger's snapshot queue. */
export function collectLimits(
  config: CollectorConfig,
  {
    ledger,
    log,
    spool,
    changed,
  }: { readonly ledger: Ledger; readonly log: Logger; readonly spool: StatusLineSpool; readonly changed: () => void },
  signal: AbortSignal,
): LimitCollection {
  const { snapshotsUrl: url, machineId } = config
  const { snapshots } = ledger
  const clock = systemClock
  const hub = snapshotsTarget({ url, key: config.snapshotsKey, clock })
  const [work, healthChanged, retryDelivery, retryLongPoll] = [new WakeSignal(), new WakeSignal(), new WakeSignal(), new WakeSignal()]

  const running = runSources(
    {
      sources: createSources(spool),
      enabled: config.limitSources,
      env: config.env,
      machineId,
      clock,
      log,
      save(snapshot) {
        snapshots.put(snapshot)
        work.notify()
      },
      memory: ledger.limitMemory,
      newest: () => snapshots.newest().filter((one) => one.machineId === machineId),
      changed() {
        healthChanged.notify()
        changed()
      },
    },
    signal,
  )

  const health = () => withClockSkew(running.health(), hub.clockSkew)

  const metrics = new SyncMetrics()
  const sync = new SnapshotSync({
    hub,
    health,
    clock,
    retryNow: retryDelivery,
    attempted(attempt, { source, capturedAt }) {
      metrics.add(attempt)
      if (!config.syncVerbose) return
      const { retry, failed, duration } = attempt
      const captured_at = new Date(capturedAt).toISOString()
      log.info({ source, captured_at, attempt: retry + 1, took_ms: Math.round(duration), outcome: failed ?? 'accepted' }, 'sync')
    },
  })
  const deliveryLog = new DeliveryLog({
    log,
    name: 'snapshots',
    changed,
    // `signalbox up` renews the key of its own hub.
    keyRefused: () => config.sameHub && process.send !== undefined,
  })
  const uploads = new SnapshotUploads(snapshots, sync, machineId)
  const delivery = new Delivery({
    queue: uploads,
    clock,
    work,
    retryNow: retryDelivery,
    observer: deliveryLog,
  })

  const longPollLog = new LongPollLog({
    log,
    changed,
    reconnected() {
      delivery.recheckStore()
      retryDelivery.notify()
      work.notify()
    },
  })
  const longPoll = new LongPoll({
    hub,
    machineId,
    health,
    healthChanged,
    retryNow: retryLongPoll,
    clock,
    observer: longPollLog,
    async readNow() {
      const outcome = await running.readNow()
      // The trigger's caller reads the hub as soon as the trigger is done, so the snapshot should be there by then.
      const until = clock.now() + TRIGGER_DELIVERY_TIMEOUT_MS
      while (outcome.ok && !signal.aborted && snapshots.pending() > 0 && clock.now() < until) {
        await clock.wait(TRIGGER_POLL_INTERVAL_MS, signal).catch(() => {})
      }
      return outcome
    },
  })

  return {
    status() {
      const problem = running.problem()
      const { sent, rejected: _, ...progress } = deliveryLog.status
      return {
        sources: running.status(),
        health: health(),
        ...(problem === undefined ? {} : { problem }),
        sync: {
          url,
          pending: snapshots.pending(),
          set_aside: snapshots.rejectedTotal(),
          ...(uploads.held === 0 ? {} : { held: uploads.held }),
          readings: sent,
          ...progress,
          last_10: metrics.lastTen(),
          all: metrics.sinceStart(),
        },
        contact: longPollLog.status,
      }
    },
    checkQueue: () => work.notify(),
    retryNow(key) {
      if (key !== undefined && config.sameHub) hub.renewKey(key)
      retryDelivery.notify()
      retryLongPoll.notify()
    },
    ended: Promise.all([running.ended, delivery.run(signal), longPoll.run(signal)]).then(() => {}),
  }
}
