import type { MirrorStatus } from '@signalbox/contract/mirror'
import type { MirrorFolder } from './folder.ts'
import type { MirrorSource, MirrorVersion } from './source.ts'

/** Without what the store and the settings say. */
export type Inspected = Omit<MirrorStatus, 'store_id' | 'kept' | 'because'>

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
