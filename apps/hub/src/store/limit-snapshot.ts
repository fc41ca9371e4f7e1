import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import type { SnapshotVersion } from '../limits/snapshot-version.ts'
import type { Change } from './change.ts'

/** Stores snapshots as collectors send them. */
export interface LimitSnapshotStore {
  /**
   * Stores a snapshot and its samples of the thinned series, in one commit; idempotent by account and `idempotencyKey`
   * (without a key: by the whole content). Publishes `limits.snapshot` for a new one. Records the collector's health too.
   */
  put(snapshot: SnapshotBody, change: Change): Promise<StoredSnapshot>
}

export interface StoredSnapshot {
  readonly version: SnapshotVersion
  /** False when the snapshot was already stored. */
  readonly fresh: boolean
  /** Its number within its account; 1 is the oldest. */
  readonly number: number
}
