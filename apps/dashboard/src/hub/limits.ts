import { ApiClientError } from '@signalbox/client'
import type { CurrentLimitReading, LimitHistory, LimitTrigger, TriggerAnswer } from '@signalbox/contract/limits'
import { keepPreviousData, type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query'
import { useContext, useSyncExternalStore } from 'react'
import type { LineState } from './careful-line.ts'
import { hub, hubOnce } from './hub.ts'
import { hubAhead } from './hub-clock.ts'
import { keptReading } from './kept-reading.ts'
import { limitsLine } from './limits-line.ts'
import { LiveContext } from './live-context.ts'
import { type Problem, problemOf } from './problem.ts'
import { POLL } from './query-client.ts'
import { keys } from './query-key.ts'

export interface Limits {
  /** The newest one, else the last good one. */
  readonly reading: CurrentLimitReading | undefined
  readonly line: LineState
  /** What is wrong, until an answer comes. */
  readonly problem: Problem | undefined
  /** The reading is what the hub said when it was asked last. */
  readonly answered: boolean
  readonly fetching: boolean
  /** Asks now, whatever the line thinks. */
  readonly refresh: () => void
}

/** After a question in vain the next one comes so much later, in milliseconds. */
const AGAIN = 10_000

/** The newest reading of the plan's limits. */
export function useLimits(): Limits {
  const line = useSyncExternalStore(limitsLine.subscribe, limitsLine.state)
  const query = useQuery({ queryKey: keys.currentLimits, queryFn: askForReading, refetchInterval: untilNextQuestion })
  return {
    reading: query.data === undefined ? keptReading.last() : (query.data ?? undefined),
    line,
    problem: line.failure === undefined ? undefined : problemOf(line.failure),
    answered: line.failure === undefined && query.data !== undefined,
    fetching: query.isFetching,
    refresh() {
      limitsLine.letPast()
      void query.refetch()
    },
  }
}

/** @returns null where the hub says that there is none: then an old one is no longer true either. */
async function askForReading({ signal }: { signal: AbortSignal }): Promise<CurrentLimitReading | null> {
  try {
    const reading = await limitsLine.ask((each) => hubOnce.getLimitReading({}, { signal: each }), signal)
    keptReading.keep(reading)
    return reading
  } catch (error) {
    if (!(error instanceof ApiClientError && error.code === 'not_found' && error.byHub)) throw error
    keptReading.forget()
    return null
  }
}

function untilNextQuestion(): number {
  const { phase, trialAt, failure } = limitsLine.state()
  if (phase === 'open' && trialAt !== undefined) return Math.max(1_000, trialAt - performance.now() + 50)
  return failure === undefined ? POLL : AGAIN
}

/** How far back a history goes, in milliseconds, and how many points of each window it takes at most. */
const DAY = 24 * 3_600_000
const reaches = {
  /** What the pace is judged by. */
  recent: { reach: 25 * 3_600_000, points: 300 },
  '5h': { reach: 5 * 3_600_000, points: 300 },
  '7d': { reach: 7 * DAY, points: 700 },
  '30d': { reach: 30 * DAY, points: 1_000 },
  '400d': { reach: 400 * DAY, points: 2_000 },
}
export type LimitReach = keyof typeof reaches

/** Each window over time, up to now; while another reach is asked for, the one before stays. */
export function useLimitHistory(reach: LimitReach, options: { readonly enabled?: boolean } = {}): UseQueryResult<LimitHistory> {
  return useQuery({
    queryKey: keys.limitHistory(reach),
    queryFn: ({ signal }) => {
      const until = Date.now() + hubAhead()
      const { reach: milliseconds, points } = reaches[reach]
      return hub.getLimitHistory(
        { since: new Date(until - milliseconds).toISOString(), until: new Date(until).toISOString(), points },
        { signal },
      )
    },
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  })
}

export interface AskedForReading {
  readonly ask: () => void
  readonly forget: () => void
  readonly asking: boolean
  /** Whom the hub has asked. */
  readonly asked: TriggerAnswer | undefined
  /** How far it has come since. */
  readonly news: LimitTrigger | undefined
  /** Why nobody was asked. */
  readonly problem: Problem | undefined
}

/** Asks a collector for a reading now. */
export function useAskForReading(): AskedForReading {
  const live = useContext(LiveContext)
  if (live === undefined) throw new Error('useAskForReading is used outside LiveContext')
  const mutation = useMutation({ mutationFn: () => hubOnce.triggerLimitReading() })
  const id = mutation.data?.id
  const news = useSyncExternalStore(live.triggers.subscribe, () => (id === undefined ? undefined : live.triggers.last(id)))
  return {
    ask: mutation.mutate,
    forget: mutation.reset,
    asking: mutation.isPending,
    asked: mutation.data,
    news,
    problem: mutation.error === null ? undefined : problemOf(mutation.error),
  }
}
