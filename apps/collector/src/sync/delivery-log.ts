import type { Logger } from 'pino'
import type { DeliveryObserver } from './delivery.ts'
import type { SyncFailure } from './failure.ts'

export interface DeliveryLogOptions {
  readonly log: Logger
  /** The plural noun of the items. */
  readonly name: string
  /** Called when the status has changed. */
  readonly changed: () => void
  /** Called when the hub refuses the key. @returns whether the parent process renews it */
  readonly keyRefused: () => boolean
}

/** The progress of a delivery; instants are ISO 8601. */
export interface DeliveryStatus {
  /** When the hub last confirmed an item. */
  readonly at?: string | undefined
  /** Confirmed items since the start. */
  readonly sent: number
  /** Items that the hub has rejected since the start. */
  readonly rejected: number
  /** Failed attempts since the last success. */
  readonly failures: number
  readonly next_attempt_at?: string | undefined
  readonly problem?: string | undefined
  readonly suggestion?: string | undefined
}

/** Writes the progress of a delivery to the log, and keeps it for the status file. Items are never logged, only their keys. */
export class DeliveryLog implements DeliveryObserver {
  readonly #options: DeliveryLogOptions
  #state: 'starting' | 'idle' | 'sending' | SyncFailure['state'] = 'starting'
  #status: DeliveryStatus = { sent: 0, rejected: 0, failures: 0 }
  #lastFailure = ''
  #holding = false

  constructor(options: DeliveryLogOptions) {
    this.#options = options
  }

  get state() {
    return this.#state
  }

  get status(): DeliveryStatus {
    return this.#status
  }

  idle(): void {
    this.#setState('idle')
  }

  sending(count: number): void {
    const { log, name } = this.#options
    log.debug({ count }, `sending ${name}`)
    // An attempt is not a recovery yet.
    if (this.#state !== 'offline' && this.#state !== 'refused') this.#setState('sending')
  }

  sent(count: number): void {
    const { log, name, changed } = this.#options
    const { at, sent, rejected, failures } = this.#status
    if (failures > 0) log.info(`the hub accepts ${name} again`)
    log.debug({ count }, `${name} sent`)
    if (count > 0) this.#holding = false
    this.#lastFailure = ''
    this.#state = 'sending'
    this.#status = { at: count > 0 ? new Date().toISOString() : at, sent: sent + count, rejected, failures: 0 }
    changed()
  }

  rejected(key: string, reason: string): void {
    const { log, name, changed } = this.#options
    log.warn({ key, reason }, `the hub rejected one of the ${name}; it is set aside`)
    this.#status = { ...this.#status, rejected: this.#status.rejected + 1 }
    changed()
  }

  held(key: string, reason: string, retryIn: number): void {
    const { log, name, changed } = this.#options
    // One clock is the reason of all, and the status shows it.
    if (!this.#holding) log.warn({ key, reason, retry_in_s: Math.ceil(retryIn / 1_000) }, `the hub takes some of the ${name} only later`)
    this.#holding = true
    changed()
  }

  storeChanged(): void {
    const { log, name } = this.#options
    log.info(`the hub has another database than before; all ${name} are sent again`)
  }

  failed(failure: SyncFailure, retryIn: number): void {
    const { log, changed, keyRefused } = this.#options
    const { category, state, problem, suggestion } = failure
    const next_attempt_at = new Date(Date.now() + retryIn).toISOString()
    const willBeRenewed = category === 'AUTH' && keyRefused()
    // A long outage is logged once, not at every attempt.
    if (`${category} ${problem}` !== this.#lastFailure) {
      const level = willBeRenewed ? 'info' : 'warn'
      log[level]({ category, problem, ...(suggestion === undefined ? {} : { suggestion }), next_attempt_at }, this.#describe(failure))
      this.#lastFailure = `${category} ${problem}`
    }
    this.#state = state
    this.#status = { ...this.#status, failures: this.#status.failures + 1, next_attempt_at, problem, suggestion }
    changed()
  }

  #setState(state: 'idle' | 'sending'): void {
    if (this.#state === state) return
    this.#state = state
    this.#options.changed()
  }

  #describe({ category, state }: SyncFailure): string {
    const { name } = this.#options
    if (state === 'offline') return `the hub does not accept ${name} now; they are queued until it does`
    return category === 'AUTH'
      ? `the hub does not accept the key; ${name} are queued on this machine until this is fixed`
      : `the hub refuses ${name}; they are queued on this machine until this is fixed`
  }
}
