import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger, RefreshSummary } from '@signalbox/ledger'
import { WakeSignal } from '../wake-signal.ts'
import { type FolderWatch, watchFolders } from './watch-folders.ts'

export interface WatchTranscriptsOptions {
  readonly ledger: Pick<Ledger, 'refresh'>
  /** The transcript folders; called repeatedly, because folders may be created later. */
  readonly roots: () => readonly string[]
  readonly observer: TranscriptObserver
  /** Delays; for tests. */
  readonly pace?: Partial<Pace>
}

export interface TranscriptObserver {
  /** `full`: all folders were scanned, not only the changed ones. `watching`: the system watches every folder. */
  scanned(summary: RefreshSummary, full: boolean, watching: boolean): void
  /** `retryIn`: milliseconds until the next attempt. */
  failed(error: unknown, retryIn: number): void
}

/** All in milliseconds. */
export interface Pace {
  /** Delay after a change, so that the writer can finish its line. */
  readonly settle: number
  /** Interval of full scans while the system watches every folder. */
  readonly watchedScan: number
  /** Interval of full scans while it does not. */
  readonly unwatchedScan: number
  /** Interval of checks for new roots. */
  readonly roots: number
  /** Delay after a failure. */
  readonly retry: number
}

const defaultPace: Pace = { settle: 40, watchedScan: 30_000, unwatchedScan: 1_000, roots: 3_000, retry: 5_000 }
/** A full scan may use at most 1 / divisor of the time: with 100,000 transcripts it runs less often. */
const SCAN_TIME_DIVISOR = { watched: 200, unwatched: 20 }
/** The longest pause after a scan of changed folders. */
const MAX_SETTLE_MS = 500
/** When so many transcripts have grown within this time, their changes are read together. */
const BUSY_TRANSCRIPTS = 12
const BUSY_INTERVAL_MS = 10_000
const BUSY_PAUSE_MS = 1_800

/**
 * Keeps the ledger up to date until the signal is aborted. File events say where to scan, and a slow full scan finds what
 * they missed, so a lost event only costs time. Errors are reported and retried.
 */
export async function watchTranscripts(options: WatchTranscriptsOptions, signal: AbortSignal): Promise<void> {
  await new TranscriptWatcher(options, signal).run()
}

class TranscriptWatcher {
  readonly #options: WatchTranscriptsOptions
  readonly #pace: Pace
  readonly #signal: AbortSignal
  readonly #changedFolders = new Set<string>()
  readonly #changed = new WakeSignal()
  #roots: readonly string[] = []
  #rootState = ''
  /** When each transcript has last grown, by the monotonic clock. */
  readonly #grown = new Map<string, number>()
  #watch: FolderWatch | undefined
  /** Due time of the next full scan, by the monotonic clock. */
  #fullScanAt = 0
  /** Milliseconds that a full scan takes when there is nothing new to read. */
  #fullScanCost = 0

  constructor(options: WatchTranscriptsOptions, signal: AbortSignal) {
    this.#options = options
    this.#pace = { ...defaultPace, ...options.pace }
    this.#signal = signal
  }

  async run(): Promise<void> {
    try {
      while (!this.#signal.aborted) await this.#step()
    } finally {
      this.#watch?.close()
    }
  }

  async #step(): Promise<void> {
    const { settle, roots, retry } = this.#pace
    try {
      this.#watchRoots()
      if (this.#changedFolders.size > 0 || performance.now() >= this.#fullScanAt) {
        const spent = await this.#scan()
        // Without a pause, a writer that never stops would keep this process scanning all the time.
        await this.#pause(this.#isBusy() ? BUSY_PAUSE_MS : Math.min(MAX_SETTLE_MS, Math.max(settle, spent * 2)))
      } else {
        await this.#changed.waitAtMost(Math.max(0, Math.min(roots, this.#fullScanAt - performance.now())), this.#signal)
        if (this.#changedFolders.size > 0) await this.#pause(settle)
      }
    } catch (error) {
      if (this.#signal.aborted) return
      this.#options.observer.failed(error, retry)
      this.#fullScanAt = 0
      await this.#pause(retry)
    }
  }

  /** Whether many sessions write at once. */
  #isBusy(): boolean {
    const since = performance.now() - BUSY_INTERVAL_MS
    for (const [file, at] of this.#grown) if (at < since) this.#grown.delete(file)
    return this.#grown.size >= BUSY_TRANSCRIPTS
  }

  /** Watches the current roots, when they are other ones than before. */
  #watchRoots(): void {
    const roots = this.#options.roots()
    // A folder that did not exist before is not watched yet.
    const state = roots.map((root) => `${existsSync(root)} ${root}`).join('\n')
    if (this.#watch !== undefined && state === this.#rootState) return
    this.#watch?.close()
    this.#roots = roots
    this.#rootState = state
    this.#watch = watchFolders(roots, (folder) => {
      this.#changedFolders.add(folder)
      this.#changed.notify()
    })
    this.#fullScanAt = 0
  }

  /** Reads what is new in the changed folders, or in all when a full scan is due. @returns the milliseconds it took */
  async #scan(): Promise<number> {
    const full = performance.now() >= this.#fullScanAt
    const folders = full ? this.#roots : [...this.#changedFolders]
    this.#changedFolders.clear()
    if (full) this.#watch?.rescan()
    const started = performance.now()
    const summary = await this.#options.ledger.refresh({ roots: folders, signal: this.#signal })
    const spent = performance.now() - started
    if (!full) for (const file of summary.changed) this.#grown.set(file, started)
    const watching = this.#watch?.isComplete() === true
    if (full) {
      if (summary.bytes_read === 0) this.#fullScanCost = spent
      this.#fullScanAt = performance.now() + this.#fullScanInterval(watching)
    }
    if (!this.#signal.aborted) this.#options.observer.scanned(summary, full, watching)
    return spent
  }

  #fullScanInterval(watching: boolean): number {
    return watching
      ? Math.max(this.#pace.watchedScan, this.#fullScanCost * SCAN_TIME_DIVISOR.watched)
      : Math.max(this.#pace.unwatchedScan, this.#fullScanCost * SCAN_TIME_DIVISOR.unwatched)
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#signal }).catch(() => {})
  }
}
