import type { Ledger, RefreshSummary } from '@signalbox/ledger'
import { watchFolders } from './watch-folders.ts'

export interface GatherOptions {
  readonly ledger: Pick<Ledger, 'refresh'>
  /** Where transcripts are now; asked again and again, because the folders may come later. */
  readonly roots: () => readonly string[]
  readonly observer: GatherObserver
  /** How long it waits; for tests. Milliseconds. */
  readonly pace?: Partial<Pace>
}

export interface GatherObserver {
  /** `whole`: all folders were looked through, not only those that changed. */
  gathered(summary: RefreshSummary, whole: boolean, watching: boolean): void
  /** `again`: milliseconds until the next try. */
  failed(error: unknown, again: number): void
}

export interface Pace {
  /** After a change, for the writer to finish its line. */
  readonly settle: number
  /** Between two looks at everything while the system tells us of changes. */
  readonly sweep: number
  /** The same while it does not. */
  readonly look: number
  /** Between two looks whether there are new roots. */
  readonly roots: number
  readonly retry: number
}

const usualPace: Pace = { settle: 40, sweep: 30_000, look: 1_000, roots: 3_000, retry: 5_000 }
/** A look at everything takes at most one part in so many of the time: with 100,000 transcripts it happens less often. */
const RARELY = { watching: 200, looking: 20 }
/** The longest pause after a look, in milliseconds. */
const LONGEST_PAUSE = 500

/**
 * Keeps the ledger up to date until the signal is aborted. Events say where to look; a slow sweep over everything is
 * the truth, so an event that never came costs time and nothing else. Nothing that happens ends it.
 */
export async function gather({ ledger, roots, observer, pace }: GatherOptions, signal: AbortSignal): Promise<void> {
  const { settle, sweep, look, roots: rootsEvery, retry } = { ...usualPace, ...pace }
  const changed = new Set<string>()
  let wake = () => {}
  let watched: readonly string[] = []
  let watching: ReturnType<typeof watchFolders> | undefined
  /** When everything is looked at next, by the monotonic clock. */
  let sweepAt = 0
  /** Milliseconds a look at everything takes when there is nothing to read. */
  let cost = 0

  const note = (folder: string) => {
    changed.add(folder)
    wake()
  }
  const watchRoots = () => {
    const now = roots()
    if (watching !== undefined && now.join('\n') === watched.join('\n')) return
    watching?.close()
    watched = now
    watching = watchFolders(now, note)
    sweepAt = 0
  }
  const step = async (): Promise<number> => {
    const whole = performance.now() >= sweepAt
    const folders = whole ? watched : [...changed]
    changed.clear()
    if (whole) watching?.check()
    const started = performance.now()
    const summary = await ledger.refresh({ roots: folders, signal })
    const spent = performance.now() - started
    const complete = watching?.complete() === true
    if (whole && summary.bytes_read === 0) cost = spent
    if (whole) sweepAt = performance.now() + (complete ? Math.max(sweep, cost * RARELY.watching) : Math.max(look, cost * RARELY.looking))
    if (!signal.aborted) observer.gathered(summary, whole, complete)
    return spent
  }

  /** Until something changed, or it is time for a look at everything. */
  const idle = (longest: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        wake = () => {}
        resolve()
      }
      const timer = setTimeout(done, longest)
      if (signal.aborted || changed.size > 0) return done()
      wake = done
      signal.addEventListener('abort', done, { once: true })
    })

  try {
    while (!signal.aborted) {
      try {
        watchRoots()
        if (changed.size > 0 || performance.now() >= sweepAt) {
          const spent = await step()
          // A writer that never pauses must not have us reading all the time.
          await pause(Math.min(LONGEST_PAUSE, Math.max(settle, spent * 2)), signal)
        } else {
          await idle(Math.max(0, Math.min(rootsEvery, sweepAt - performance.now())))
          if (changed.size > 0) await pause(settle, signal)
        }
      } catch (error) {
        if (signal.aborted) break
        observer.failed(error, retry)
        sweepAt = 0
        await pause(retry, signal)
      }
    }
  } finally {
    watching?.close()
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    if (signal.aborted) return done()
    signal.addEventListener('abort', done, { once: true })
  })
}
