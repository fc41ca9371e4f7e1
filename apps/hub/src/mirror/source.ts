import type { KeptReading } from '../limits/kept-reading.ts'
import { versionFile } from '../limits/version-file.ts'
import type { LimitStore, StorageMetadata } from '../store/store.ts'

/** What the mirror needs to know of a version. */
export interface MirrorVersion {
  /** As `versionFile` names it. */
  readonly fileName: string
  /** The reading in its wire form. */
  readonly json: string
  /** Milliseconds. */
  readonly lastUpdated: number
}

/** The truth that the mirror follows. */
export interface MirrorSource {
  /** Every version that is kept, the newest last. Others may write meanwhile. */
  all(): AsyncIterable<MirrorVersion>
  metadata(): Promise<StorageMetadata>
}

export function sourceOf(limits: Pick<LimitStore, 'readings' | 'metadata'>): MirrorSource {
  return {
    async *all() {
      for await (const piece of limits.readings()) yield* piece.map(mirrorVersion)
    },
    metadata: () => limits.metadata(),
  }
}

export function mirrorVersion({ id, at, reading }: KeptReading): MirrorVersion {
  return { fileName: versionFile(at, id), json: JSON.stringify(reading), lastUpdated: at }
}
