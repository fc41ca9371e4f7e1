import { ApiClientError, ForbiddenError } from '@signalbox/client'
import type { PendingSnapshot, SnapshotQueue } from '@signalbox/ledger'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { toSyncCategory } from './failure.ts'
import type { HubTarget } from './hub-target.ts'
import type { SendOptions, SnapshotSync } from './sync-snapshot.ts'
import type { Batch, Rejected, UploadQueue } from './upload-queue.ts'

/** The outbox of plan-limit snapshots, which are sent one by one, with retries. */
export class SnapshotUploads implements UploadQueue<PendingSnapshot> {
  readonly name = 'snapshots'
  readonly backoff = { baseDelay: 10_000, maxDelay: 60_000 }
  readonly hub: HubTarget
  readonly #snapshots: SnapshotQueue
  readonly #sync: SnapshotSync
  readonly #machineId: string
  /** By key: the snapshots that the hub has refused because their time has not come. */
  readonly #held = new Map<string, { readonly until: Moment }>()
  /** By key: what time it was at the hub, in milliseconds, when it first refused the snapshot for its time. */
  readonly #takenBefore = new Map<string, number>()

  constructor(snapshots: SnapshotQueue, sync: SnapshotSync, machineId: string) {
    this.#snapshots = snapshots
    this.#machineId = machineId
    this.#sync = sync
    this.hub = sync.hub
  }

  isUsed(): boolean {
    return !this.#snapshots.isEmpty()
  }

  /** Pending snapshots that the hub takes only when their time has come. */
  get held(): number {
    return this.#held.size
  }

  nextBatch(): Batch<PendingSnapshot> | undefined {
    const now = this.#now()
    for (const [key, { until }] of this.#held) if (isDue(until, now)) this.#held.delete(key)
    const oldest = this.#held.size === 0 ? this.#snapshots.oldest() : this.#snapshots.oldest([...this.#held.keys()])
    return oldest === undefined ? undefined : { items: [oldest] }
  }

  async send({ items }: Batch<PendingSnapshot>, signal: AbortSignal): Promise<readonly Rejected<PendingSnapshot>[]> {
    const rejected: Rejected<PendingSnapshot>[] = []
    for (const item of items) {
      try {
        await this.#sendOne(withAge(item.snapshot, this.#takenBefore.get(item.key)), { idempotencyKey: item.key, signal })
      } catch (error) {
        if (!(error instanceof ApiClientError) || toSyncCategory(error) !== 'VALIDATION') throw error
        // With the time at which it will accept it, the hub refuses a snapshot that is dated in its future.
        const { message: reason, retryAfter: retryIn } = error
        rejected.push({ item, reason, ...(retryIn === undefined ? {} : { retryIn }) })
      }
    }
    return rejected
  }

  /** A snapshot from before this machine was called what it is called now goes under its present name where the key is bound to that. */
  async #sendOne(snapshot: LimitSnapshot, options: SendOptions): Promise<void> {
    try {
      await this.#sync.syncWithRetry(snapshot, options)
    } catch (error) {
      const isForeign = snapshot.machineId !== this.#machineId && isBoundTo(this.#machineId, error)
      if (!isForeign) throw error
      await this.#sync.syncWithRetry({ ...snapshot, machineId: this.#machineId }, options)
    }
  }

  reject(item: PendingSnapshot, reason: string): void {
    this.#snapshots.setAside(item, reason)
  }

  hold({ key, snapshot }: PendingSnapshot, retryIn: number): void {
    const { monotonic, clock } = this.#now()
    this.#held.set(key, { until: { monotonic: monotonic + retryIn, clock: clock + retryIn } })
    if (!this.#takenBefore.has(key)) this.#takenBefore.set(key, snapshot.capturedAt - retryIn)
  }

  heldFor(): number | undefined {
    const { monotonic } = this.#now()
    const dues = [...this.#held.values()].map(({ until }) => until.monotonic - monotonic)
    return dues.length === 0 ? undefined : Math.max(0, Math.min(...dues))
  }

  confirm({ items }: Batch<PendingSnapshot>): void {
    for (const item of items) {
      if (this.#held.has(item.key)) continue
      this.#snapshots.confirm(item)
      this.#takenBefore.delete(item.key)
    }
  }

  hubChanged(storeId: string): boolean {
    const isOther = this.#snapshots.hubChanged(storeId)
    if (isOther) this.#held.clear()
    return isOther
  }

  #now(): Moment {
    return { monotonic: performance.now(), clock: this.#sync.now() }
  }
}

/** By a clock that is never set, which may stand while the machine sleeps, and by the clock of the machine. */
interface Moment {
  readonly monotonic: number
  readonly clock: number
}

/** Whether a request was refused because its key is bound to this machine. */
function isBoundTo(machineId: string, error: unknown): boolean {
  return error instanceof ForbiddenError && error.details?.machine_id === machineId
}

/** Too early is harmless: then the hub refuses it again. */
const isDue = (until: Moment, now: Moment) => now.monotonic >= until.monotonic || now.clock >= until.clock

/**
 * A snapshot that was dated in the future was taken before the hub said so: its windows get that age. Otherwise an old value would
 * be the newest once its time has come.
 */
function withAge(snapshot: LimitSnapshot, takenBefore: number | undefined): LimitSnapshot {
  if (takenBefore === undefined) return snapshot
  return {
    ...snapshot,
    windows: snapshot.windows.map((window) => ({ ...window, asOf: Math.min(window.asOf ?? takenBefore, takenBefore) })),
  }
}
