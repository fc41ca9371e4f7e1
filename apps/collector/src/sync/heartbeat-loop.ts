import type { Clock } from '@signalbox/client'
import { backoffDelay } from '@signalbox/client/retry'
import type { CollectorHeartbeat, CollectorHeartbeatResponse } from '@signalbox/contract/collector-heartbeat'
import type { WakeSignal } from '../wake-signal.ts'
import type { SyncFailure } from './failure.ts'
import type { HubTarget } from './hub-target.ts'

/** What a heartbeat says, without the interval that the loop keeps. */
export type HeartbeatDescription = Omit<CollectorHeartbeat, 'heartbeat_interval_ms'>

export interface HeartbeatLoopOptions {
  readonly hub: HubTarget
  readonly machineId: string
  readonly describe: () => HeartbeatDescription
  /** Notified when the description may have changed in a way that is worth a heartbeat of its own. */
  readonly changed: WakeSignal
  /** Notified when a retry is worth it now: a key was renewed. */
  readonly retryNow: WakeSignal
  readonly clock: Clock
  readonly observer: HeartbeatObserver
}

export interface HeartbeatObserver {
  /** @param isBack the last attempt failed */
  answered(response: CollectorHeartbeatResponse, isBack: boolean): void
  failed(failure: SyncFailure): void
}

export const HEARTBEAT_INTERVAL_MS = 15_000
/** The least time between two heartbeats: sessions that start together are one change. */
const MIN_INTERVAL_MS = 250
/** A hub that is away is looked for more often, so that everything queued is sent soon after its return. */
const BACKOFF = { baseDelay: 1_000, maxDelay: 5_000 }
/**
 * The delay while only a person can fix the failure. Heartbeats are small, and the first that the hub accepts also sends off what
 * is queued: the board is right again soon after the hub has its key back.
 */
const REFUSED_RETRY_MS = 10_000
const GOODBYE_TIMEOUT_MS = 2_000

/** Sends the collector's heartbeats until the signal is aborted, and then one that says so. Failures are reported and retried. */
export async function sendHeartbeats(options: HeartbeatLoopOptions, signal: AbortSignal): Promise<void> {
  const { hub, machineId, describe, changed, retryNow, clock, observer } = options
  const send = (state: Partial<CollectorHeartbeat>, until: AbortSignal) =>
    hub.client.sendCollectorHeartbeat(
      machineId,
      { heartbeat_interval_ms: HEARTBEAT_INTERVAL_MS, ...describe(), ...state },
      { signal: until },
    )

  let failures = 0
  while (!signal.aborted) {
    let delay = HEARTBEAT_INTERVAL_MS
    try {
      const response = await send({}, signal)
      const isBack = failures > 0
      failures = 0
      observer.answered(response, isBack)
    } catch (error) {
      if (signal.aborted) break
      failures++
      const failure = hub.describeFailure(error)
      delay = Math.max(failure.retryAfter ?? 0, failure.slow ? REFUSED_RETRY_MS : backoffDelay(failures, BACKOFF, clock))
      observer.failed(failure)
    }
    await clock.wait(MIN_INTERVAL_MS, signal).catch(() => {})
    await (failures > 0 ? retryNow : changed).waitAtMost(delay - MIN_INTERVAL_MS, signal, clock)
  }
  // A hub that is away now marks the machine as offline by itself.
  if (failures === 0) await send({ state: 'stopped' }, AbortSignal.timeout(GOODBYE_TIMEOUT_MS)).catch(() => {})
}
