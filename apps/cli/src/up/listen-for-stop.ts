import type { Io } from '../io.ts'

/** One Ctrl-C may arrive twice, from the terminal and from a parent npm script. */
const SAME_PRESS_MS = 500

export interface StopRequest {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Resolves at the first signal. */
  readonly requested: Promise<void>
  /** Sets the listener for signals after the first: a second Ctrl-C requests an immediate stop. */
  onRepeat(listener: () => void): void
  /** Stops listening: a signal then ends the process again. */
  release(): void
}

/** Listens for the signals to stop; until `release` they do not end the process. */
export function listenForStop(io: Io): StopRequest {
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  let firstAt = 0
  let repeated = () => {}
  const release = io.onStopSignal(() => {
    if (controller.signal.aborted) {
      if (performance.now() - firstAt >= SAME_PRESS_MS) repeated()
      return
    }
    firstAt = performance.now()
    controller.abort()
    resolve()
  })
  return {
    signal: controller.signal,
    requested: promise,
    onRepeat: (listener) => {
      repeated = listener
    },
    release,
  }
}
