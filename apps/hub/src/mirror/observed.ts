import type { SnapshotObserver } from '../limits/snapshot-version.ts'
import { versionFile } from '../limits/version-file.ts'
import type { Mirror } from './mirror.ts'
import { toMirrorVersion } from './source.ts'

/** An observer that passes stored and removed versions to the mirror. */
export function mirrorObserver(mirror: Pick<Mirror, 'stored' | 'removed'>): SnapshotObserver {
  return {
    stored: (version) => mirror.stored([toMirrorVersion(version)]),
    removed: (versions) => mirror.removed(versions.map(({ at, id }) => versionFile(at, id))),
  }
}
