import type { MirrorRebuildResult } from '@signalbox/contract/mirror'
import { codeOf } from './disk.ts'
import type { MirrorFolder } from './folder.ts'
import { type ReconcileOptions, type ReconcileResult, reconcile } from './reconcile.ts'
import type { MirrorSource } from './source.ts'

/** The result without the parts that the program adds. */
export type Rebuilt = Omit<MirrorRebuildResult, 'folder' | 'ms'>

/** Rounds while a hub writes too; the hub itself corrects the rest at its next check. */
const MAX_ROUNDS = 5
/** Age of a temporary file whose writer was killed, in milliseconds. */
const ABANDONED_DRAFT_MS = 60_000

/**
 * Makes the files of the mirror equal to the store, in rounds until one finds no difference: a hub may write at the same
 * time.
 */
export async function rebuild(
  folder: MirrorFolder,
  source: MirrorSource,
  { now, signal, onProgress }: { now: number } & Pick<ReconcileOptions, 'signal' | 'onProgress'>,
): Promise<Rebuilt> {
  await folder.prepare()
  await folder.removeDrafts(now - ABANDONED_DRAFT_MS)
  let [written, removed] = [0, 0]
  for (let round = 1; ; round++) {
    let done: ReconcileResult
    try {
      done = await reconcile(folder, source, {
        thoroughly: true,
        ...(signal === undefined ? {} : { signal }),
        ...(round > 1 || onProgress === undefined ? {} : { onProgress }),
      })
    } catch (error) {
      // A hub that starts meanwhile removes temporary files of this rebuild; the folder may be removed too.
      if (codeOf(error) !== 'ENOENT' || round === MAX_ROUNDS) throw error
      continue
    }
    written += done.written
    removed += done.removed
    const finished = signal?.aborted !== true
    if (finished && done.changed && round < MAX_ROUNDS) continue
    const { aside } = done
    const versions = done.unchanged + done.written + aside.length
    return { versions, written, unchanged: Math.max(0, versions - written - aside.length), removed, aside, finished }
  }
}
