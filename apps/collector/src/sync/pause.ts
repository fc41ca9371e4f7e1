import type { Clock } from '@signalbox/client'
import type { Bell } from '../bell.ts'

/**
 * Waits, but not longer than until somebody hurries us.
 * @throws the signal's reason as soon as it is aborted
 */
export async function pause(milliseconds: number, clock: Clock, hurry: Bell, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  try {
    await Promise.race([clock.wait(milliseconds, either).catch(() => {}), hurry.heard(either)])
  } finally {
    over.abort()
  }
  signal.throwIfAborted()
}
