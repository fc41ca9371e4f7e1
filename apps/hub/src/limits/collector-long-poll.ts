import type { LimitTrigger } from '@signalbox/contract/limit-trigger'
import type { Clock } from '../clock.ts'
import type { LimitStore } from '../store/limits.ts'

/** Long polls of collectors that wait for a trigger; any hub may have received it. */
export class CollectorLongPoll {
  readonly #store: LimitStore
  readonly #clock: Clock
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #end = new AbortController()

  constructor(store: LimitStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Wakes the polls of a machine: there may be a trigger for it. */
  wake(machine: string): void {
    for (const wake of this.#waiting.get(machine) ?? []) wake()
  }

  /** Ends all polls. */
  close(): void {
    this.#end.abort()
  }

  /**
   * Waits for a trigger for at most `ms` milliseconds.
   * @param disconnected aborted when the collector is gone
   * @returns undefined when there was no trigger in this time
   */
  async nextTrigger(machine: string, ms: number, disconnected: AbortSignal): Promise<LimitTrigger | undefined> {
    let timedOut = ms <= 0
    let wake = () => {}
    const listener = () => wake()
    const stop = () => {
      timedOut = true
      wake()
    }
    const timer = setTimeout(stop, ms)
    const endSignals = [disconnected, this.#end.signal]
    for (const signal of endSignals) signal.addEventListener('abort', stop, { once: true })
    const listeners = this.#waiting.get(machine) ?? new Set()
    this.#waiting.set(machine, listeners.add(listener))
    try {
      for (;;) {
        if (endSignals.some(({ aborted }) => aborted)) return undefined
        // Created before the read, so that no trigger comes between the read and the wait.
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        const trigger = await this.#store.takeTrigger(machine, this.#clock.now())
        if (trigger !== undefined || timedOut) return trigger
        await woken
      }
    } finally {
      clearTimeout(timer)
      for (const signal of endSignals) signal.removeEventListener('abort', stop)
      listeners.delete(listener)
      if (listeners.size === 0) this.#waiting.delete(machine)
    }
  }
}
