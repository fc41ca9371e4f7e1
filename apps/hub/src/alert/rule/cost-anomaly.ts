import {
  ANOMALY_DAYS,
  findCostAnomaly,
  type HourRange,
  lastFullHour,
  MIN_ANOMALY_DAYS,
  sameHourBefore,
} from '@signalbox/usage/cost-anomaly'
import { DAY } from '@signalbox/usage/zone'
import type { Facts } from '../facts.ts'
import { aboutFilter, ofFilter } from './budget.ts'
import { listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import type { Verdict } from './rule-kind.ts'
import { instantValue, usdText } from './words.ts'

export const costAnomaly = listedKind<Parameters<'cost_anomaly'>>({
  kind: 'cost_anomaly',
  severity: 'warning',
  // Of the hours that are over, calls come late, and hardly any at once: the sweep of each minute is soon enough.
  async list(facts, parameters, now) {
    const hour = lastFullHour(facts.timezone, now)
    const subject = { key: instantValue(hour.from), about: aboutFilter(parameters.filter) }
    return [{ subject, verdict: await judgeHour(facts, parameters, hour) }]
  },
})

async function judgeHour(facts: Facts, { filter, least_usd }: Parameters<'cost_anomaly'>, hour: HourRange): Promise<Verdict> {
  const { usd } = await facts.cost(hour, filter)
  if (usd === undefined) return { verdict: 'unknown', reason: 'The models that were used have no price' }
  const next_at = hour.to + (hour.to - hour.from)
  // Most hours end here, without the days before.
  if (usd === 0 || usd < least_usd) return { verdict: 'clear', next_at }
  const first = await facts.firstCallSince(hour.from - ANOMALY_DAYS * DAY)
  const before = sameHourBefore(facts.timezone, hour).filter(({ to }) => first !== undefined && to > first)
  if (before.length < MIN_ANOMALY_DAYS)
    return { verdict: 'unknown', reason: `There is usage of less than ${MIN_ANOMALY_DAYS} days to compare with` }
  const costs = (await facts.pastCosts(before, filter)).flatMap((cost) => cost.usd ?? [])
  if (costs.length < MIN_ANOMALY_DAYS) return { verdict: 'unknown', reason: 'The models that were used before have no price' }
  const { isAnomaly, median, threshold } = findCostAnomaly(usd, costs, least_usd)
  if (!isAnomaly) return { verdict: 'clear', next_at }
  return {
    verdict: 'holds',
    since: hour.to,
    severity: 'warning',
    summary: `An hour of usage${ofFilter(filter)} cost ${usdText(usd)}; at this time of day ${usdText(median)} is usual`,
    values: {
      cost_usd: Math.round(usd * 100) / 100,
      usual_usd: Math.round(median * 100) / 100,
      threshold_usd: Math.round(threshold * 100) / 100,
      hour_start: instantValue(hour.from),
      days: costs.length,
    },
  }
}
