import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { CollectorHeartbeat } from '@signalbox/contract/collector-heartbeat'
import { type ChannelFacts, FactsSource, type HubHealth } from '../src/alert/facts.ts'
import type { Verdict } from '../src/alert/rule/rule-kind.ts'
import { openRule, type RuleToJudge } from '../src/alert/rule/rule-list.ts'
import { CurrentLimitsCache } from '../src/limits/current-limits-cache.ts'
import { LimitForecasts } from '../src/limits/limit-forecasts.ts'
import { ProjectMaps } from '../src/usage/project-maps.ts'
import { type Fleet, fleetOf } from './fleet.ts'
import { type HubOptions, openHub, type TestHub } from './open-hub.ts'

/** A real hub, and rules that judge what it knows. */
export interface RuleHub {
  readonly hub: TestHub
  readonly fleet: Fleet
  readonly source: FactsSource
  readonly currentLimits: CurrentLimitsCache
  /** What the parts that are not there say: change it at will. */
  readonly outside: { health: HubHealth; channels: ChannelFacts[] }
  now(): number
  /** The verdicts of a rule by subject, as of now. */
  judge(rule: RuleToJudge): Promise<Record<string, Verdict>>
  /** The summaries of all that holds now. */
  holds(kind: AlertRuleKind, parameters?: object, filter?: RuleToJudge['filter']): Promise<string[]>
  /** The verdict about one subject, whether the rule lists it or not. */
  verdict(kind: AlertRuleKind, key: string, parameters?: object, filter?: RuleToJudge['filter']): Promise<Verdict>
  /** The heartbeat of a collector. */
  collector(machine: string, more?: Partial<CollectorHeartbeat>): Promise<void>
}

export async function openRuleHub(options: HubOptions = {}): Promise<RuleHub> {
  const hub = await openHub({ ...options, env: { LOG_LEVEL: 'silent', ...options.env } })
  const fleet = fleetOf(hub)
  // The first check of a monitor notes that it listens from now on.
  await hub.monitor.check()
  const { store, clock, config } = hub
  const currentLimits = new CurrentLimitsCache(store.limits, store.events, clock)
  const outside: RuleHub['outside'] = { health: {}, channels: [] }
  const source = new FactsSource({
    store,
    currentLimits,
    forecasts: new LimitForecasts(store.limits),
    projects: new ProjectMaps(store.folders, []),
    defaults: { timezone: config.timezone, weekStart: config.weekStart, prices: config.prices },
    hub: async () => outside.health,
    channels: async () => outside.channels,
  })
  const now = () => clock.now()
  const judge: RuleHub['judge'] = async (given) => {
    const rule = openRule(given)
    const facts = source.at(now())
    const subjects = await rule.subjects(facts, now())
    const verdicts = await Promise.all(subjects.map(async (subject) => [subject.key, await rule.judge(subject, facts, now())] as const))
    return Object.fromEntries(verdicts)
  }
  return {
    hub,
    fleet,
    source,
    currentLimits,
    outside,
    now,
    judge,
    async holds(kind, parameters = {}, filter) {
      const verdicts = Object.values(await judge({ kind, parameters: { ...parameters }, filter }))
      return verdicts.flatMap((verdict) => (verdict.verdict === 'holds' ? [verdict.summary] : [])).sort()
    },
    verdict: (kind, key, parameters = {}, filter) =>
      openRule({ kind, parameters: { ...parameters }, filter }).judge({ key, about: {} }, source.at(now()), now()),
    async collector(machine, more = {}) {
      await fleet.ok('POST', `/machines/${machine}/collector`, {
        heartbeat_interval_ms: 15_000,
        version: '0.1.0',
        started_at: new Date(now()).toISOString(),
        state: 'idle',
        sessions: [],
        ...more,
      })
    },
  }
}
