import type { AlertFilter } from '@signalbox/contract/alert-rule-parameters'
import type { Facts } from '../facts.ts'
import type { Cost } from '../usage-costs.ts'
import { type Period, periodAt } from './budget-period.ts'
import { type Judged, listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import type { About, Verdict } from './rule-kind.ts'
import { changesUsage } from './usage-event.ts'
import { instantValue, oneLine, projectName, usdText } from './words.ts'

type BudgetParameters = Parameters<'budget'>

/** From this share on, the whole amount is spent. */
const SPENT_PERCENT = 100

export const budget = listedKind<BudgetParameters>({
  kind: 'budget',
  severity: 'warning',
  touchesAll: changesUsage,
  async list(facts, parameters, now) {
    const { period, timezone = facts.timezone, filter, at } = parameters
    const current = periodAt(period, timezone, facts.weekStart, now)
    const cost = await facts.cost(current, filter)
    return Promise.all(
      at.map(async (share): Promise<Judged> => {
        return { subject: budgetSubject(parameters, current, share), verdict: await judgeShare(facts, parameters, current, cost, share) }
      }),
    )
  },
})

/** One share of the amount in one period; a period that is over is gone, and the next is another subject. */
export function budgetSubject({ period, filter }: BudgetParameters, { first }: Period, share: number): Judged['subject'] {
  return { key: `${period} ${first} ${share}`, about: aboutFilter(filter) }
}

async function judgeShare(facts: Facts, parameters: BudgetParameters, current: Period, cost: Cost, share: number): Promise<Verdict> {
  const { amount_usd, filter } = parameters
  const limit = (amount_usd * share) / 100
  if (cost.usd === undefined) return { verdict: 'unknown', reason: 'The models that were used have no price' }
  // What is not known would only add to it.
  if (cost.usd < limit) return { verdict: 'clear', next_at: current.to }
  const since = (await facts.reachedAt(current, filter, limit)) ?? current.from
  return holdsOf(parameters, current, cost, share, since)
}

export function holdsOf(
  { amount_usd, period, filter }: BudgetParameters,
  { first }: Period,
  { usd = 0, estimated_usd, at_least }: Cost,
  share: number,
  since: number,
): Extract<Verdict, { verdict: 'holds' }> {
  const name = { day: `of ${first}`, week: `of the week of ${first}`, month: `of ${first.slice(0, -3)}` }[period]
  return {
    verdict: 'holds',
    since,
    severity: share >= SPENT_PERCENT ? 'critical' : 'warning',
    summary: `The budget ${name}${ofFilter(filter)}, ${usdText(amount_usd)}, is spent to ${share}% or more`,
    values: {
      cost_usd: Math.round(usd * 100) / 100,
      amount_usd,
      percent: Math.round((usd / amount_usd) * 1_000) / 10,
      threshold_percent: share,
      period,
      period_start: first,
      ...(estimated_usd > 0 ? { estimated_usd: Math.round(estimated_usd * 100) / 100 } : {}),
      ...(at_least ? { at_least } : {}),
      reached_at: instantValue(since),
    },
  }
}

/** The project or machine, where the filter names one and no pattern. */
export function aboutFilter(filter: AlertFilter | undefined): About {
  const one = (patterns: readonly string[] | undefined) => (patterns?.length === 1 && !/[*?]/.test(patterns[0]!) ? patterns[0] : undefined)
  const [project_id, machine_id] = [one(filter?.project_id), one(filter?.machine_id)]
  return { ...(project_id === undefined ? {} : { project_id }), ...(machine_id === undefined ? {} : { machine_id }) }
}

/** ` for shop on laptop with *opus*`. */
export function ofFilter(filter: AlertFilter | undefined): string {
  if (filter === undefined) return ''
  const part = (word: string, patterns: readonly string[] | undefined, name: (pattern: string) => string) =>
    patterns === undefined ? '' : ` ${word} ${patterns.map(name).join(', ')}`
  const plain = (pattern: string) => oneLine(pattern, 80)
  return part('for', filter.project_id, projectName) + part('on', filter.machine_id, plain) + part('with', filter.model, plain)
}
