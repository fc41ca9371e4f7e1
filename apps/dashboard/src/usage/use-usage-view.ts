import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { UsageQuery } from '../hub/usage.ts'
import { browserZone } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { type DayRange, type RangeName, rangeOf, type Step, stepsFor } from './range.ts'
import { type Measure, readUsageSearch, type Split, type TableGroup, type UsageSearch } from './usage-search.ts'

const route = getRouteApi('/usage')

/** The address of the screen, with everything that it leaves unsaid filled in. */
export interface UsageView {
  readonly search: UsageSearch
  readonly zone: string
  readonly today: string
  /** Undefined while the days are chosen by hand. */
  readonly rangeName: RangeName | undefined
  readonly range: DayRange
  readonly step: Step
  readonly steps: readonly Step[]
  readonly split: Split
  readonly measure: Measure
  readonly table: TableGroup
  /** What every question of this screen has in common. */
  readonly base: UsageQuery
  /** Changes the address; undefined takes a word out of it. */
  readonly change: (next: Partial<Record<keyof UsageSearch, string | undefined>>, options?: { readonly replace?: boolean }) => void
}

export function useUsageView(): UsageView {
  const said = route.useSearch()
  // Read once more: the router hands on what it does not know.
  const search = useMemo(() => readUsageSearch({ ...said }), [said])
  const navigate = route.useNavigate()
  const zone = search.zone ?? browserZone()
  const today = useToday(zone)

  const change = useCallback<UsageView['change']>(
    (next, options) => {
      // Going back should lead to another view, not to one letter less in the search field.
      void navigate({ search: (before) => ({ ...before, ...next }) as UsageSearch, replace: options?.replace ?? false, resetScroll: false })
    },
    [navigate],
  )

  return useMemo(() => {
    const byHand = search.since !== undefined || search.until !== undefined
    const rangeName = byHand ? undefined : (search.range ?? '30d')
    const range: DayRange = rangeName === undefined ? pick(search) : rangeOf(rangeName, today)
    const { offered, usual } = stepsFor(range, today)
    return {
      search,
      zone,
      today,
      rangeName,
      range,
      step: search.step !== undefined && offered.includes(search.step) ? search.step : usual,
      steps: offered,
      split: search.split ?? 'model',
      measure: search.measure ?? 'cost',
      table: search.table ?? 'time',
      base: {
        ...range,
        timezone: zone,
        ...(search.model === undefined ? {} : { model: search.model }),
        ...(search.project === undefined ? {} : { project: search.project }),
        ...(search.machine === undefined ? {} : { machine_id: search.machine }),
      },
      change,
    }
  }, [search, zone, today, change])
}

function pick({ since, until }: UsageSearch): DayRange {
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
}
