import type { Clock } from '@signalbox/client'
import { MAX_ASK_AGAIN_MS } from '@signalbox/contract/limit-source'

/** A long poll that the hub answered at once. */
export interface AnsweredPoll {
  /** When it was sent, in milliseconds. */
  readonly started: number
  /** Keeps the request rate low with a hub that does not hold requests. */
  readonly minIntervalMs: number
  /** When the hub wants to be asked again. */
  readonly askAgainInMs: number | undefined
}

/** Waits until the next poll may be sent. @throws the signal's reason */
export async function waitForNextPoll(clock: Clock, { started, minIntervalMs, askAgainInMs = 0 }: AnsweredPoll, signal: AbortSignal) {
  const interval = Math.max(minIntervalMs, Math.min(askAgainInMs, MAX_ASK_AGAIN_MS))
  const duration = clock.now() - started
  // The clock may have been set back.
  if (duration >= 0 && duration < interval) await clock.wait(interval - duration, signal)
}
