import fs from 'node:fs/promises'
import type { Clock } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { Store } from '../store/store.ts'
import type { HubHealth } from './facts.ts'
import { FULL_DISK } from './rule/hub-unhealthy.ts'

/** A turn of the event loop is late from here on. */
const LATE_MS = 1_000
const MEASURE_INTERVAL_MS = 1_000

export interface HubHealthOptions {
  readonly store: Pick<Store, 'check'>
  readonly dataDir: string
  readonly mirror: Pick<Mirror, 'state'> | undefined
  readonly oldestDue: () => Promise<number | undefined>
  readonly clock: Clock
}

/** Watches how the hub itself does, for the rule `hub_unhealthy`. */
export class HubHealthSource {
  readonly #options: HubHealthOptions
  #timer: NodeJS.Timeout | undefined
  #storeSince: number | undefined
  #diskSince: number | undefined
  #slowSince: number | undefined

  constructor(options: HubHealthOptions) {
    this.#options = options
  }

  /** Begins to measure the event loop. */
  start(): void {
    let last = performance.now()
    this.#timer = setInterval(() => {
      const now = performance.now()
      const isLate = now - last - MEASURE_INTERVAL_MS > LATE_MS
      last = now
      if (!isLate) this.#slowSince = undefined
      else this.#slowSince ??= this.#options.clock.now()
    }, MEASURE_INTERVAL_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async read(): Promise<HubHealth> {
    const { mirror, oldestDue } = this.#options
    const [store, disk, oldest] = await Promise.all([this.#store(), this.#disk(), oldestDue().catch(() => undefined)])
    const failing = mirror?.state.state === 'failing' ? mirror.state : undefined
    return {
      ...(store === undefined ? {} : { store }),
      ...(disk === undefined ? {} : { disk }),
      ...(this.#slowSince === undefined ? {} : { slow_since: this.#slowSince }),
      ...(failing === undefined ? {} : { mirror: { problem: failing.problem?.message ?? 'unknown', since: failing.since } }),
      ...(oldest === undefined ? {} : { oldest_notice_at: oldest }),
    }
  }

  async #store(): Promise<HubHealth['store']> {
    try {
      await this.#options.store.check()
      this.#storeSince = undefined
      return undefined
    } catch (error) {
      this.#storeSince ??= this.#options.clock.now()
      return { problem: error instanceof HubError ? error.message : 'unknown', since: this.#storeSince }
    }
  }

  async #disk(): Promise<HubHealth['disk']> {
    try {
      const { blocks, bavail } = await fs.statfs(this.#options.dataDir)
      const used = blocks === 0 ? 0 : 1 - bavail / blocks
      if (used < FULL_DISK) this.#diskSince = undefined
      else this.#diskSince ??= this.#options.clock.now()
      return { used, since: this.#diskSince ?? this.#options.clock.now() }
    } catch {
      // Some file systems do not say.
      return undefined
    }
  }
}
