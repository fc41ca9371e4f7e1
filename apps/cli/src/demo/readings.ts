import { setTimeout as sleep } from 'node:timers/promises'
import type { StateTrackingApiClient } from '@signalbox/client'
import { planFrom } from './plan.ts'

interface Stage {
  readonly client: StateTrackingApiClient
  readonly signal: AbortSignal
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Between two readings from now on. */
const EVERY = MINUTE
/** So many are on their way at once. */
const AT_ONCE = 8

/**
 * A month of readings of the plan's limits, through the door that every collector uses; then one a minute, and one
 * whenever somebody asks for it.
 * @returns when the month is there; the rest goes on until the signal ends it
 */
export async function startReadings({ client, signal }: Stage): Promise<void> {
  const begun = Date.now()
  const plan = planFrom(begun)
  const read = (instant: number) => client.createLimitReading(plan.at(instant), { signal })
  const moments = momentsBefore(begun)
  const next = moments.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const moment of next) await read(moment)
    }),
  )
  void keepReading(signal, () => read(Date.now()))
  void answerTriggers(client, signal, () => read(Date.now()))
}

/** Oldest first: few of long ago, many of late. The hub takes 600 posts a minute. */
function momentsBefore(now: number): number[] {
  const moments: number[] = []
  for (const [from, to, step] of [
    [30 * DAY, 7 * DAY, 4 * HOUR],
    [7 * DAY, DAY, HOUR],
    [DAY, 5 * HOUR, HOUR / 2],
    [5 * HOUR, 0, 5 * MINUTE],
  ] as const) {
    for (let ago = from; ago > to; ago -= step) moments.push(now - ago)
  }
  return [...moments, now]
}

async function keepReading(signal: AbortSignal, read: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await sleep(EVERY, undefined, { signal }).catch(() => {})
    // The hub may be away for a moment; the next one tells as much.
    if (!signal.aborted) await read().catch(() => {})
  }
}

async function answerTriggers(client: StateTrackingApiClient, signal: AbortSignal, read: () => Promise<unknown>): Promise<void> {
  let ended: { id: string; step: 'done' | 'failed' }[] = []
  while (!signal.aborted) {
    try {
      const collector = { state: 'ok' as const, consecutiveFailures: 0, lastSuccessAt: new Date().toISOString() }
      const { trigger } = await client.waitForLimitWork(
        { machine_id: 'ada-laptop', collector, triggers: ended, waitMs: ended.length > 0 ? 0 : 20_000 },
        { signal },
      )
      ended = []
      if (trigger === undefined) continue
      // As long as a page takes to load.
      await sleep(2_500, undefined, { signal })
      await read()
      ended = [{ id: trigger.id, step: 'done' }]
    } catch {
      await sleep(2_000, undefined, { signal }).catch(() => {})
    }
  }
}
