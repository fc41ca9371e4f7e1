import { ApiClientError } from '@signalbox/client'
import type { Account } from '@signalbox/contract/account'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import type { LimitForecast } from '@signalbox/contract/limit-forecast'
import type { LimitHistory } from '@signalbox/contract/limit-history'
import { queryOptions, type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { hub, hubWithoutRetry } from './hub.ts'
import { hubClockOffset } from './hub-clock.ts'
import { limitsRequestPolicy } from './limits-request-policy.ts'
import { type Problem, toProblem } from './problem.ts'
import { POLL_INTERVAL_MS } from './query-client.ts'
import { keys } from './query-key.ts'
import type { RequestState } from './request-policy.ts'
import { savedLimits } from './saved-limits.ts'

export interface Limits {
  /** The current limits, or the last ones received. */
  readonly current: CurrentLimits | undefined
  readonly request: RequestState
  /** The failure of the last request, until one succeeds. */
  readonly problem: Problem | undefined
  /** Whether `current` is the hub's latest response, not a saved one. */
  readonly isFresh: boolean
  readonly fetching: boolean
  /** Fetches now, even while the circuit is open. */
  readonly refresh: () => void
}

/** Delay before the next request after a failed one. */
const RETRY_INTERVAL_MS = 10_000

/** The answer of the hub alone. @param account undefined for the only one */
export const currentLimitsQuery = (account?: string) =>
  queryOptions({ queryKey: keys.currentLimits(account), queryFn: ({ signal }) => loadCurrentLimits(account, signal) })

/** The current limits of a plan. @param account undefined for the only one */
export function useLimits(account?: string): Limits {
  const client = useQueryClient()
  const request = useSyncExternalStore(limitsRequestPolicy.subscribe, limitsRequestPolicy.state)
  const query = useQuery({ ...currentLimitsQuery(account), refetchInterval: nextRefetchDelay })
  // The list of accounts has their limits too: a card that is added to it shows them at once.
  const listed = () =>
    client.getQueryData<Account[]>(keys.accounts)?.find((one) => account !== undefined && one.account === account)?.limits
  return {
    current: query.data === undefined ? (savedLimits(account).get() ?? listed()) : (query.data ?? undefined),
    request,
    problem: request.failure === undefined ? undefined : toProblem(request.failure),
    isFresh: request.failure === undefined && query.data !== undefined,
    fetching: query.isFetching,
    refresh() {
      limitsRequestPolicy.bypassOnce()
      void query.refetch()
    },
  }
}

/** @returns null when the hub has no snapshot: then a saved one is obsolete too. */
async function loadCurrentLimits(account: string | undefined, signal: AbortSignal): Promise<CurrentLimits | null> {
  try {
    const limits = await limitsRequestPolicy.execute(
      (attempt) => hubWithoutRetry.getCurrentLimits({ account }, { signal: attempt }),
      signal,
    )
    savedLimits(account).save(limits)
    return limits
  } catch (error) {
    if (!(error instanceof ApiClientError && error.code === 'not_found' && error.byHub)) throw error
    savedLimits(account).clear()
    return null
  }
}

function nextRefetchDelay(): number {
  const { phase, retryAt, failure } = limitsRequestPolicy.state()
  if (phase === 'open' && retryAt !== undefined) return Math.max(1_000, retryAt - performance.now() + 50)
  return failure === undefined ? POLL_INTERVAL_MS : RETRY_INTERVAL_MS
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Length of each history in milliseconds, and its maximum number of points per window. */
const historySpans = {
  '5h': { lengthMs: 5 * HOUR_MS, points: 300 },
  '7d': { lengthMs: 7 * DAY_MS, points: 700 },
  '30d': { lengthMs: 30 * DAY_MS, points: 1_000 },
  '400d': { lengthMs: 400 * DAY_MS, points: 2_000 },
}
export type LimitHistorySpan = keyof typeof historySpans

/** One version of the limits as it was sent; -1 is the newest. While another loads, the previous one stays. */
export function useLimitVersion(
  version: number,
  account?: string,
  { enabled = true }: { readonly enabled?: boolean } = {},
): UseQueryResult<CurrentLimits> {
  return useQuery({
    enabled,
    queryKey: keys.limitVersion(version, account),
    queryFn: ({ signal }) => hub.getCurrentLimits({ version, account }, { signal }),
    placeholderData: (previous, query) => (query?.queryKey[3] === account ? previous : undefined),
  })
}

export const limitForecastQuery = (account?: string) =>
  queryOptions({ queryKey: keys.limitForecast(account), queryFn: ({ signal }) => hub.getLimitForecast({ account }, { signal }) })

/** How each current window goes on. */
export function useLimitForecast(account?: string): UseQueryResult<LimitForecast> {
  return useQuery({ ...limitForecastQuery(account), refetchInterval: POLL_INTERVAL_MS })
}

/** Each window over time, up to now. While another span of the same account loads, the previous one stays. */
export function useLimitHistory(
  span: LimitHistorySpan,
  account?: string,
  options: { readonly enabled?: boolean } = {},
): UseQueryResult<LimitHistory> {
  return useQuery({
    queryKey: keys.limitHistory(span, account),
    queryFn: ({ signal }) => {
      const until = Date.now() + hubClockOffset()
      const { lengthMs, points } = historySpans[span]
      return hub.getLimitHistory(
        { since: new Date(until - lengthMs).toISOString(), until: new Date(until).toISOString(), points, account },
        { signal },
      )
    },
    placeholderData: (previous, query) => (query?.queryKey[3] === account ? previous : undefined),
    enabled: options.enabled ?? true,
  })
}
