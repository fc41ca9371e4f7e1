import type { LimitReading } from '@signalbox/contract/limits'

/** A reading as a store keeps it: a version. Instants are milliseconds. */
export interface KeptReading {
  /** See `readingId`; versions of one instant are in the order of their ids. */
  readonly id: string
  /** Where it is filed: the account it names, else the one its machine named last, else the empty one. */
  readonly account: string
  /** `lastUpdated` */
  readonly at: number
  readonly receivedAt: number
  /** As it was sent. */
  readonly reading: LimitReading
}

/** Whoever wants to hear of versions, such as the files for people; told after the commit, in the order of the commits. */
export interface ReadingObserver {
  stored(version: KeptReading): void
  /** By retention. */
  removed(versions: readonly Pick<KeptReading, 'id' | 'account' | 'at'>[]): void
}
