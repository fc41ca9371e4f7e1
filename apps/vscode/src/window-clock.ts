import { type Clock, systemClock } from '@signalbox/client'
import { clockOffset } from '@signalbox/client/clock-offset'

/** A window that no one looks at asks a hub that is away no more often. */
const HIDDEN_WAIT_MS = 60_000

/** The clock of a client in a window: waits become longer while no one looks at it, and end when someone does. */
export class WindowClock implements Clock {
  readonly #hiddenWait: number
  readonly #waits = new Set<() => void>()
  #isHidden = false
  #offset = 0

  constructor({ hiddenWait = HIDDEN_WAIT_MS }: { readonly hiddenWait?: number } = {}) {
    this.#hiddenWait = hiddenWait
  }

  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden
    if (!isHidden) for (const shorten of this.#waits) shorten()
  }

  /** The time on the hub's clock: that of this machine may be wrong. */
  now(): number {
    return Date.now() + this.#offset
  }

  /** Sends a request to the hub, and reads its clock from the answer. */
  readonly fetch = async (input: string, init: RequestInit): Promise<Response> => {
    const sentAt = Date.now()
    const response = await fetch(input, init)
    this.#offset = clockOffset(response.headers.get('date'), sentAt, Date.now(), this.#offset)
    return response
  }

  random(): number {
    return Math.random()
  }

  async wait(milliseconds: number, signal: AbortSignal | undefined, options?: { readonly idle?: boolean }): Promise<void> {
    const started = Date.now()
    const hidden = new AbortController()
    const shorten = () => hidden.abort()
    const stop = () => hidden.abort()
    signal?.addEventListener('abort', stop, { once: true })
    this.#waits.add(shorten)
    try {
      if (this.#isHidden && milliseconds < this.#hiddenWait) {
        await systemClock.wait(this.#hiddenWait, hidden.signal, options).catch(() => {})
      }
    } finally {
      this.#waits.delete(shorten)
      signal?.removeEventListener('abort', stop)
    }
    await systemClock.wait(Math.max(0, started + milliseconds - Date.now()), signal, options)
  }
}
