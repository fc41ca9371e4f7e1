import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'

/** So often the service is asked while the hub is well. */
export const HEARTBEAT_INTERVAL_MS = 60_000
/** So often it is checked whether the hub is well. */
const CHECK_INTERVAL_MS = 5_000
const REQUEST_TIMEOUT_MS = 10_000
const MONITOR_LIMIT_MS = 5_000
const STORE_LIMIT_MS = 60_000
const NOTICE_LIMIT_MS = 300_000

/** What has to be true of a hub that is well. Instants are those of the monotonic clock, in milliseconds. */
export interface Wellbeing {
  /** When the monitor looked last. */
  readonly monitorAt: () => number
  /** @throws where the store can be neither read nor written */
  readonly checkStore: () => Promise<void>
  /** When the oldest notice was due that a healthy channel has not got, by the wall clock. */
  readonly oldestDue: () => Promise<number | undefined>
}

export interface HeartbeatUrlOptions extends Wellbeing {
  readonly url: string
  readonly style: 'healthchecks' | 'plain'
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * The dead man's switch: asks an address outside every minute while this hub is well. It has a timer of its own and goes past the
 * outbox, because it has to fall silent when they do.
 */
export class HeartbeatUrl {
  readonly #options: HeartbeatUrlOptions
  #askedAt = Number.NEGATIVE_INFINITY
  #storeAt = Number.NEGATIVE_INFINITY
  #failed: string | undefined
  #unreachable = false

  constructor(options: HeartbeatUrlOptions) {
    this.#options = options
  }

  /** Whether the last request got through, and did not say that the hub is unwell. */
  get isReached(): boolean {
    return !this.#unreachable && this.#failed === undefined
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#ask('/start', undefined, signal)
    while (!signal.aborted) {
      await this.check(signal)
      await sleep(CHECK_INTERVAL_MS, undefined, { signal }).catch(() => {})
    }
  }

  /** Asks the address if it is time, and says at once that the hub is not well. */
  async check(signal: AbortSignal): Promise<void> {
    const problem = await this.#problem()
    const now = this.#options.clock.monotonic()
    const isDue = now - this.#askedAt >= HEARTBEAT_INTERVAL_MS
    if (problem !== undefined) {
      // Once, and again while it lasts.
      if (problem !== this.#failed || isDue) {
        this.#askedAt = now
        await this.#ask('/fail', problem, signal)
      }
    } else if (isDue || this.#failed !== undefined) {
      this.#askedAt = now
      await this.#ask('', undefined, signal)
    }
    this.#failed = problem
  }

  /** @returns why the hub is not well */
  async #problem(): Promise<string | undefined> {
    const { clock, monitorAt, checkStore, oldestDue } = this.#options
    const monitor = clock.monotonic() - monitorAt()
    if (monitor > MONITOR_LIMIT_MS) return `The monitor has not looked for ${Math.round(monitor / 1000)} s`
    try {
      await checkStore()
      this.#storeAt = clock.monotonic()
      const oldest = await oldestDue()
      if (oldest !== undefined && clock.now() - oldest > NOTICE_LIMIT_MS)
        return 'A notice of a healthy channel has waited for more than 5 minutes'
    } catch {
      if (clock.monotonic() - this.#storeAt > STORE_LIMIT_MS) return 'The hub database does not answer'
    }
    return undefined
  }

  async #ask(suffix: '' | '/start' | '/fail', body: string | undefined, signal: AbortSignal): Promise<void> {
    const { url, style, logger } = this.#options
    if (suffix !== '' && style === 'plain') return
    const { origin, pathname, search } = new URL(url)
    const address = `${origin}${pathname.replace(/\/+$/, '')}${suffix}${search}`
    try {
      const answer = await fetch(address, {
        method: body === undefined ? 'GET' : 'POST',
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`it answers ${answer.status}`)
      if (this.#unreachable) logger.info('HEARTBEAT_URL is reached again')
      this.#unreachable = false
    } catch (error) {
      if (signal.aborted || this.#unreachable) return
      this.#unreachable = true
      // The address is a secret, and part of some messages.
      logger.warn({ host: new URL(url).host, problem: (error as Error).name }, 'HEARTBEAT_URL cannot be reached')
    }
  }
}
