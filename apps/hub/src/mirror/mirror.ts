import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { codeOf, type Disk, realDisk } from './disk.ts'
import { MirrorFolder } from './folder.ts'
import { type MirrorProblem, problemOf } from './problem.ts'
import { type Reconciled, reconcile } from './reconcile.ts'
import type { MirrorSource, MirrorVersion } from './source.ts'

/** In milliseconds. */
export interface Pace {
  /** Between two looks whether somebody took something away. */
  readonly look: number
  /** Between two tries while it fails and nothing new comes. */
  readonly retry: number
  /** Between two tries at least, however much comes. */
  readonly pause: number
}

const usual: Pace = { look: 60_000, retry: 30_000, pause: 1000 }

/** So much may wait to be written; of more the store is asked again, which has it all. */
const MOST_WAITING = 1000
/** How long what waits may still be written, once the hub is told to stop, in milliseconds. */
const END_MS = 2000

export interface MirrorParts {
  readonly dataDir: string
  readonly source: MirrorSource
  readonly clock: Clock
  readonly logger: Logger
  readonly disk?: Disk
  readonly pace?: Pace
}

/** How the mirror is; instants are milliseconds. */
export interface MirrorState {
  /** `behind`: it has not caught up yet since its start. */
  readonly state: 'behind' | 'following' | 'failing'
  readonly since: number
  readonly problem?: MirrorProblem
  /** Changes that are not in the files yet, as far as they are known. */
  readonly waiting: number
  /** Names in whose place something stands that is no file. */
  readonly aside: readonly string[]
}

type Step = { readonly version: MirrorVersion } | { readonly removed: string }

/**
 * Keeps readings as plain files, after the store and apart from it: it is told what was committed, and writes it one
 * after the other. Whatever goes wrong, it then makes the files what the store is: nothing is lost by waiting.
 */
export class Mirror {
  readonly #parts: MirrorParts
  readonly #folder: MirrorFolder
  readonly #disk: Disk
  readonly #pace: Pace
  #waiting: Step[] = []
  /** Whether the files are to be compared with the store: at first, and whenever it is not sure what is there. */
  #unsure = true
  #swept = false
  #latest: MirrorVersion | undefined
  /** Of the folder, after what we last did in it. */
  #stamp: string | undefined
  /** Of the versions that have their file. */
  #names = new Set<string>()
  /** Named as ours are, and not ours. */
  readonly #strangers = new Set<string>()
  #aside: readonly string[] = []
  #state: 'behind' | 'following' | 'failing' = 'behind'
  #since: number
  #problem: MirrorProblem | undefined
  #wake = () => {}

  constructor(parts: MirrorParts) {
    this.#parts = parts
    this.#disk = parts.disk ?? realDisk
    this.#pace = parts.pace ?? usual
    this.#folder = new MirrorFolder(parts.dataDir, this.#disk)
    this.#since = parts.clock.now()
  }

  /** Versions that were committed, in their order. */
  stored(versions: readonly MirrorVersion[]): void {
    for (const version of versions) this.#add({ version })
  }

  /** Names of versions that the store no longer has. */
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

  /** Follows the store until the signal ends it; what waits then is written still, as far as that is soon done. */
  async run(signal: AbortSignal): Promise<void> {
    const end = new AbortController()
    const hurry = () => void setTimeout(() => end.abort(), END_MS).unref()
    signal.addEventListener('abort', hurry, { once: true })
    while (!signal.aborted) {
      const done = await this.step(end.signal)
      if (!done) await this.#rest(this.#pace.pause, signal, false)
      if (this.#waiting.length > 0 || (done && this.#unsure)) continue
      await this.#rest(done ? this.#pace.look : this.#pace.retry, signal, true)
    }
    if (this.#waiting.length > 0 && this.#state === 'following') await this.step(end.signal)
  }

  /**
   * Brings the files to where the store is.
   * @returns false when that failed; it is in the state, and for the first time in the log
   */
  async step(signal?: AbortSignal): Promise<boolean> {
    const waiting = this.#waiting
    this.#waiting = []
    try {
      await this.#sweep()
      try {
        await this.#bring(waiting, signal)
      } catch (error) {
        // Somebody took the folder away under our hands: it is made again.
        if (codeOf(error) !== 'ENOENT') throw error
        this.#unsure = true
        await this.#bring([], signal)
      }
      this.#well()
      return true
    } catch (error) {
      this.#unsure = true
      await this.#failed(error)
      return false
    }
  }

  async #bring(waiting: readonly Step[], signal: AbortSignal | undefined): Promise<void> {
    const stamp = await this.#folder.stamp()
    const isChanged = stamp === undefined || stamp !== this.#stamp || (waiting.length === 0 && (await this.#differs()))
    if (this.#unsure || isChanged) {
      this.#unsure = false
      // Asked again and again, the store would have more to do with a full disk than with its readers.
      if (this.#state === 'failing') await this.#folder.probe()
      // Of what waits the store knows: it was committed before we were told.
      this.#take(await reconcile(this.#folder, this.#parts.source, signal === undefined ? {} : { signal }))
    } else if (waiting.length > 0) await this.#follow(waiting, signal)
    else {
      await this.#folder.point(this.#latest)
      return
    }
    if (signal?.aborted) this.#unsure = true
    this.#stamp = await this.#folder.stamp()
  }

  /** What somebody took away or put there while we wrote, such as a rebuild, has left no mark. */
  async #differs(): Promise<boolean> {
    const { versions } = await this.#folder.entries()
    if ([...this.#names].some((name) => !versions.has(name))) return true
    for (const name of versions) {
      if (this.#names.has(name) || this.#strangers.has(name)) continue
      if (await this.#folder.isOurs(name)) return true
      this.#strangers.add(name)
    }
    return false
  }

  #take({ latest, aside, names, written, removed }: Reconciled): void {
    this.#latest = latest
    this.#names = new Set(names)
    this.#aside = aside
    if (written > 0 || removed > 0) this.#parts.logger.info({ written, removed }, 'the mirror of the plan limits has caught up')
  }

  async #follow(steps: readonly Step[], signal: AbortSignal | undefined): Promise<void> {
    const folder = this.#folder
    const versions = new Map<string, MirrorVersion>()
    const gone = new Set<string>()
    for (const step of steps) {
      if ('version' in step) {
        versions.set(step.version.fileName, step.version)
        gone.delete(step.version.fileName)
      } else {
        versions.delete(step.removed)
        gone.add(step.removed)
      }
    }
    for (const version of versions.values()) {
      if (signal?.aborted) return
      if (!(await folder.write(version))) {
        this.#aside = [...this.#aside, version.fileName]
        continue
      }
      this.#names.add(version.fileName)
      if (this.#latest === undefined || isNewer(version, this.#latest)) this.#latest = version
    }
    // The latest itself is gone: which one it is now, the store knows.
    if (this.#latest !== undefined && gone.has(this.#latest.fileName)) {
      this.#take(await reconcile(folder, this.#parts.source))
      return
    }
    if (versions.size > 0) await folder.settle()
    // Whoever follows the link finds something, at every moment.
    await folder.point(this.#latest)
    for (const name of gone) {
      await folder.remove(name)
      this.#names.delete(name)
    }
    await folder.describe(await this.#parts.source.metadata())
    await folder.settle()
  }

  async #sweep(): Promise<void> {
    if (this.#swept) return
    const swept = await this.#folder.sweep(Number.POSITIVE_INFINITY)
    this.#swept = true
    if (swept > 0) this.#parts.logger.info({ swept }, 'removed what the mirror had left half written')
  }

  #add(step: Step): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(step)
    else {
      this.#waiting = []
      this.#unsure = true
    }
    this.#wake()
  }

  #well(): void {
    if (this.#state === 'failing') this.#parts.logger.info('the mirror of the plan limits is written again')
    if (this.#state !== 'following') this.#since = this.#parts.clock.now()
    this.#state = 'following'
    this.#problem = undefined
  }

  async #failed(error: unknown): Promise<void> {
    const problem = await problemOf(error, this.#disk, this.#folder.path)
    if (this.#problem?.code !== problem.code) {
      this.#parts.logger.error({ err: error, code: problem.code }, `${problem.message}. ${problem.suggestion}`)
    }
    if (this.#state !== 'failing') this.#since = this.#parts.clock.now()
    this.#state = 'failing'
    this.#problem = problem
  }

  /** Until the time is over, the signal comes, or, where that counts, there is something to do. */
  async #rest(ms: number, signal: AbortSignal, wakes: boolean): Promise<void> {
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

/** Of one instant the order of the names decides, as in the store. */
function isNewer(one: MirrorVersion, other: MirrorVersion): boolean {
  return one.lastUpdated === other.lastUpdated ? one.fileName > other.fileName : one.lastUpdated > other.lastUpdated
}
