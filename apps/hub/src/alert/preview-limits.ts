import type { LimitHistory } from '@signalbox/contract/limit-history'
import { FORECAST_RECENT_MS, type ForecastWindow, LimitForecaster } from '@signalbox/usage/limit-forecast'
import { readHistory } from '../limits/history.ts'
import type { Plan } from '../limits/plan.ts'
import type { LimitStore } from '../store/limits.ts'
import { Episodes, type EpisodeTimes } from './episode.ts'
import type { PlanFacts } from './facts.ts'
import { noFacts } from './log-facts.ts'
import type { Subject } from './rule/rule-kind.ts'
import type { OpenRule } from './rule/rule-list.ts'

const HISTORY_POINTS = 2_000
/** The points before one in which resets are looked for. */
const RECENT_POINTS = 300

/** What a rule about plan limits would have opened: its verdict at each value of the history. */
export async function replayLimits(
  rule: OpenRule,
  { store, plans, times, since, now }: { store: LimitStore; plans: readonly Plan[]; times: EpisodeTimes; since: number; now: number },
): Promise<Episodes> {
  const episodes = new Episodes(times)
  for (const plan of plans) {
    const series = await readHistory(store, { accounts: plan.accounts, since, until: now, points: HISTORY_POINTS })
    const name = plans.length === 1 ? plan.name : (plan.name ?? plan.account)
    for (const one of series) await replaySeries(rule, { account: plan.account ?? '', name }, one, episodes, now)
  }
  return episodes
}

async function replaySeries(
  rule: OpenRule,
  plan: Pick<PlanFacts, 'account' | 'name'>,
  series: LimitHistory['series'][number],
  episodes: Episodes,
  now: number,
): Promise<void> {
  const { kind, label, points } = series
  const held = new Map<string, Subject>()
  // It knows of each instant what was known then.
  const forecaster = new LimitForecaster(kind)
  const judge = async (row: ForecastWindow, upTo: number, at: number) => {
    const known: PlanFacts = {
      ...plan,
      windows: [row],
      updatedAt: row.readAt,
      series: async () => [{ ...series, points: points.slice(Math.max(0, upTo - RECENT_POINTS), upTo) }],
      forecast: async (window) => forecaster.forecast(window, recentPoints(points, upTo), at),
    }
    const facts = { ...noFacts('UTC', 'monday'), limits: async () => [known] }
    const subjects = new Map([...held, ...(await rule.subjects(facts, at)).map((subject) => [subject.key, subject] as const)])
    for (const [key, subject] of subjects) {
      const verdict = await rule.judge(subject, facts, at)
      episodes.add(subject, verdict, at)
      if (verdict.verdict === 'holds' && !verdict.closes_itself) held.set(key, subject)
      else if (verdict.verdict !== 'unknown') held.delete(key)
    }
  }
  for (const [index, point] of points.entries()) {
    const readAt = Date.parse(point.at)
    const resetsAt = point.resetsAt === undefined ? undefined : Date.parse(point.resetsAt)
    const row: ForecastWindow = {
      kind,
      label,
      state: resetsAt === undefined ? 'idle' : 'known',
      percent: point.percentageUsed,
      ...(resetsAt === undefined ? {} : { resetsAt }),
      readAt,
    }
    if (point.reset) forecaster.learn(points.slice(0, index), readAt)
    await judge(row, index + 1, readAt)
    const next = points[index + 1]
    const until = next === undefined ? now : Date.parse(next.at)
    // The window ends between this value and the next.
    if (resetsAt !== undefined && resetsAt <= until) await judge({ ...row, state: 'reset' }, index + 1, resetsAt)
  }
}

function recentPoints(points: LimitHistory['series'][number]['points'], upTo: number): typeof points {
  const since = Date.parse(points[upTo - 1]!.at) - FORECAST_RECENT_MS
  let from = upTo
  while (from > 0 && Date.parse(points[from - 1]!.at) >= since) from--
  return points.slice(from, upTo)
}
