import type { Clock } from '@signalbox/client'
import type { CollectorHealth } from '@signalbox/contract/limits'
import { type LimitSnapshot, readingOf } from '@signalbox/usage/limit-snapshot'
import { DelegateBackoff, handleWhen, type IRetryBackoffContext, retry } from 'cockatiel'
import type { Bell } from '../bell.ts'
import { knock } from './knock.ts'
import { pause } from './pause.ts'
import { SyncError, syncErrorOf } from './sync-error.ts'
import type { SyncTry } from './sync-metrics.ts'

export interface ReadingSyncOptions {
  /** The whole address readings are posted to. */
  readonly url: string
  /** Asked for every try: it may have been renewed. */
  readonly key: () => string | undefined
  /** What the collector says of itself with each reading. */
  readonly health: () => CollectorHealth | undefined
  readonly clock: Clock
  /** Ends a wait before a retry. */
  readonly hurry: Bell
  /** Hears of each try. */
  readonly tried?: (one: SyncTry, snapshot: LimitSnapshot) => void
  /** Milliseconds until the hub's answer has to be there; for tests. */
  readonly timeout?: number
}

export interface SendOptions {
  /** Of the reading: the hub keeps it once, however often it comes. */
  readonly idempotencyKey?: string
  readonly signal: AbortSignal
}

export interface ReadingSync {
  /** Posts a reading once. @returns its version at the hub @throws SyncError, or the signal's reason */
  syncToEC2(snapshot: LimitSnapshot, options: SendOptions): Promise<number>
  /**
   * Posts a reading, and up to three times more where that may help.
   * @returns its version at the hub @throws SyncError of the last try, or the signal's reason
   */
  syncWithRetry(snapshot: LimitSnapshot, options: SendOptions): Promise<number>
}

const TIMEOUT = 10_000
const RETRIES = 3
/** Milliseconds before the first retry, doubled for each further one. */
const FIRST_DELAY = 10_000
/** A hub that asks for a longer wait, in milliseconds, is not waited for here: whoever keeps the reading comes again. */
const LONGEST_RETRY_AFTER = 60_000

export function readingSync(options: ReadingSyncOptions): ReadingSync {
  const { url, key, health, clock, hurry, tried, timeout = TIMEOUT } = options

  const send = async (snapshot: LimitSnapshot, { idempotencyKey, signal }: SendOptions, retries: number): Promise<number> => {
    const started = performance.now()
    const told = (failed: SyncTry['failed']) => tried?.({ retry: retries, duration: performance.now() - started, failed }, snapshot)
    const collector = health()
    try {
      const answer = await knock({
        method: 'POST',
        url,
        body: {
          ...readingOf(snapshot),
          ...(collector === undefined ? {} : { collector }),
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        },
        key: key(),
        timeout,
        now: clock.now(),
        signal,
      })
      if (answer.success !== true) {
        throw new SyncError(`${new URL(url).origin} answered, but does not say that it has the reading.`, {
          category: 'UNKNOWN',
          suggestion: 'Check that CLAUDE_SYNC_URL is the address of a hub.',
        })
      }
      told(undefined)
      return Number(answer.version)
    } catch (error) {
      if (signal.aborted) throw error
      const failure = syncErrorOf(error)
      told(failure.category)
      throw failure
    }
  }

  return {
    syncToEC2: (snapshot, how) => send(snapshot, how, 0),
    syncWithRetry(snapshot, how) {
      let delay = 0
      const policy = retry(
        handleWhen((error) => error instanceof SyncError && error.retryable && (error.retryAfter ?? 0) <= LONGEST_RETRY_AFTER),
        {
          maxAttempts: RETRIES,
          // The policy decides; we wait, because its own wait ends neither on abort nor when the hub is back.
          backoff: new DelegateBackoff<IRetryBackoffContext<unknown>>(({ attempt, result }) => {
            const asked = 'error' in result ? syncErrorOf(result.error).retryAfter : undefined
            delay = Math.max(asked ?? 0, FIRST_DELAY * 2 ** (attempt - 1))
            return 0
          }),
        },
      )
      return policy.execute(async ({ attempt }) => {
        if (attempt > 0) await pause(delay, clock, hurry, how.signal)
        return send(snapshot, how, attempt)
      }, how.signal)
    },
  }
}
