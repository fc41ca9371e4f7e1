import { useCallback, useMemo } from 'react'
import type { UsageQuery } from '../hub/usage.ts'
import { useNavigate, useSearch } from '../router/use-router.ts'
import { browserTimeZone } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { chooseSteps, type DayRange, type RangeName, type Step, toDayRange } from './range.ts'
import type { Measure, Split, TableGroup, UsageSearch } from './usage-search.ts'

/** The query parameters of the screen, with defaults filled in. */
export interface UsageView {
  readonly search: UsageSearch
  readonly zone: string
  readonly today: string
  /** Undefined for a custom range. */
  readonly rangeName: RangeName | undefined
  readonly range: DayRange
  readonly step: Step
  readonly steps: readonly Step[]
  readonly split: Split
  readonly measure: Measure
  readonly table: TableGroup
  /** Parameters shared by all queries of this screen. */
  readonly base: UsageQuery
  /** Changes query parameters; undefined removes one. */
  readonly change: (next: Partial<Record<keyof UsageSearch, string | true | undefined>>, options?: { readonly replace?: boolean }) => void
}

export function useUsageView(): UsageView {
  const search = useSearch({ from: '/usage' })
  const navigate = useNavigate({ from: '/usage' })
  const zone = search.zone ?? browserTimeZone()
  const today = useToday(zone)

  const change = useCallback<UsageView['change']>(
    (next, options) => {
      // `replace` keeps each typed letter out of the browser history.
      void navigate({ search: (before) => ({ ...before, ...next }) as UsageSearch, replace: options?.replace ?? false, resetScroll: false })
    },
    [navigate],
  )

  return useMemo(() => {
    const isCustom = search.since !== undefined || search.until !== undefined
    const rangeName = isCustom ? undefined : (search.range ?? '30d')
    const range: DayRange = rangeName === undefined ? pickDays(search) : toDayRange(rangeName, today)
    const { offered, defaultStep } = chooseSteps(range, today)
    return {
      search,
      zone,
      today,
      rangeName,
      range,
      step: search.step !== undefined && offered.includes(search.step) ? search.step : defaultStep,
      steps: offered,
      split: search.split ?? 'model',
      measure: search.measure ?? 'cost',
      table: search.table ?? 'time',
      base: {
        ...range,
        timezone: zone,
        ...(search.model === undefined ? {} : { model: search.model }),
        ...(search.project === undefined ? {} : { project: search.project }),
        ...(search.folder === undefined ? {} : { folder: search.folder }),
        ...(search.machine === undefined ? {} : { machine_id: search.machine }),
        ...(search.person === undefined ? {} : { person: search.person }),
        ...(search.not_itemised === undefined ? {} : { not_itemised: search.not_itemised }),
        ...(search.with_estimates === true ? { with_estimates: 'true' as const } : {}),
      },
      change,
    }
  }, [search, zone, today, change])
}

function pickDays({ since, until }: UsageSearch): DayRange {
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
}
