import type { MirrorFolder } from './folder.ts'
import type { MirrorSource, MirrorVersion } from './source.ts'

export interface ReconcileResult {
  readonly written: number
  readonly unchanged: number
  readonly removed: number
  /** Versions whose name something other than a file has, or that can be no file. */
  readonly aside: readonly string[]
  readonly latest: MirrorVersion | undefined
  /** Names of the versions that have their file now. */
  readonly names: ReadonlySet<string>
  /** Whether anything differed. */
  readonly changed: boolean
}

export interface ReconcileOptions {
  /** Compares the content of every file; else a file with the right name is taken to be right. */
  readonly thoroughly?: boolean
  /** Called after each version with the number done. */
  readonly onProgress?: (done: number) => void
  /** Stops between two versions. */
  readonly signal?: AbortSignal
}

/**
 * Makes the mirror equal to the source: writes missing versions, removes those that the source no longer has, and leaves
 * files alone that no mirror wrote.
 */
export async function reconcile(folder: MirrorFolder, source: MirrorSource, options: ReconcileOptions = {}): Promise<ReconcileResult> {
  await folder.prepare()
  // Read before the source: a version that is only in the folder was then removed from the source, not added later.
  const { versions: files, blocked } = await folder.entries()
  const current = new Set<string>()
  const aside: string[] = []
  let [written, unchanged, removed] = [0, 0, 0]
  let latest: MirrorVersion | undefined
  const accounts = new Set(await source.latestAccounts())
  for await (const version of source.all()) {
    if (options.signal?.aborted) return { written, unchanged, removed, aside, latest: undefined, names: new Set(), changed: true }
    current.add(version.fileName)
    if (blocked.has(version.fileName)) aside.push(version.fileName)
    else if (files.has(version.fileName) && (!options.thoroughly || (await folder.holds(version)))) {
      unchanged++
      if (accounts.has(version.account)) latest = version
    } else if (await folder.write(version)) {
      written++
      if (accounts.has(version.account)) latest = version
    } else aside.push(version.fileName)
    options.onProgress?.(written + unchanged + aside.length)
  }
  if (written > 0) await folder.sync()
  const linked = await folder.linkLatest(latest)
  for (const name of files) {
    if (current.has(name) || !(await folder.isOurs(name))) continue
    await folder.remove(name)
    removed++
  }
  const described = await folder.writeMetadata(await source.metadata())
  if (removed > 0 || described) await folder.sync()
  for (const name of aside) current.delete(name)
  return { written, unchanged, removed, aside, latest, names: current, changed: linked || described || written > 0 || removed > 0 }
}
