import type { LimitTrigger } from '@signalbox/contract/limits'
import type { Clock } from '../clock.ts'
import type { LimitStore } from '../store/store.ts'

/** Collectors that wait for work, whichever hub it was given to. */
export class CollectorLine {
  readonly #store: LimitStore
  readonly #clock: Clock
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #end = new AbortController()

  constructor(store: LimitStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** There may be work for it. */
  call(machine: string): void {
    for (const wake of this.#waiting.get(machine) ?? []) wake()
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#end.abort()
  }

  /**
   * @param ms how long to wait at most
   * @param gone aborted when there is nobody to answer any more
   * @returns undefined when there was no work in this time
   */
  async work(machine: string, ms: number, gone: AbortSignal): Promise<LimitTrigger | undefined> {
    let over = ms <= 0
    let wake = () => {}
    const look = () => wake()
    const stop = () => {
      over = true
      wake()
    }
    const timer = setTimeout(stop, ms)
    const ends = [gone, this.#end.signal]
    for (const end of ends) end.addEventListener('abort', stop, { once: true })
    const line = this.#waiting.get(machine) ?? new Set()
    this.#waiting.set(machine, line.add(look))
    try {
      for (;;) {
        if (ends.some(({ aborted }) => aborted)) return undefined
        // From before the question on, so that none comes between it and the wait.
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        const trigger = await this.#store.takeTrigger(machine, this.#clock.now())
        if (trigger !== undefined || over) return trigger
        await woken
      }
    } finally {
      clearTimeout(timer)
      for (const end of ends) end.removeEventListener('abort', stop)
      line.delete(look)
      if (line.size === 0) this.#waiting.delete(machine)
    }
  }
}
