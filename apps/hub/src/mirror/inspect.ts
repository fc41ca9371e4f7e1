import type { MirrorFolder } from './folder.ts'
import type { MirrorSource, MirrorVersion } from './source.ts'

/** How the files stand to the store. */
export interface Inspected {
  readonly folder: string
  /** In the store. */
  readonly versions: number
  /** Versions without a file, and files that hold something else than their version. */
  readonly missing: readonly string[]
  readonly damaged: readonly string[]
  /** Files of versions that the store no longer has. */
  readonly leftOver: readonly string[]
  /** What others put there. */
  readonly foreign: number
  /** Of the newest version; absent while there is none. */
  readonly latest?: { readonly file: string; readonly lastUpdated: string }
  /** Whether `console-usage-synced.json` is the newest version. */
  readonly latestIsRight: boolean
  readonly metadataIsRight: boolean
  /** Whether everything is as it should be. */
  readonly inOrder: boolean
  /** Bytes on its disk. */
  readonly free: number
}

/** Looks, and changes nothing. */
export async function inspect(folder: MirrorFolder, source: MirrorSource): Promise<Inspected> {
  const entries = await folder.entries()
  const there = new Set(entries.versions)
  const missing: string[] = []
  const damaged: string[] = []
  let versions = 0
  let latest: MirrorVersion | undefined
  for await (const version of source.all()) {
    versions++
    latest = version
    if (!there.delete(version.fileName)) missing.push(version.fileName)
    else if (!(await folder.holds(version))) damaged.push(version.fileName)
  }
  const leftOver: string[] = []
  let { foreign } = entries
  for (const name of there) {
    if (await folder.isOurs(name)) leftOver.push(name)
    else foreign++
  }
  const latestIsRight = await folder.pointsTo(latest)
  const metadataIsRight = versions === 0 || (await folder.describes(await source.metadata()))
  return {
    folder: folder.path,
    versions,
    missing,
    damaged,
    leftOver,
    foreign,
    ...(latest === undefined ? {} : { latest: { file: latest.fileName, lastUpdated: new Date(latest.lastUpdated).toISOString() } }),
    latestIsRight,
    metadataIsRight,
    inOrder: latestIsRight && metadataIsRight && missing.length + damaged.length + leftOver.length === 0,
    free: await folder.free(),
  }
}
