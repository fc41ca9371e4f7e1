import fs from 'node:fs'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const SAMPLES = 10
const SAMPLE_INTERVAL_MS = 10

/**
 * Stretches a time limit by the load of other programs: unchanged on an idle machine, nine times as long when sixteen
 * processes compete for two cores. Call it right before the measurement, while the test itself waits.
 */
export async function stretchForLoad(limitMs: number): Promise<number> {
  let running = 0
  for (let sample = 0; sample < SAMPLES; sample++) {
    await sleep(SAMPLE_INTERVAL_MS)
    running += countOtherRunning()
  }
  return limitMs * (1 + running / SAMPLES / os.availableParallelism())
}

/** Counts the processes that want a core at this moment, without this one. */
function countOtherRunning(): number {
  try {
    const [, count] = /^procs_running (\d+)$/m.exec(fs.readFileSync('/proc/stat', 'latin1')) ?? []
    return Math.max(0, Number(count) - 1)
  } catch {
    // Only Linux has the exact number; the average of the last minute includes the start of this test. Windows has none.
    return Math.max(0, (os.loadavg()[0] ?? 0) - 1)
  }
}
