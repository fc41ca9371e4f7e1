/** Time and chance, handed in so that tests need no patience. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /**
   * Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted.
   * An idle wait does not keep a process alive that has nothing else to do.
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
      if (idle) letGo(timer)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

/** A timer is a number in a browser, where no process waits for it. */
function letGo(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') timer.unref()
}
