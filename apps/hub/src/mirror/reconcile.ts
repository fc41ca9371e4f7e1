import type { MirrorFolder } from './folder.ts'
import type { MirrorSource, MirrorVersion } from './source.ts'

export interface Reconciled {
  readonly written: number
  readonly unchanged: number
  readonly removed: number
  /** Names in whose place something stands that is no file. */
  readonly aside: readonly string[]
  readonly latest: MirrorVersion | undefined
  /** Of the versions that have their file now. */
  readonly names: ReadonlySet<string>
  /** Whether anything was not as it should be. */
  readonly changed: boolean
}

export interface How {
  /** Looks into every file; else a file that has its name is taken for right. */
  readonly thoroughly?: boolean
  /** Called after each version with how many are done. */
  readonly onProgress?: (done: number) => void
  /** Ends it between two versions. */
  readonly signal?: AbortSignal
}

/**
 * Makes the mirror what the source is: writes what is missing, removes what the source no longer has, and leaves alone
 * what no mirror wrote.
 */
export async function reconcile(folder: MirrorFolder, source: MirrorSource, how: How = {}): Promise<Reconciled> {
  await folder.prepare()
  // Before the source is asked: then what is there and not in the source was removed from it, and is not yet to come.
  const { versions: there, taken } = await folder.entries()
  const kept = new Set<string>()
  const aside: string[] = []
  let [written, unchanged, removed] = [0, 0, 0]
  let latest: MirrorVersion | undefined
  for await (const version of source.all()) {
    if (how.signal?.aborted) return { written, unchanged, removed, aside, latest: undefined, names: new Set(), changed: true }
    kept.add(version.fileName)
    if (taken.has(version.fileName)) aside.push(version.fileName)
    else if (there.has(version.fileName) && (!how.thoroughly || (await folder.holds(version)))) {
      unchanged++
      latest = version
    } else if (await folder.write(version)) {
      written++
      latest = version
    } else aside.push(version.fileName)
    how.onProgress?.(written + unchanged + aside.length)
  }
  if (written > 0) await folder.settle()
  const pointed = await folder.point(latest)
  for (const name of there) {
    if (kept.has(name) || !(await folder.isOurs(name))) continue
    await folder.remove(name)
    removed++
  }
  const described = await folder.describe(await source.metadata())
  if (removed > 0 || described) await folder.settle()
  for (const name of aside) kept.delete(name)
  return { written, unchanged, removed, aside, latest, names: kept, changed: pointed || described || written > 0 || removed > 0 }
}
