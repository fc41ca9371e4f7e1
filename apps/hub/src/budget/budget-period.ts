import { BLOCK_MS } from '@signalbox/usage/block'
import { FORECAST_MAX_AGE_MS } from '@signalbox/usage/limit-forecast'
import { DAY, type WeekStart } from '@signalbox/usage/zone'
import type { PlanFacts } from '../alert/facts.ts'
import { periodAt } from '../alert/rule/budget-period.ts'
import type { Range } from '../alert/usage-costs.ts'
import type { BudgetRecord } from '../store/budget.ts'

/** The current period of a budget of money. @returns undefined for the window of a plan */
export function moneyPeriod(
  { kind, timezone }: Pick<BudgetRecord, 'kind' | 'timezone'>,
  hub: { readonly timezone: string; readonly weekStart: WeekStart },
  now: number,
): Range | undefined {
  if (kind === 'five_hour' || kind === 'seven_day') return undefined
  const { from, to } = periodAt(kind, timezone ?? hub.timezone, hub.weekStart, now)
  return { from, to }
}

/** How full the window of a plan is, by its newest snapshot. */
export interface WindowUse {
  readonly account: string
  readonly percent: number
  readonly period: Range
}

const windows = { five_hour: { kind: 'session', length: BLOCK_MS }, seven_day: { kind: 'weekly_all', length: 7 * DAY } } as const
/** Sources name a reset some seconds apart. In milliseconds. */
const RESET_GRAIN_MS = 600_000

/** The fullest window of the accounts that a budget is about. @returns undefined where no fresh snapshot says so */
export function windowUse(
  { kind, account }: Pick<BudgetRecord, 'kind' | 'account'>,
  plans: readonly PlanFacts[],
  now: number,
): WindowUse | undefined {
  if (kind !== 'five_hour' && kind !== 'seven_day') return undefined
  const wanted = windows[kind]
  const found = plans
    .filter((plan) => account === undefined || plan.account === account || plan.name === account)
    .flatMap((plan) =>
      plan.windows.flatMap((row): WindowUse[] => {
        if (row.kind !== wanted.kind || row.state !== 'known' || row.resetsAt === undefined) return []
        if (now - row.readAt > FORECAST_MAX_AGE_MS) return []
        const to = Math.round(row.resetsAt / RESET_GRAIN_MS) * RESET_GRAIN_MS
        return [{ account: plan.account, percent: row.percent, period: { from: to - wanted.length, to } }]
      }),
    )
  return found.sort((a, b) => b.percent - a.percent)[0]
}
