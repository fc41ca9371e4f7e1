import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { codeOf, type Disk, realDisk } from './disk.ts'
import { MirrorFolder } from './folder.ts'
import { describeProblem, type MirrorProblem } from './problem.ts'
import { type ReconcileResult, reconcile } from './reconcile.ts'
import type { MirrorSource, MirrorVersion } from './source.ts'

/** In milliseconds. */
export interface MirrorTimes {
  /** Interval between two checks whether another program has changed the files. */
  readonly checkInterval: number
  /** Interval between two attempts while they fail and nothing new is committed. */
  readonly retryDelay: number
  /** At least, between two attempts while they fail. */
  readonly minRetryDelay: number
}

const defaultTimes: MirrorTimes = { checkInterval: 60_000, retryDelay: 30_000, minRetryDelay: 1000 }

/** Changes that may wait to be written; with more, all files are compared with the store instead. */
const MAX_WAITING_CHANGES = 1000
/** How long waiting changes may still be written after the stop signal, in milliseconds. */
const STOP_TIMEOUT_MS = 2000

export interface MirrorOptions {
  readonly dataDir: string
  readonly source: MirrorSource
  readonly clock: Clock
  readonly logger: Logger
  readonly disk?: Disk
  readonly times?: MirrorTimes
  readonly maxWaiting?: number
}

/** Instants are milliseconds. */
export interface MirrorState {
  /** `behind`: it has not caught up since its start. */
  readonly state: 'behind' | 'following' | 'failing'
  readonly since: number
  readonly problem?: MirrorProblem
  /** Known changes that are not in the files yet. */
  readonly waiting: number
  /** Versions whose name something other than a file has, or that can be no file. */
  readonly aside: readonly string[]
}

type MirrorChange = { readonly version: MirrorVersion } | { readonly removed: string }

/**
 * Keeps snapshots as JSON files beside the store. It is notified of commits and writes them in order. After any error it
 * reconciles all files with the store, so nothing is lost by waiting.
 */
export class Mirror {
  readonly #options: MirrorOptions
  readonly #folder: MirrorFolder
  readonly #disk: Disk
  readonly #times: MirrorTimes
  #waiting: MirrorChange[] = []
  /** Whether all files must be compared with the store: at first, and after an error or an overflow. */
  #needsReconcile = true
  #draftsRemoved = false
  #latest: MirrorVersion | undefined
  /** The accounts that the latest version may be of. */
  #accounts: readonly string[] = []
  /** Stamp of the folder after the last write. */
  #stamp: string | undefined
  /** Names of the versions that have their file. */
  #names = new Set<string>()
  /** Files with the name of a version that no mirror wrote. */
  readonly #foreign = new Set<string>()
  #aside: readonly string[] = []
  #state: 'behind' | 'following' | 'failing' = 'behind'
  #since: number
  #problem: MirrorProblem | undefined
  #wake = () => {}

  constructor(options: MirrorOptions) {
    this.#options = options
    this.#disk = options.disk ?? realDisk
    this.#times = options.times ?? defaultTimes
    this.#folder = new MirrorFolder(options.dataDir, this.#disk)
    this.#since = options.clock.now()
  }

  /** Adds committed versions, in their order. */
  stored(versions: readonly MirrorVersion[]): void {
    for (const version of versions) this.#add({ version })
  }

  /** Removes versions that the store no longer has. */
  removed(fileNames: readonly string[]): void {
    for (const removed of fileNames) this.#add({ removed })
  }

  get state(): MirrorState {
    return {
      state: this.#state,
      since: this.#since,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      waiting: this.#waiting.length,
      aside: this.#aside,
    }
  }

  /** Follows the store until the signal ends it; waiting changes are then written within a short timeout. */
  async run(signal: AbortSignal): Promise<void> {
    const end = new AbortController()
    const limitEnd = () => void setTimeout(() => end.abort(), STOP_TIMEOUT_MS).unref()
    signal.addEventListener('abort', limitEnd, { once: true })
    while (!signal.aborted) {
      const done = await this.step(end.signal)
      if (!done) await this.#sleep(this.#times.minRetryDelay, signal, false)
      if (this.#waiting.length > 0 || (done && this.#needsReconcile)) continue
      await this.#sleep(done ? this.#times.checkInterval : this.#times.retryDelay, signal, true)
    }
    if (this.#waiting.length > 0 && this.#state === 'following') await this.step(end.signal)
  }

  /**
   * Brings the files up to date with the store.
   * @returns false on failure; the state has the problem, and the log its first occurrence
   */
  async step(signal?: AbortSignal): Promise<boolean> {
    const waiting = this.#waiting
    this.#waiting = []
    try {
      await this.#removeDrafts()
      try {
        await this.#update(waiting, signal)
      } catch (error) {
        // The folder was removed meanwhile: it is created again.
        if (codeOf(error) !== 'ENOENT') throw error
        this.#needsReconcile = true
        await this.#update([], signal)
      }
      this.#setFollowing()
      return true
    } catch (error) {
      this.#needsReconcile = true
      await this.#setFailing(error)
      return false
    }
  }

  async #update(waiting: readonly MirrorChange[], signal: AbortSignal | undefined): Promise<void> {
    const stamp = await this.#folder.stamp()
    const isChanged = stamp === undefined || stamp !== this.#stamp || (waiting.length === 0 && (await this.#wasModified()))
    const accounts = await this.#options.source.latestAccounts()
    const isOtherPlan = accounts.length !== this.#accounts.length || accounts.some((account) => !this.#accounts.includes(account))
    this.#accounts = accounts
    if (this.#needsReconcile || isChanged || isOtherPlan) {
      this.#needsReconcile = false
      // While the disk fails, a probe spares the store a full read at every attempt.
      if (this.#state === 'failing') await this.#folder.probe()
      // The store has the waiting changes already: they were committed before the notification.
      this.#applyResult(await reconcile(this.#folder, this.#options.source, signal === undefined ? {} : { signal }))
    } else if (waiting.length > 0) await this.#writeChanges(waiting, signal)
    else {
      await this.#folder.linkLatest(this.#latest)
      return
    }
    if (signal?.aborted) this.#needsReconcile = true
    this.#stamp = await this.#folder.stamp()
  }

  /** Whether another program, such as a rebuild, changed the folder during a write, which its stamp does not show. */
  async #wasModified(): Promise<boolean> {
    const { versions } = await this.#folder.entries()
    if ([...this.#names].some((name) => !versions.has(name))) return true
    for (const name of versions) {
      if (this.#names.has(name) || this.#foreign.has(name)) continue
      if (await this.#folder.isOurs(name)) return true
      this.#foreign.add(name)
    }
    return false
  }

  #applyResult({ latest, aside, names, written, removed }: ReconcileResult): void {
    this.#latest = latest
    this.#names = new Set(names)
    this.#aside = aside
    if (written > 0 || removed > 0) this.#options.logger.info({ written, removed }, 'the mirror of the plan limits has caught up')
  }

  async #writeChanges(changes: readonly MirrorChange[], signal: AbortSignal | undefined): Promise<void> {
    const folder = this.#folder
    const versions = new Map<string, MirrorVersion>()
    const gone = new Set<string>()
    for (const change of changes) {
      if ('version' in change) {
        versions.set(change.version.fileName, change.version)
        gone.delete(change.version.fileName)
      } else {
        versions.delete(change.removed)
        gone.add(change.removed)
      }
    }
    for (const version of versions.values()) {
      if (signal?.aborted) return
      if (!(await folder.write(version))) {
        this.#aside = [...this.#aside, version.fileName]
        continue
      }
      this.#names.add(version.fileName)
      const isOfPlan = this.#accounts.includes(version.account)
      if (isOfPlan && (this.#latest === undefined || isNewer(version, this.#latest))) this.#latest = version
    }
    // The latest version was removed: the store knows the new one.
    if (this.#latest !== undefined && gone.has(this.#latest.fileName)) {
      this.#applyResult(await reconcile(folder, this.#options.source))
      return
    }
    if (versions.size > 0) await folder.sync()
    // Linked before old files are removed, so the link never leads to nothing.
    await folder.linkLatest(this.#latest)
    for (const name of gone) {
      await folder.remove(name)
      this.#names.delete(name)
    }
    await folder.writeMetadata(await this.#options.source.metadata())
    await folder.sync()
  }

  async #removeDrafts(): Promise<void> {
    if (this.#draftsRemoved) return
    const removed = await this.#folder.removeDrafts(Number.POSITIVE_INFINITY)
    this.#draftsRemoved = true
    if (removed > 0) this.#options.logger.info({ removed }, 'removed temporary files of the mirror')
  }

  #add(change: MirrorChange): void {
    if (this.#waiting.length < (this.#options.maxWaiting ?? MAX_WAITING_CHANGES)) this.#waiting.push(change)
    else {
      this.#waiting = []
      this.#needsReconcile = true
    }
    this.#wake()
  }

  #setFollowing(): void {
    if (this.#state === 'failing') this.#options.logger.info('the mirror of the plan limits can be written again')
    if (this.#state !== 'following') this.#since = this.#options.clock.now()
    this.#state = 'following'
    this.#problem = undefined
  }

  async #setFailing(error: unknown): Promise<void> {
    const problem = await describeProblem(error, this.#disk, this.#folder.path)
    if (this.#problem?.code !== problem.code) {
      this.#options.logger.error({ err: error, code: problem.code }, `${problem.message}. ${problem.suggestion}`)
    }
    if (this.#state !== 'failing') this.#since = this.#options.clock.now()
    this.#state = 'failing'
    this.#problem = problem
  }

  /** Sleeps until the time is over, the signal aborts, or, with `wakes`, a change is added. */
  async #sleep(ms: number, signal: AbortSignal, wakes: boolean): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        this.#wake = () => {}
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
      if (wakes) this.#wake = done
    })
  }
}

/** At equal instants the names decide, as in the store. */
function isNewer(one: MirrorVersion, other: MirrorVersion): boolean {
  return one.lastUpdated === other.lastUpdated ? one.fileName > other.fileName : one.lastUpdated > other.lastUpdated
}
