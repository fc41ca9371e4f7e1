import { type FSWatcher, statSync, watch } from 'node:fs'
import { WakeSignal } from '../wake-signal.ts'
import type { ReadOutcome, RunningSource, SourceClock } from './source.ts'

export interface WatchOptions {
  /** The folders to watch; called repeatedly, because folders may be created later. */
  readonly folders: () => readonly string[]
  /** Whether a change of a file with this name is relevant. */
  readonly isRelevant: (name: string) => boolean
  /** Reads all files. `requested`: a caller of `readNow` waits for the result. Only unexpected errors are thrown. */
  readonly read: (requested: boolean) => Promise<ReadOutcome>
  /** Receives what `read` throws. */
  readonly failed: (error: unknown) => void
  readonly clock: SourceClock
  /** Delays; for tests. */
  readonly pace?: Partial<WatchPace>
}

/** Delays in milliseconds. */
export interface WatchPace {
  /** Delay after a change, so that the writer can finish. */
  readonly settle: number
  /** Interval of reads without an event: some file systems send none. */
  readonly poll: number
  /** The pause after a read as a multiple of its duration, so that the reader takes little time however often files change. */
  readonly pauseFactor: number
}

const defaultPace: WatchPace = { settle: 50, poll: 5_000, pauseFactor: 100 }

/** On a busy machine a short read may take a second, and a change during the pause after it must not wait for minutes. */
const MAX_PAUSE_MS = 20_000

const stopping: ReadOutcome = { ok: false, message: 'the collector is stopping' }

/** Reads files at once, after each change, at an interval and on request, one read at a time, until the signal is aborted. */
export function watchFiles(options: WatchOptions, signal: AbortSignal): RunningSource {
  const watcher = new FileWatcher(options, signal)
  return { ended: watcher.run(), readNow: () => watcher.readNow() }
}

class FileWatcher {
  readonly #options: WatchOptions
  readonly #pace: WatchPace
  readonly #signal: AbortSignal
  readonly #changed = new WakeSignal()
  readonly #requested = new WakeSignal()
  readonly #watches = new Map<string, { watcher: FSWatcher; inode: number }>()
  #requests: ((outcome: ReadOutcome) => void)[] = []

  constructor(options: WatchOptions, signal: AbortSignal) {
    this.#options = options
    this.#pace = { ...defaultPace, ...options.pace }
    this.#signal = signal
  }

  async run(): Promise<void> {
    const { settle, poll, pauseFactor } = this.#pace
    try {
      while (!this.#signal.aborted) {
        const spent = await this.#read()
        await this.#wait(this.#requested, Math.max(settle, Math.min(spent * pauseFactor, MAX_PAUSE_MS)))
        if (this.#requests.length > 0) continue
        await this.#wait(this.#changed, poll)
        // The writer that caused the event may not have finished.
        if (this.#requests.length === 0) await this.#wait(this.#requested, settle)
      }
    } finally {
      for (const folder of [...this.#watches.keys()]) this.#unwatch(folder)
      for (const answer of this.#requests) answer(stopping)
    }
  }

  readNow(): Promise<ReadOutcome> {
    return new Promise((resolve) => {
      if (this.#signal.aborted) return resolve(stopping)
      this.#requests.push(resolve)
      this.#requested.notify()
      this.#changed.notify()
    })
  }

  #wait(wake: WakeSignal, milliseconds: number): Promise<void> {
    return wake.waitAtMost(milliseconds, this.#signal, this.#options.clock)
  }

  /** Reads once and answers all requests that came before. @returns the milliseconds it took */
  async #read(): Promise<number> {
    const requests = this.#requests
    this.#requests = []
    const started = performance.now()
    let outcome: ReadOutcome
    try {
      this.#watchFolders()
      outcome = await this.#options.read(requests.length > 0)
    } catch (error) {
      this.#options.failed(error)
      outcome = { ok: false, message: (error as Error).message }
    }
    for (const answer of requests) answer(outcome)
    return performance.now() - started
  }

  #watchFolders(): void {
    const folders = this.#options.folders()
    for (const folder of this.#watches.keys()) if (!folders.includes(folder)) this.#unwatch(folder)
    for (const folder of folders) {
      // The watch of a folder that was removed and created again stays with the old one.
      const inode = readInode(folder)
      if (this.#watches.get(folder)?.inode !== inode) this.#unwatch(folder)
      if (inode === undefined || this.#watches.has(folder)) continue
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => {
          if (name === null || this.#options.isRelevant(name)) this.#changed.notify()
        })
        watcher.on('error', () => this.#unwatch(folder))
        this.#watches.set(folder, { watcher, inode })
      } catch {
        // The system has no watches left: only the interval finds changes.
      }
    }
  }

  #unwatch(folder: string): void {
    this.#watches.get(folder)?.watcher.close()
    this.#watches.delete(folder)
  }
}

function readInode(folder: string): number | undefined {
  try {
    return statSync(folder).ino
  } catch {
    return undefined
  }
}
