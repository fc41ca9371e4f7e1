import type { ReadingObserver } from '../limits/kept-reading.ts'
import { versionFile } from '../limits/version-file.ts'
import type { Mirror } from './mirror.ts'
import { mirrorVersion } from './source.ts'

/** A mirror as one who is told of every reading that was stored or removed. */
export function observed(mirror: Pick<Mirror, 'stored' | 'removed'>): ReadingObserver {
  return {
    stored: (version) => mirror.stored([mirrorVersion(version)]),
    removed: (versions) => mirror.removed(versions.map(({ at, id }) => versionFile(at, id))),
  }
}
