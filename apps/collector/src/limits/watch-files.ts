import { type FSWatcher, statSync, watch } from 'node:fs'
import { Bell } from '../bell.ts'
import type { ReadOutcome, RunningSource, SourceClock } from './source.ts'

export interface WatchOptions {
  /** Asked again and again: folders may come later. */
  readonly folders: () => readonly string[]
  /** Whether a change of this name in one of the folders is worth a look. */
  readonly concerns: (name: string) => boolean
  /** Looks at everything. `asked`: somebody waits for it. What it throws is an error nobody foresaw. */
  readonly look: (asked: boolean) => Promise<ReadOutcome>
  readonly failed: (error: unknown) => void
  readonly clock: SourceClock
  /** Milliseconds; for tests. */
  readonly pace?: Partial<WatchPace>
}

export interface WatchPace {
  /** After a change, for the writer to finish. */
  readonly settle: number
  /** Between two looks while nothing is told: on some disks nothing ever is. */
  readonly poll: number
}

const usualPace: WatchPace = { settle: 50, poll: 5_000 }
/** A look takes at most one part in so many of the time, however often files change. */
const RARELY = 100

/** Looks at once, after each change, now and then, and when somebody asks, one look at a time, until the signal is aborted. */
export function watchFiles(options: WatchOptions, signal: AbortSignal): RunningSource {
  const { look, failed, clock } = options
  const pace = { ...usualPace, ...options.pace }
  const changed = new Bell()
  const watchers = new Map<string, { watcher: FSWatcher; inode: number }>()
  let waiting: ((outcome: ReadOutcome) => void)[] = []

  const forget = (folder: string) => {
    watchers.get(folder)?.watcher.close()
    watchers.delete(folder)
  }
  const watchAll = () => {
    const wanted = options.folders()
    for (const folder of watchers.keys()) if (!wanted.includes(folder)) forget(folder)
    for (const folder of wanted) {
      // A folder made anew is another one: the watch stays with the old.
      const inode = inodeOf(folder)
      if (watchers.get(folder)?.inode !== inode) forget(folder)
      if (inode === undefined || watchers.has(folder)) continue
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => {
          if (name === null || options.concerns(name)) changed.ring()
        })
        watcher.on('error', () => forget(folder))
        watchers.set(folder, { watcher, inode })
      } catch {
        // No watches left to give: looking now and then is all there is.
      }
    }
  }

  /** Until somebody rings, or the time has come. */
  const pause = async (milliseconds: number, until: (signal: AbortSignal) => Promise<void>) => {
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    await Promise.race([until(either), clock.wait(milliseconds, either).catch(() => {})])
    over.abort()
  }
  const asked = new Bell()

  const once = async (): Promise<number> => {
    const answered = waiting
    waiting = []
    const started = performance.now()
    let outcome: ReadOutcome
    try {
      watchAll()
      outcome = await look(answered.length > 0)
    } catch (error) {
      failed(error)
      outcome = { ok: false, message: (error as Error).message }
    }
    for (const answer of answered) answer(outcome)
    return performance.now() - started
  }

  const run = async () => {
    while (!signal.aborted) {
      const spent = await once()
      await pause(Math.max(pace.settle, spent * RARELY), (over) => asked.heard(over))
      if (waiting.length > 0) continue
      await pause(pace.poll, (over) => changed.heard(over))
      // What rang may not have finished its writing.
      if (waiting.length === 0) await pause(pace.settle, (over) => asked.heard(over))
    }
  }
  const ended = run().finally(() => {
    for (const folder of [...watchers.keys()]) forget(folder)
    for (const answer of waiting) answer({ ok: false, message: 'the collector is stopping' })
  })
  return {
    ended,
    readNow: () =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve({ ok: false, message: 'the collector is stopping' })
        waiting.push(resolve)
        asked.ring()
        changed.ring()
      }),
  }
}

function inodeOf(folder: string): number | undefined {
  try {
    return statSync(folder).ino
  } catch {
    return undefined
  }
}
