import type { AlertRuleParameters } from '@signalbox/contract/alert-rule-parameters'
import { alertRuleParameters } from '@signalbox/contract/alert-rule-parameters'
import { instantOf } from '../clock.ts'
import type { CurrentLimitsCache } from '../limits/current-limits-cache.ts'
import { nextTurn } from '../next-turn.ts'
import type { Store } from '../store/store.ts'
import { type Episode, Episodes, type EpisodeTimes } from './episode.ts'
import type { FactsSource, PlanFacts } from './facts.ts'
import { noFacts } from './log-facts.ts'
import { replayLimits } from './preview-limits.ts'
import { isInLog, replayLog } from './preview-log.ts'
import { replayAnomalies, replayBudget } from './preview-usage.ts'
import type { About, Severity } from './rule/rule-kind.ts'
import { type OpenRule, openRule, type RuleToJudge } from './rule/rule-list.ts'

/** How far back a preview looks, in milliseconds. */
export const PREVIEW_MS = 7 * 86_400_000
/** The rows of each list. */
const MAX_ROWS = 100
/** The subjects that are judged in a turn of the event loop: others are answered in between. */
const SUBJECTS_PER_TURN = 1_000

export interface HeldNow {
  readonly subject: string
  readonly about: About
  readonly severity: Severity
  readonly summary: string
  readonly values: Readonly<Record<string, string | number | boolean>>
  readonly since: number
}

/** What a rule says now, and what it would have opened lately. Instants are milliseconds. */
export interface RulePreview {
  /** What holds now: the first 100, the newest first. */
  readonly now: readonly HeldNow[]
  readonly now_count: number
  /** The number of subjects of which nothing can be said now. */
  readonly unknown: number
  /** What would have opened since `since`: the newest 100, newest first. */
  readonly past: readonly Episode[]
  readonly past_count: number
  /** Seven days ago, or where what is known of the past begins. */
  readonly since: number
  /** Why the past is not known for this kind; absent where it is. */
  readonly past_unknown?: string
}

/** As the contract has it: with instants as texts. */
export function shownPreview({ now, past, since, ...rest }: RulePreview) {
  return {
    ...rest,
    now: now.map(({ since: begin, ...row }) => ({ ...row, values: { ...row.values }, since: instantOf(begin) })),
    past: past.map(({ opened_at, closed_at, ...row }) => ({
      ...row,
      values: { ...row.values },
      opened_at: instantOf(opened_at),
      ...(closed_at === undefined ? {} : { closed_at: instantOf(closed_at) }),
    })),
    since: instantOf(since),
  }
}

export interface PreviewOptions {
  readonly source: FactsSource
  readonly store: Store
  readonly currentLimits: Pick<CurrentLimitsCache, 'plans'>
}

/**
 * Previews a rule. Nothing is stored and nothing is sent.
 * @throws ZodError for parameters that the kind does not have
 */
export async function previewRule(rule: RuleToJudge & EpisodeTimes, options: PreviewOptions, now: number): Promise<RulePreview> {
  const opened = openRule(rule)
  const held = await judgeNow(opened, options.source, now)
  const past = await replay(opened, rule, options, now)
  if (typeof past === 'string') return { ...held, past: [], past_count: 0, since: now - PREVIEW_MS, past_unknown: past }
  const since = Math.max(past.begin, now - PREVIEW_MS)
  const all = past.episodes.since(since, now)
  return { ...held, past: all.slice(0, MAX_ROWS), past_count: all.length, since }
}

async function judgeNow(rule: OpenRule, source: FactsSource, now: number): Promise<Pick<RulePreview, 'now' | 'now_count' | 'unknown'>> {
  const facts = source.at(now)
  const held: HeldNow[] = []
  let unknown = 0
  let judged = 0
  for (const subject of await rule.subjects(facts, now)) {
    if (++judged % SUBJECTS_PER_TURN === 0) await nextTurn()
    const verdict = await rule.judge(subject, facts, now)
    if (verdict.verdict === 'unknown') unknown++
    if (verdict.verdict !== 'holds') continue
    const { severity, summary, values, since } = verdict
    held.push({ subject: subject.key, about: subject.about, severity, summary, values, since })
  }
  held.sort((a, b) => b.since - a.since)
  return { now: held.slice(0, MAX_ROWS), now_count: held.length, unknown }
}

/** @returns why the past is not known, for kinds of which it is not */
async function replay(
  opened: OpenRule,
  rule: RuleToJudge & EpisodeTimes,
  { source, store, currentLimits }: PreviewOptions,
  now: number,
): Promise<{ episodes: Episodes; begin: number } | string> {
  const times = { for_ms: rule.for_ms, clear_ms: rule.clear_ms }
  const since = now - PREVIEW_MS
  const { timezone, weekStart } = source.at(now)
  if (isInLog(rule.kind)) return replayLog(opened, { events: store.events, timezone, weekStart, times, now })
  switch (rule.kind) {
    case 'limit_over':
    case 'limit_runs_out':
    case 'limit_reset': {
      const { inUse } = await currentLimits.plans()
      return { episodes: await replayLimits(opened, { store: store.limits, plans: inUse, times, since, now }), begin: since }
    }
    case 'snapshot_stale': {
      const { inUse } = await currentLimits.plans()
      return { episodes: await replaySnapshots(opened, store, inUse, times, since, now), begin: since }
    }
    case 'budget': {
      const parameters = alertRuleParameters.budget.parse(rule.parameters)
      return { episodes: await replayBudget(opened, parameters, { source, times, since, now }), begin: since }
    }
    case 'cost_anomaly': {
      const { filter } = alertRuleParameters.cost_anomaly.parse(rule.parameters) as AlertRuleParameters<'cost_anomaly'>
      const both = { ...filter, ...rule.filter }
      const episodes = await replayAnomalies(opened, Object.keys(both).length === 0 ? undefined : both, { source, times, since, now })
      return { episodes, begin: since }
    }
    case 'collector_silent':
      return 'The heartbeats of collectors are not kept.'
    default:
      return 'How the hub and its channels did is not kept.'
  }
}

/** Outdated limits: from each snapshot to the next. */
async function replaySnapshots(
  rule: OpenRule,
  store: Store,
  plans: Awaited<ReturnType<CurrentLimitsCache['plans']>>['inUse'],
  times: EpisodeTimes,
  since: number,
  now: number,
): Promise<Episodes> {
  const episodes = new Episodes(times)
  for (const plan of plans) {
    const name = plans.length === 1 ? plan.name : (plan.name ?? plan.account)
    const known = (updatedAt: number): PlanFacts => ({
      account: plan.account ?? '',
      name,
      windows: [],
      updatedAt,
      series: async () => [],
      forecast: async () => ({ kind: 'unknown' }),
    })
    const judge = async (updatedAt: number, at: number) => {
      const facts = { ...noFacts('UTC', 'monday'), limits: async () => [known(updatedAt)] }
      for (const subject of await rule.subjects(facts, at)) episodes.add(subject, await rule.judge(subject, facts, at), at)
    }
    let last: number | undefined
    for await (const batch of store.limits.snapshots({ accounts: plan.names, from: since, to: now })) {
      for (const { at } of batch) {
        if (last !== undefined) await judge(last, at)
        await judge(at, at)
        last = at
      }
    }
    if (last !== undefined) await judge(last, now)
  }
  return episodes
}
