import type { SnapshotVersion } from '../limits/snapshot-version.ts'
import type { Change } from './change.ts'

/** Stored snapshots: each is a version of its account. Versions of several accounts are numbered in one sequence. */
export interface LimitVersionStore {
  /** All accounts, by their newest version, newest first. */
  accounts(): Promise<LimitAccount[]>
  /**
   * Gives an account a name, or takes it away, and publishes `limits.account`.
   * @returns false when there is no such account
   */
  nameAccount(account: string, name: string | undefined, change: Change): Promise<boolean>
  /** The newest version of each machine and source. */
  heads(accounts: readonly string[]): Promise<SnapshotVersion[]>
  /** @param version 1 is the oldest @returns undefined when there is no such version */
  version(accounts: readonly string[], version: number): Promise<SnapshotVersion | undefined>
  /** The version nearest to an instant; of two at the same distance, the earlier. */
  nearest(accounts: readonly string[], at: number): Promise<SnapshotVersion | undefined>
  /** The number of a version: how many versions there are up to it. */
  versionOf(accounts: readonly string[], snapshot: Pick<SnapshotVersion, 'at' | 'id'>): Promise<number>
  /** The versions in [from, to], oldest first, in pages; by default all versions of all accounts. */
  snapshots(query?: VersionQuery): AsyncIterable<readonly SnapshotVersion[]>
  /**
   * Removes the versions that exceed both the number and the age to keep, and the expired days of the thinned series.
   * Age is counted from the newest version when the clock is ahead of it, so that a wrong clock removes nothing.
   * @returns the removed versions, at most a thousand: then there may be more
   */
  retain(account: string, keep: LimitsRetention, now: number): Promise<Pick<SnapshotVersion, 'id' | 'account' | 'at'>[]>
  /** Figures over all accounts. */
  metadata(): Promise<StorageMetadata>
}

/** Instants are milliseconds. */
export interface LimitAccount {
  /** The account's name; empty for snapshots without one. */
  readonly account: string
  /** The name that a person has given it. */
  readonly name?: string | undefined
  /** When its first snapshot arrived. */
  readonly firstAt?: number | undefined
  readonly versions: number
  readonly oldestAt: number | undefined
  readonly newestAt: number | undefined
  /** Versions ever created, removed ones included. */
  readonly created: number
}

export interface VersionQuery {
  readonly accounts?: readonly string[] | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** A version is kept while it is among the newest `versions`, or younger than `days`. */
export interface LimitsRetention {
  readonly versions: number
  readonly days: number
}

export interface StorageMetadata {
  readonly versionCount: number
  readonly oldestTimestamp: string | null
  readonly newestTimestamp: string | null
  /** The last time retention removed a version. */
  readonly lastCleanup: string | null
  readonly totalVersionsCreated: number
  readonly totalVersionsDeleted: number
}
