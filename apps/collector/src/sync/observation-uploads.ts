import { PayloadTooLargeError } from '@signalbox/client'
import { MAX_OBSERVATIONS_PER_POST } from '@signalbox/contract/session-observation'
import type { ObservationQueue, QueuedObservation } from '@signalbox/ledger'
import type { HubTarget } from './hub-target.ts'
import type { Batch, Rejected, UploadQueue } from './upload-queue.ts'

export interface ObservationBatch extends Batch<QueuedObservation> {
  /** The position in the queue up to which the batch goes. */
  readonly upTo: number
}

/** The size of a batch after a failure. */
const PROBE_OBSERVATIONS = 50
/** Below what servers and proxies usually accept. */
const BATCH_BYTES = 500_000

/** The queue of observations. Sends up to 500 at a time, and fewer when the hub finds that too large. */
export class ObservationUploads implements UploadQueue<QueuedObservation, ObservationBatch> {
  readonly name = 'observations'
  readonly backoff = { baseDelay: 1_000, maxDelay: 15_000 }
  readonly hub: HubTarget
  readonly #queue: ObservationQueue
  readonly #machineId: string
  readonly #reportAll: () => void
  #batchSize = MAX_OBSERVATIONS_PER_POST

  /** @param reportAll writes down everything that is known now, for a hub that has none of it */
  constructor(queue: ObservationQueue, hub: HubTarget, machineId: string, reportAll: () => void) {
    this.#queue = queue
    this.hub = hub
    this.#machineId = machineId
    this.#reportAll = reportAll
  }

  isUsed(): boolean {
    return this.#queue.pending() > 0
  }

  nextBatch(probing: boolean): ObservationBatch | undefined {
    return this.#queue.next(probing ? Math.min(PROBE_OBSERVATIONS, this.#batchSize) : this.#batchSize, BATCH_BYTES)
  }

  async send({ items }: ObservationBatch, signal: AbortSignal): Promise<readonly Rejected<QueuedObservation>[]> {
    try {
      const { rejected } = await this.hub.client.observeSessions(
        this.#machineId,
        items.map(({ observation }) => observation),
        { signal },
      )
      this.#batchSize = Math.min(MAX_OBSERVATIONS_PER_POST, this.#batchSize * 2)
      return rejected.flatMap(({ index, reason }) => (items[index] === undefined ? [] : [{ item: items[index], reason }]))
    } catch (error) {
      if (!(error instanceof PayloadTooLargeError)) throw error
      const [only] = items
      if (items.length === 1 && only !== undefined) return [{ item: only, reason: error.message }]
      this.#batchSize = Math.max(1, Math.floor(items.length / 2))
      throw error
    }
  }

  reject({ key }: QueuedObservation): void {
    this.#queue.remove(key)
  }

  confirm({ upTo }: ObservationBatch): void {
    this.#queue.confirm(upTo)
  }

  /** What was delivered to another store is not kept: what is true now makes up for it. */
  hubChanged(storeId: string): boolean {
    const isOther = this.#queue.hubChanged(storeId)
    if (isOther) this.#reportAll()
    return isOther
  }
}
