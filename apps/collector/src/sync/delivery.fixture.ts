import type { Clock } from '@signalbox/client'
import type { Ledger } from '@signalbox/ledger'
import { onTestFinished } from 'vitest'
import { WakeSignal } from '../wake-signal.ts'
import { CallUploads } from './call-uploads.ts'
import { Delivery } from './delivery.ts'
import type { SyncFailure } from './failure.ts'
import { FolderUploads } from './folder-uploads.ts'
import { callsTarget, snapshotsTarget } from './hub-target.ts'
import { instantClock } from './instant-clock.fixture.ts'
import { SnapshotUploads } from './snapshot-uploads.ts'
import { SnapshotSync } from './sync-snapshot.ts'
import type { Batch, UploadQueue } from './upload-queue.ts'

export interface DeliverOptions {
  readonly clock?: Clock
  /** Milliseconds for one attempt. */
  readonly timeout?: number
  /** Calls in one request. */
  readonly maxBatchSize?: number
  /** Sends the projects of folders too. */
  readonly withFolders?: boolean
}

const TEST_TIMEOUT_MS = 20_000

/** For tests: a running delivery of calls, by default with a clock whose waits end at once. */
export function deliverCalls(
  ledger: Pick<Ledger, 'outbox'> & Partial<Pick<Ledger, 'folders'>>,
  hub: { readonly url: string },
  options: DeliverOptions = {},
) {
  const { clock = instantClock(), timeout = 5_000, maxBatchSize, withFolders = false } = options
  const target = callsTarget({ url: hub.url, key: 'old', clock, timeout })
  const folders = withFolders ? new FolderUploads(ledger.folders!, target, 'laptop', clock) : undefined
  return run(new CallUploads(ledger.outbox, target, 'laptop', folders, maxBatchSize), clock, new WakeSignal())
}

/** For tests: the same for snapshots. */
export function deliverSnapshots(ledger: Pick<Ledger, 'snapshots'>, hub: { readonly snapshotsUrl: string }, options: DeliverOptions = {}) {
  const { clock = instantClock(), timeout = 5_000 } = options
  const retryNow = new WakeSignal()
  const target = snapshotsTarget({ url: hub.snapshotsUrl, key: 'old', clock, timeout })
  const sync = new SnapshotSync({ hub: target, health: () => undefined, clock, retryNow })
  return run(new SnapshotUploads(ledger.snapshots, sync, 'laptop'), clock, retryNow)
}

function run<Item extends { readonly key: string }, B extends Batch<Item>>(
  queue: UploadQueue<Item, B>,
  clock: Clock,
  retryNow: WakeSignal,
) {
  const stopping = new AbortController()
  const next = async (event: WakeSignal) => {
    const timeout = AbortSignal.timeout(TEST_TIMEOUT_MS)
    await event.wait(timeout)
    timeout.throwIfAborted()
  }
  const [work, idle, failed] = [new WakeSignal(), new WakeSignal(), new WakeSignal()]
  const result = {
    failures: [] as (SyncFailure & { readonly retryIn: number })[],
    rejected: [] as string[],
    storeChanges: 0,
    retryNow,
    renewKey: (key: string) => queue.hub.renewKey(key),
    /** Resolves when nothing is left to send. */
    settled: () => next(idle),
    failed: () => next(failed),
    /** Notifies it of new items, and resolves when they are sent. */
    sendNew: () => {
      work.notify()
      return next(idle)
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
  const delivery = new Delivery({
    queue,
    clock,
    work,
    retryNow,
    observer: {
      idle: () => idle.notify(),
      sending: () => {},
      sent: () => {},
      rejected: (key) => result.rejected.push(key),
      storeChanged: () => result.storeChanges++,
      failed(failure, retryIn) {
        result.failures.push({ ...failure, retryIn })
        failed.notify()
      },
    },
  })
  const running = delivery.run(stopping.signal)
  onTestFinished(result.stop)
  return result
}
