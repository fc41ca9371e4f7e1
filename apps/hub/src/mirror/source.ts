import { planOf } from '../limits/plan.ts'
import type { SnapshotVersion } from '../limits/snapshot-version.ts'
import { versionFile } from '../limits/version-file.ts'
import type { StorageMetadata } from '../store/limit-version.ts'
import type { LimitStore } from '../store/limits.ts'

/** A version as the mirror writes it. */
export interface MirrorVersion {
  /** From `versionFile`. */
  readonly fileName: string
  readonly account: string
  /** The snapshot as it was received. */
  readonly json: string
  /** Milliseconds. */
  readonly lastUpdated: number
}

/** The source that the mirror follows. */
export interface MirrorSource {
  /** Every stored version, the newest last. Other writes may happen meanwhile. */
  all(): AsyncIterable<MirrorVersion>
  metadata(): Promise<StorageMetadata>
  /** The accounts of the plan that the latest version is of: the one that a request without an account gets. */
  latestAccounts(): Promise<readonly string[]>
}

export function mirrorSource(limits: Pick<LimitStore, 'snapshots' | 'metadata' | 'accounts' | 'heads'>): MirrorSource {
  return {
    async *all() {
      for await (const batch of limits.snapshots()) yield* batch.map(toMirrorVersion)
    },
    metadata: () => limits.metadata(),
    latestAccounts: async () => (await planOf(limits, undefined))?.names ?? [],
  }
}

export function toMirrorVersion({ id, account, at, body }: SnapshotVersion): MirrorVersion {
  return { fileName: versionFile(at, id), account, json: JSON.stringify(body), lastUpdated: at }
}
