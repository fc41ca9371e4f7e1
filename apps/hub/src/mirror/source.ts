/** What the mirror needs to know of a version. */
export interface MirrorVersion {
  /** As `versionFile` names it. */
  readonly fileName: string
  /** The reading in its wire form. */
  readonly json: string
  /** Milliseconds. */
  readonly lastUpdated: number
}

/** What `_metadata.json` holds; instants are ISO 8601, null where there is none. */
export interface StorageMetadata {
  readonly versionCount: number
  readonly oldestTimestamp: string | null
  readonly newestTimestamp: string | null
  readonly lastCleanup: string | null
  readonly totalVersionsCreated: number
  readonly totalVersionsDeleted: number
}

/** The truth that the mirror follows. */
export interface MirrorSource {
  /** Every version that is kept, the newest last. Others may write meanwhile. */
  all(): AsyncIterable<MirrorVersion>
  metadata(): Promise<StorageMetadata>
}
