import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'

/** A stored snapshot. Instants are milliseconds. */
export interface SnapshotVersion {
  /** See `snapshotId`; versions of one instant are in the order of their ids. */
  readonly id: string
  /** The account it names, else the one its machine named last, else the empty text. */
  readonly account: string
  /** `lastUpdated` */
  readonly at: number
  readonly receivedAt: number
  /** The snapshot as it was received. */
  readonly body: SnapshotBody
}

/** Notified of versions after the commit, in the order of the commits; the mirror is one. */
export interface SnapshotObserver {
  stored(version: SnapshotVersion): void
  /** Versions that retention removed. */
  removed(versions: readonly Pick<SnapshotVersion, 'id' | 'account' | 'at'>[]): void
}
