import { ValidationError } from '@signalbox/client'
import type { Call } from '@signalbox/contract/call'
import { MAX_CALLS_PER_POST, MAX_INGEST_BYTES } from '@signalbox/contract/ingest-limit'
import type { Outbox } from '@signalbox/ledger'
import type { FolderUploads } from './folder-uploads.ts'
import type { HubTarget } from './hub-target.ts'
import { sendCalls } from './send-calls.ts'
import type { Batch, Rejected, UploadQueue } from './upload-queue.ts'

interface CallBatch extends Batch<Call> {
  /** The position in the outbox up to which the batch goes. */
  readonly upTo: number
}

/** The size of a batch after a failure: building a large one takes a tenth of a second. */
const PROBE_CALLS = 100
/** The hub's limit, with room for the JSON around the calls. */
const BATCH_BYTES = MAX_INGEST_BYTES * 0.9
/** The batch size grows by this factor again after the hub has found a batch too large. */
const BATCH_GROWTH = 1.1

/** The outbox of calls, and before them the projects of their folders. Sends up to 5,000 at a time, and fewer when the hub finds that too large. */
export class CallUploads implements UploadQueue<Call, CallBatch> {
  readonly name = 'calls'
  readonly backoff = { baseDelay: 1_000, maxDelay: 30_000 }
  readonly hub: HubTarget
  readonly #outbox: Outbox
  readonly #machineId: string
  readonly #maxBatchSize: number
  readonly #folders: FolderUploads | undefined
  #batchSize: number
  /** The hub has accepted calls before, so a rejected call is itself the cause. */
  #hasAccepted = false

  /** @param maxBatchSize for tests */
  constructor(outbox: Outbox, hub: HubTarget, machineId: string, folders?: FolderUploads, maxBatchSize = MAX_CALLS_PER_POST) {
    this.#folders = folders
    this.#maxBatchSize = maxBatchSize
    this.#batchSize = maxBatchSize
    this.hub = hub
    this.#outbox = outbox
    this.#machineId = machineId
  }

  isUsed(): boolean {
    return true
  }

  nextBatch(probing: boolean): CallBatch | undefined {
    const page = this.#outbox.next(probing ? Math.min(PROBE_CALLS, this.#batchSize) : this.#batchSize, BATCH_BYTES)
    if (page !== undefined) return { items: page.calls, upTo: page.upTo }
    return this.#folders?.arePending() ? { items: [], upTo: 0 } : undefined
  }

  async send({ items }: CallBatch, signal: AbortSignal): Promise<readonly Rejected<Call>[]> {
    await this.#folders?.send(signal)
    if (items.length === 0) return []
    const { accepted, rejected, limit } = await sendCalls(this.hub.client, this.#machineId, items, signal)
    this.#hasAccepted ||= accepted > 0
    if (!this.#hasAccepted) {
      throw new ValidationError(`the hub rejects every call: ${rejected[0]?.reason ?? 'without a reason'}`, {
        code: 'validation_error',
        status: 400,
        suggestion: 'Check that hub and collector have the same version.',
      })
    }
    this.#batchSize = limit < items.length ? limit : Math.min(this.#maxBatchSize, Math.ceil(this.#batchSize * BATCH_GROWTH))
    return rejected
  }

  reject({ key }: Call, reason: string): void {
    this.#outbox.setAside(key, reason)
  }

  confirm({ upTo }: CallBatch): void {
    this.#outbox.confirm(upTo)
  }

  hubChanged(storeId: string): boolean {
    this.#folders?.retry()
    return this.#outbox.hubChanged(storeId)
  }
}
