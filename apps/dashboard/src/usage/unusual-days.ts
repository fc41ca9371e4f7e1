import { ANOMALY_DAYS, findCostAnomaly, MIN_ANOMALY_DAYS, median } from '@signalbox/usage/cost-anomaly'
import type { UsageRow } from '../hub/usage.ts'
import { addDays } from './calendar.ts'

/** A day that cost unusually much, and the part of it that is furthest above what is usual for it. */
export interface UnusualDay {
  readonly day: string
  readonly costUsd: number
  readonly usualUsd: number
  readonly cause: { readonly name: string; readonly costUsd: number; readonly usualUsd: number } | undefined
}

/** Less is not worth a look, in dollars: the default of the alert about unusual hours. */
const LEAST_USD = 5

/**
 * The days from `since` on that cost unusually much, by the rule of the alert about unusual cost: compared with the 28 days before each.
 * @param rows by day, with splits; those of the days before `since` too
 */
export function findUnusualDays(rows: readonly UsageRow[], since: string): UnusualDay[] {
  const byDay = new Map(rows.flatMap((row) => (row.day === undefined ? [] : [[row.day, row] as const])))
  const first = [...byDay.keys()].sort()[0]
  return [...byDay.values()].flatMap((row) => {
    const { day, cost_usd: costUsd } = row
    if (day === undefined || day < since || costUsd === null) return []
    const days = Array.from({ length: ANOMALY_DAYS }, (_, index) => addDays(day, -1 - index)).filter(
      (one) => first !== undefined && one >= first,
    )
    if (days.length < MIN_ANOMALY_DAYS) return []
    const before = days.map((one) => byDay.get(one))
    const found = findCostAnomaly(
      costUsd,
      before.map((one) => one?.cost_usd ?? 0),
      LEAST_USD,
    )
    return found.isAnomaly ? [{ day, costUsd, usualUsd: found.median, cause: causeOf(row, before) }] : []
  })
}

function causeOf({ splits = [] }: UsageRow, before: readonly (UsageRow | undefined)[]): UnusualDay['cause'] {
  const parts = splits
    .filter(({ others }) => others === undefined)
    .map(({ name, cost_usd }) => ({
      name,
      costUsd: cost_usd ?? 0,
      usualUsd: median(before.map((row) => row?.splits?.find((one) => one.name === name)?.cost_usd ?? 0)),
    }))
  return parts.sort((a, b) => b.costUsd - b.usualUsd - (a.costUsd - a.usualUsd))[0]
}
