import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { Store } from '../store/store.ts'
import type { HubHealth } from './facts.ts'
import { FULL_DISK } from './rule/hub-unhealthy.ts'

/** How often the event loop is measured, and the delay from which a turn is late, in milliseconds. */
const MEASURE_INTERVAL_MS = 1_000
const LATE_MS = 1_000

/** Space of a disk in blocks, as `statfs` says it. */
interface DiskSpace {
  readonly blocks: number
  readonly bfree: number
  readonly bavail: number
}

export interface HubWatchOptions {
  readonly store: Pick<Store, 'check'>
  readonly dataDir: string
  readonly clock: Clock
  readonly mirror?: Pick<Mirror, 'state'> | undefined
  /** When the oldest notice was due that waits for a channel which is well. */
  readonly oldestNoticeAt: () => Promise<number | undefined>
  readonly readDisk?: (folder: string) => Promise<DiskSpace>
}

/** Watches how the hub itself does. */
export class HubWatch {
  readonly #options: HubWatchOptions
  /** Since when each of these has been wrong, in milliseconds. */
  readonly #since = new Map<'store' | 'disk' | 'loop', number>()

  constructor(options: HubWatchOptions) {
    this.#options = options
  }

  async health(): Promise<HubHealth> {
    const [store, disk, oldest] = await Promise.all([
      this.#checkStore(),
      this.#checkDisk(),
      this.#options.oldestNoticeAt().catch(() => undefined),
    ])
    const slow_since = this.#since.get('loop')
    const mirror = this.#checkMirror()
    return {
      ...(store === undefined ? {} : { store }),
      ...(disk === undefined ? {} : { disk }),
      ...(slow_since === undefined ? {} : { slow_since }),
      ...(mirror === undefined ? {} : { mirror }),
      ...(oldest === undefined ? {} : { oldest_notice_at: oldest }),
    }
  }

  /** Measures the event loop until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    while (!signal.aborted) {
      const before = clock.monotonic()
      await sleep(MEASURE_INTERVAL_MS, undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted) this.noteTurn(clock.monotonic() - before - MEASURE_INTERVAL_MS)
    }
  }

  /** @param delayMs how much later than due a turn of the event loop came */
  noteTurn(delayMs: number): void {
    this.#mark('loop', delayMs > LATE_MS)
  }

  async #checkStore(): Promise<HubHealth['store']> {
    try {
      await this.#options.store.check()
      this.#mark('store', false)
      return undefined
    } catch (error) {
      return { problem: error instanceof HubError ? error.message : 'it does not answer', since: this.#mark('store', true) }
    }
  }

  async #checkDisk(): Promise<HubHealth['disk']> {
    const { dataDir, readDisk = statfs } = this.#options
    try {
      const { blocks, bfree, bavail } = await readDisk(dataDir)
      const taken = blocks - bfree
      // As `df` counts: what is kept for root is not there for us.
      if (taken + bavail === 0) return undefined
      const used = taken / (taken + bavail)
      const isFull = used >= FULL_DISK
      const since = this.#mark('disk', isFull)
      return isFull ? { used, since } : undefined
    } catch {
      // A system that does not say.
      return undefined
    }
  }

  #checkMirror(): HubHealth['mirror'] {
    const state = this.#options.mirror?.state
    if (state?.state !== 'failing') return undefined
    return { problem: state.problem?.message ?? 'the reason is not known', since: state.since }
  }

  /** @returns since when it has been wrong */
  #mark(what: 'store' | 'disk' | 'loop', isWrong: boolean): number {
    const now = this.#options.clock.now()
    if (!isWrong) this.#since.delete(what)
    else if (!this.#since.has(what)) this.#since.set(what, now)
    return this.#since.get(what) ?? now
  }
}
