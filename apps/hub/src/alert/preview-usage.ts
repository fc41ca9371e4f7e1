import type { AlertRuleParameters } from '@signalbox/contract/alert-rule-parameters'
import { ANOMALY_DAYS, lastFullHour } from '@signalbox/usage/cost-anomaly'
import { DAY } from '@signalbox/usage/zone'
import { nextTurn } from '../next-turn.ts'
import { Episodes, type EpisodeTimes } from './episode.ts'
import type { Facts, FactsSource } from './facts.ts'
import { noFacts } from './log-facts.ts'
import { periodAt } from './rule/budget-period.ts'
import type { OpenRule } from './rule/rule-list.ts'
import type { Range } from './usage-costs.ts'

interface UsageReplay {
  readonly source: FactsSource
  readonly times: EpisodeTimes
  readonly since: number
  readonly now: number
}

/** What a budget would have opened: its shares in each period, from the instant at which each was reached. */
export async function replayBudget(rule: OpenRule, parameters: AlertRuleParameters<'budget'>, replay: UsageReplay): Promise<Episodes> {
  const { source, times, since, now } = replay
  const episodes = new Episodes(times)
  const { timezone, weekStart } = source.at(now)
  for (let at = since; at <= now; ) {
    const { to } = periodAt(parameters.period, parameters.timezone ?? timezone, weekStart, at)
    const end = Math.min(now, to - 1)
    const facts = source.at(end)
    for (const subject of await rule.subjects(facts, end)) {
      episodes.add(subject, await rule.judge(subject, facts, end), end)
      if (to <= now) episodes.add(subject, { verdict: 'gone' }, to)
    }
    at = to
  }
  return episodes
}

/** What unusual hours would have opened. */
export async function replayAnomalies(
  rule: OpenRule,
  filter: AlertRuleParameters<'cost_anomaly'>['filter'],
  replay: UsageReplay,
): Promise<Episodes> {
  const { source, times, since, now } = replay
  const episodes = new Episodes(times)
  const { timezone, weekStart } = source.at(now)
  const costs = await source.quarterCosts({ from: since - (ANOMALY_DAYS + 2) * DAY, to: now }, filter, now)
  const costOf = ({ from, to }: Range) => ({ usd: sumBetween(costs.usd, from, to), estimated_usd: 0, at_least: false })
  const known: Facts = {
    ...noFacts(timezone, weekStart),
    cost: async (range) => costOf(range),
    pastCosts: async (ranges) => ranges.map(costOf),
    firstCallSince: async () => costs.first,
  }
  // From hour to hour, as the zone has them.
  for (let { to } = lastFullHour(timezone, now); to > since; to = lastFullHour(timezone, to - 1).to) {
    const facts = { ...known }
    for (const subject of await rule.subjects(facts, to)) {
      const verdict = await rule.judge(subject, facts, to)
      // The next hour is another subject.
      episodes.add(subject, verdict, to)
      episodes.add(subject, { verdict: 'gone' }, Math.min(now, to + 3_600_000))
    }
    await nextTurn()
  }
  return episodes
}

const QUARTER_MS = 900_000

function sumBetween(quarters: ReadonlyMap<number, number>, from: number, to: number): number {
  let sum = 0
  for (let quarter = Math.floor(from / QUARTER_MS); quarter < to / QUARTER_MS; quarter++) sum += quarters.get(quarter) ?? 0
  return sum
}
