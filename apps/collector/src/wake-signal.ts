import { setTimeout as sleep } from 'node:timers/promises'

/** The part of a clock that waits: it rejects as soon as the signal is aborted. */
export interface Timer {
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

const systemTimer: Timer = { wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }) }

/** Wakes one waiting loop. A notification that arrives while nothing waits is delivered to the next wait. */
export class WakeSignal {
  #pending = false
  #wake: (() => void) | undefined

  notify(): void {
    this.#pending = true
    this.#wake?.()
  }

  /** Resolves at the next notification, at once when one is pending, and when the signal is aborted. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#pending = false
        this.#wake = undefined
        signal.removeEventListener('abort', done)
        resolve()
      }
      if (this.#pending || signal.aborted) return done()
      this.#wake = done
      signal.addEventListener('abort', done, { once: true })
    })
  }

  /** As `wait`, but resolves after `milliseconds` at the latest. */
  async waitAtMost(milliseconds: number, signal: AbortSignal, timer: Timer = systemTimer): Promise<void> {
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    await Promise.race([this.wait(either), timer.wait(milliseconds, either).catch(() => {})])
    over.abort()
  }
}
