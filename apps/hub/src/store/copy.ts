import type { StoreSize } from '@signalbox/contract/store-copy'
import type { Portion, PortionSize, SessionWithTasks } from './copy/portion.ts'
import type { Tally } from './copy/tally.ts'

/** Moves a whole store into another one; see `copy/copy-store.ts`. */
export interface CopyStore {
  size(): Promise<StoreSize>
  /**
   * Reads the whole store, portion by portion. A write that happens meanwhile may or may not be included. Expired rows and
   * writes in progress are left out.
   */
  dump(now: number, size?: PortionSize): AsyncIterable<Portion>
  /**
   * Writes a portion of another store, durably; rows that are at least as new here stay. Loading a portion twice changes
   * nothing. Nothing is published, but subscribers of this store's log receive the events that the portion adds to it.
   * @param source id of the store that the portion comes from
   */
  load(portion: Portion, source: string, now: number): Promise<Loaded>
  /** Does the work that was postponed until after the last portion. */
  settle(): Promise<void>
}

export interface Loaded {
  readonly tally: Tally
  /** Sessions loaded without their slot, because another session holds it in this store. */
  readonly waiting: readonly SessionWithTasks[]
}
