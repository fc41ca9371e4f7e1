/** Time and chance, handed in so that tests need no patience. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted. */
  wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void>
  /** 0 ≤ x < 1. */
  random(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (milliseconds, signal) =>
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
      signal?.addEventListener('abort', stop, { once: true })
    }),
}
