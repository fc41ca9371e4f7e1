import { setTimeout as sleep } from 'node:timers/promises'
import type { StateTrackingApiClient } from '@signalbox/client'
import { createPlan, planAccounts } from './plan.ts'

interface DemoContext {
  readonly client: StateTrackingApiClient
  readonly signal: AbortSignal
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** The time between two snapshots after the start. */
const SNAPSHOT_INTERVAL_MS = MINUTE_MS
const MAX_PARALLEL_REQUESTS = 8

/**
 * Sends four months of plan-limit snapshots of two accounts over the route that collectors use, then one per minute, and one per
 * request.
 * @returns when the past has been sent; the rest continues until the signal
 */
export async function startSnapshots({ client, signal }: DemoContext): Promise<void> {
  const startedAt = Date.now()
  const plans = planAccounts.map((person) => ({ person, plan: createPlan(startedAt, person) }))
  const past = plans.flatMap(({ plan }) => pastInstants(startedAt).map((instant) => plan.at(instant)))
  const next = past.values()
  await Promise.all(
    Array.from({ length: MAX_PARALLEL_REQUESTS }, async () => {
      for (const snapshot of next) await client.createLimitSnapshot(snapshot, { signal })
    }),
  )
  for (const { person, plan } of plans) {
    await client.nameAccount(person.account, person.name, { signal })
    const send = () => client.createLimitSnapshot(plan.at(Date.now()), { signal })
    void sendRegularly(signal, send)
    void answerTriggers(client, signal, person.machine, send)
  }
}

/** Oldest first, denser toward now. */
function pastInstants(now: number): number[] {
  const instants: number[] = []
  for (const [from, to, step] of [
    [120 * DAY_MS, 30 * DAY_MS, 10 * HOUR_MS],
    [30 * DAY_MS, 7 * DAY_MS, 8 * HOUR_MS],
    [7 * DAY_MS, DAY_MS, 2 * HOUR_MS],
    [DAY_MS, 5 * HOUR_MS, HOUR_MS / 2],
    [5 * HOUR_MS, 0, 5 * MINUTE_MS],
  ] as const) {
    for (let ago = from; ago > to; ago -= step) instants.push(now - ago)
  }
  return [...instants, now]
}

async function sendRegularly(signal: AbortSignal, send: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await sleep(SNAPSHOT_INTERVAL_MS, undefined, { signal }).catch(() => {})
    // After an outage of the hub the next snapshot is enough.
    if (!signal.aborted) await send().catch(() => {})
  }
}

async function answerTriggers(
  client: StateTrackingApiClient,
  signal: AbortSignal,
  machine: string,
  send: () => Promise<unknown>,
): Promise<void> {
  let finished: { id: string; step: 'done' | 'failed' }[] = []
  while (!signal.aborted) {
    try {
      const collector = { state: 'ok' as const, consecutiveFailures: 0, lastSuccessAt: new Date().toISOString() }
      const { trigger } = await client.waitForLimitWork(
        { machine_id: machine, collector, triggers: finished, waitMs: finished.length > 0 ? 0 : 20_000 },
        { signal },
      )
      finished = []
      if (trigger === undefined) continue
      // The time in which a page would load.
      await sleep(2_500, undefined, { signal })
      await send()
      finished = [{ id: trigger.id, step: 'done' }]
    } catch {
      await sleep(2_000, undefined, { signal }).catch(() => {})
    }
  }
}
