import type { Backoff } from '@signalbox/client/retry'
import type { HubTarget } from './hub-target.ts'

/** Items that are sent together, oldest first. */
export interface Batch<Item> {
  readonly items: readonly Item[]
}

/** An item that the hub rejects. */
export interface Rejected<Item> {
  readonly item: Item
  readonly reason: string
  /** The rejection heals with time, after so many milliseconds; the item stays in the queue. Otherwise it is permanent. */
  readonly retryIn?: number
}

/**
 * A queue in the ledger and the way to send its items to the hub. A further kind of data needs a file with this interface,
 * its test, and a delivery in `main.ts`.
 */
export interface UploadQueue<Item extends { readonly key: string }, B extends Batch<Item> = Batch<Item>> {
  /** The plural noun of its items, for log lines. */
  readonly name: string
  /** The hub that the items go to. */
  readonly hub: HubTarget
  /** Delays after failed attempts. */
  readonly backoff: Backoff
  /** False while the hub need not be contacted, because nothing was ever queued. */
  isUsed(): boolean
  /**
   * The oldest items that the hub has not confirmed; undefined when there are none.
   * @param probing the last attempt failed: a small batch is enough to find out whether the hub works again
   */
  nextBatch(probing: boolean): B | undefined
  /** Sends a batch. @returns the rejected items; the hub has all others @throws ApiClientError when the batch has to be sent again */
  send(batch: B, signal: AbortSignal): Promise<readonly Rejected<Item>[]>
  /** Sets an item aside, with the reason, until the hub has another store. */
  reject(item: Item, reason: string): void
  /** Skips an item until its rejection has healed; only of queues whose `send` says so. */
  hold?(item: Item, retryIn: number): void
  /** Milliseconds until the next held item is due; undefined without one. */
  heldFor?(): number | undefined
  /** Marks the items of a batch as sent, except rejected and held ones. */
  confirm(batch: B): void
  /** Records the store that the hub has. @returns whether it is another one, so that all items are pending again */
  hubChanged(storeId: string): boolean
}
