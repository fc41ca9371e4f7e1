import type { MirrorStatus } from '@signalbox/contract/mirror'
import { canBeFile, type MirrorFolder } from './folder.ts'
import type { MirrorSource, MirrorVersion } from './source.ts'

/** The status without the parts from the store and the settings. */
export type Inspected = Omit<MirrorStatus, 'store_id' | 'kept' | 'because'>

/** Compares the files with the store, and changes nothing. */
export async function inspect(folder: MirrorFolder, source: MirrorSource): Promise<Inspected> {
  const entries = await folder.entries()
  const unmatched = new Set(entries.versions)
  const missing: string[] = []
  const damaged: string[] = []
  const aside: string[] = []
  let versions = 0
  let latest: MirrorVersion | undefined
  const accounts = new Set(await source.latestAccounts())
  for await (const version of source.all()) {
    versions++
    if (!canBeFile(version)) {
      aside.push(version.fileName)
      continue
    }
    if (accounts.has(version.account)) latest = version
    if (!unmatched.delete(version.fileName)) missing.push(version.fileName)
    else if (!(await folder.holds(version))) damaged.push(version.fileName)
  }
  const leftOver: string[] = []
  let { foreign } = entries
  for (const name of unmatched) {
    if (await folder.isOurs(name)) leftOver.push(name)
    else foreign++
  }
  const latestIsRight = await folder.isLatest(latest)
  const metadataIsRight = versions === 0 || (await folder.hasMetadata(await source.metadata()))
  return {
    folder: folder.path,
    versions,
    missing,
    damaged,
    leftOver,
    aside,
    foreign,
    ...(latest === undefined ? {} : { latest: { file: latest.fileName, lastUpdated: new Date(latest.lastUpdated).toISOString() } }),
    latestIsRight,
    metadataIsRight,
    inOrder: latestIsRight && metadataIsRight && missing.length + damaged.length + leftOver.length === 0,
    free: await folder.free(),
  }
}
