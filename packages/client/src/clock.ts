/** Time and randomness; tests pass their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /**
   * Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted.
   * An `idle` wait does not keep the process alive.
   */
  wait(milliseconds: number, signal: AbortSignal | undefined, options?: { readonly idle?: boolean }): Promise<void>
  /** 0 ≤ x < 1. */
  random(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (milliseconds, signal, { idle = false } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, milliseconds)
      if (idle) unref(timer)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

/** In a browser a timer is a number, without `unref`. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') timer.unref()
}
