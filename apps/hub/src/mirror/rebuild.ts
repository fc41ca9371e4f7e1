import type { MirrorRebuilt } from '@signalbox/contract/mirror'
import { codeOf } from './disk.ts'
import type { MirrorFolder } from './folder.ts'
import { type How, type Reconciled, reconcile } from './reconcile.ts'
import type { MirrorSource } from './source.ts'

/** Without what the program knows. */
export type Rebuilt = Omit<MirrorRebuilt, 'folder' | 'ms'>

/** As long as the hub, too, writes: it has the last word, at its next look at the latest. */
const MOST_ROUNDS = 5
/** What is half written and older than this, in milliseconds, was left by somebody who was killed. */
const LEFT_MS = 60_000

/**
 * Makes every file of the mirror what the store has, whoever else writes beside us: round by round, until one finds
 * nothing to do.
 */
export async function rebuild(
  folder: MirrorFolder,
  source: MirrorSource,
  { now, signal, onProgress }: { now: number } & Pick<How, 'signal' | 'onProgress'>,
): Promise<Rebuilt> {
  await folder.prepare()
  await folder.sweep(now - LEFT_MS)
  let [written, removed] = [0, 0]
  for (let round = 1; ; round++) {
    let done: Reconciled
    try {
      done = await reconcile(folder, source, {
        thoroughly: true,
        ...(signal === undefined ? {} : { signal }),
        ...(round > 1 || onProgress === undefined ? {} : { onProgress }),
      })
    } catch (error) {
      // A hub that starts meanwhile sweeps away what we are just writing; somebody may take the folder, too.
      if (codeOf(error) !== 'ENOENT' || round === MOST_ROUNDS) throw error
      continue
    }
    written += done.written
    removed += done.removed
    const finished = signal?.aborted !== true
    if (finished && done.changed && round < MOST_ROUNDS) continue
    const { aside } = done
    const versions = done.unchanged + done.written + aside.length
    return { versions, written, unchanged: Math.max(0, versions - written - aside.length), removed, aside, finished }
  }
}
