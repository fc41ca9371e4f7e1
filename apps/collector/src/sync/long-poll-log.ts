import type { LimitStatus } from '@signalbox/contract/collector'
import type { Logger } from 'pino'
import type { SyncFailure } from './failure.ts'
import type { LongPollObserver } from './long-poll.ts'

export interface LongPollLogOptions {
  readonly log: Logger
  /** Called when the status has changed. */
  readonly changed: () => void
  /** Called when the hub is reachable again. */
  readonly reconnected: () => void
}

/** Writes the state of the long poll to the log, and keeps it for the status file. */
export class LongPollLog implements LongPollObserver {
  readonly #options: LongPollLogOptions
  #status: LimitStatus['contact'] = { failures: 0 }

  constructor(options: LongPollLogOptions) {
    this.#options = options
  }

  get status(): LimitStatus['contact'] {
    return this.#status
  }

  reached(): void {
    const { log, changed, reconnected } = this.#options
    if (this.#status.failures > 0) {
      log.debug('the hub can request snapshots again')
      reconnected()
    }
    this.#status = { at: new Date().toISOString(), failures: 0 }
    changed()
  }

  triggered(id: string): void {
    this.#options.log.info({ trigger: id }, 'the hub requests a snapshot')
  }

  failed({ category, problem, suggestion }: SyncFailure, retryIn: number): void {
    const { log, changed } = this.#options
    const { at, failures } = this.#status
    // Only a debug line, because the delivery logs the same failure as soon as there is something to send.
    if (failures === 0) log.debug({ category, problem, suggestion, retry_in_ms: retryIn }, 'the hub cannot request snapshots now')
    this.#status = { ...(at === undefined ? {} : { at }), failures: failures + 1, problem }
    changed()
  }
}
