import type { Clock } from '@signalbox/client'
import { backoffDelay, retry } from '@signalbox/client/retry'
import type { DesktopNotice, DesktopPoll } from '@signalbox/contract/desktop-notice'
import { COLLECTOR_WAIT_MS } from '@signalbox/contract/limit-source'
import type { HubTarget } from './hub-target.ts'
import { waitForNextPoll } from './poll-interval.ts'

export interface DesktopPollOptions {
  readonly hub: HubTarget
  readonly machineId: string
  /** @returns whether it is shown */
  readonly show: (notice: DesktopNotice) => Promise<boolean>
  readonly clock: Clock
  /** Milliseconds that the hub may hold a request; for tests. */
  readonly waitMs?: number
}

const BACKOFF = { baseDelay: 2_000, maxDelay: 60_000 }
/** The delay while only a person can fix the failure, such as an older hub that knows no notices. */
const SLOW_RETRY_MS = 300_000
/** Keeps the request rate low with a hub that does not hold requests. */
const MIN_INTERVAL_MS = 1_000

type Shown = NonNullable<DesktopPoll['shown']>[number]

/** Waits at the hub for notices and shows them, until the signal is aborted. Other parts report that the hub is away. */
export async function pollDesktopNotices(options: DesktopPollOptions, signal: AbortSignal): Promise<void> {
  const { hub, clock } = options
  let shown: Shown[] = []
  try {
    while (!signal.aborted) {
      shown = await retry(() => pollOnce(options, shown, signal), {
        delay: (error, failures) => {
          const failure = hub.describeFailure(error)
          return Math.max(failure.retryAfter ?? 0, failure.slow ? SLOW_RETRY_MS : backoffDelay(failures, BACKOFF, clock))
        },
        wait: (milliseconds) => clock.wait(milliseconds, signal),
        signal,
      })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** @returns what became of the notices, for the next poll */
async function pollOnce(
  { hub, machineId, show, clock, waitMs = COLLECTOR_WAIT_MS }: DesktopPollOptions,
  shown: readonly Shown[],
  signal: AbortSignal,
): Promise<Shown[]> {
  const started = clock.now()
  const { notices, askAgainInMs } = await hub.client.waitForDesktopNotices(
    { machine_id: machineId, waitMs, ...(shown.length === 0 ? {} : { shown: [...shown] }) },
    { signal },
  )
  const results: Shown[] = []
  for (const notice of notices) results.push({ notice_id: notice.notice_id, ok: await show(notice).catch(() => false) })
  if (results.length === 0) await waitForNextPoll(clock, { started, minIntervalMs: MIN_INTERVAL_MS, askAgainInMs }, signal)
  return results
}
