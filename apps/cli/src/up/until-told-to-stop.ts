const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** One Ctrl-C reaches us twice, from the terminal and from the npm script above us; a second press comes later. */
const SAME_PRESS_MS = 500

export interface Told {
  /** Resolves at the first signal to stop. */
  readonly stop: Promise<void>
  readonly stopped: () => boolean
  /** Called at every further signal: whoever presses Ctrl-C twice means it. */
  again(hurry: () => void): void
}

/** From now on signals to stop no longer end the process, but are told. */
export function untilToldToStop(): Told {
  const { promise, resolve } = Promise.withResolvers<void>()
  let stopped = false
  let firstAt = 0
  let hurry = () => {}
  const heard = () => {
    if (stopped) return performance.now() - firstAt < SAME_PRESS_MS ? undefined : hurry()
    stopped = true
    firstAt = performance.now()
    resolve()
  }
  for (const signal of signals) process.on(signal, heard)
  // A parent of ours that ends takes us with it.
  process.on('disconnect', heard)
  return {
    stop: promise,
    stopped: () => stopped,
    again: (call) => {
      hurry = call
    },
  }
}
