import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@signalbox/client'

/** For tests: a clock that jumps to the end of every wait after other work had a turn, and records the waits. */
export function instantClock(start = Date.parse('2026-11-01T00:00:00Z')): Clock & { waits: number[] } {
  const waits: number[] = []
  let now = start
  return {
    waits,
    now: () => now,
    random: () => 0.5,
    wait: async (milliseconds, signal) => {
      waits.push(milliseconds)
      await sleep(1)
      signal?.throwIfAborted()
      now += milliseconds
    },
  }
}
