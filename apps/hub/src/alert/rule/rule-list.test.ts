import { ruleForms } from '@signalbox/contract/alert-rule-form'
import { alertRuleKinds } from '@signalbox/contract/alert-rule-kind'
import { describe, expect, it } from 'vitest'
import { openRuleHub } from '../../../test/rule-hub.ts'
import { HubError } from '../../hub-error.ts'
import type { Facts } from '../facts.ts'
import { noFacts } from '../log-facts.ts'
import { defaultRules } from './default-rules.ts'
import { openRule, ruleList } from './rule-list.ts'

const NOW = Date.parse('2026-10-06T09:12:00.000Z')
const parametersOf = (kind: string) => (kind === 'budget' ? { amount_usd: 10, period: 'day' } : {})

it('has every kind, with the severity that its form shows', () => {
  expect(Object.keys(ruleList)).toEqual([...alertRuleKinds])
  for (const kind of alertRuleKinds) expect([ruleList[kind].kind, ruleList[kind].severity]).toEqual([kind, ruleForms[kind].severity])
})

/** Facts of a store that does not answer. */
function awayFacts(): Facts {
  const fail = async () => {
    throw new HubError('unavailable', 'The hub database does not answer')
  }
  const facts = noFacts('UTC', 'monday')
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'function' ? fail : value]),
  ) as unknown as Facts
}

it.each(alertRuleKinds)('%s is unknown while the store is away', async (kind) => {
  const rule = openRule({ kind, parameters: parametersOf(kind) })
  const verdict = await rule.judge({ key: 'a', about: {} }, awayFacts(), NOW)
  expect(verdict).toEqual({ verdict: 'unknown', reason: 'The hub database does not answer' })
})

it.each(alertRuleKinds)('%s passes on an error that is none of the store', async (kind) => {
  const broken = {
    ...awayFacts(),
    ...Object.fromEntries(Object.keys(awayFacts()).map((name) => [name, async () => Promise.reject(new Error('a bug'))])),
  }
  const rule = openRule({ kind, parameters: { ...parametersOf(kind), ...(kind === 'budget' ? { timezone: 'UTC' } : {}) } })
  if (kind === 'cost_anomaly') Object.assign(broken, { timezone: 'UTC' })
  await expect(rule.judge({ key: 'a', about: {} }, broken as unknown as Facts, NOW)).rejects.toThrow('a bug')
})

it('refuses parameters that the kind does not have', () => {
  expect(() => openRule({ kind: 'limit_over', parameters: { after_ms: 1 } })).toThrow()
  expect(() => openRule({ kind: 'budget', parameters: {} })).toThrow()
})

it('a rule may have its own severity', async () => {
  const rules = await openRuleHub()
  await rules.fleet.machine('box')
  await rules.fleet.ok('DELETE', '/machines/box')
  expect(await rules.judge({ kind: 'machine_offline', parameters: {}, severity: 'info' })).toMatchObject({ box: { severity: 'info' } })
})

it('begins with ten rules that are enabled, have no channel, and can be opened', () => {
  expect(defaultRules).toHaveLength(10)
  expect(new Set(defaultRules.map(({ rule_id }) => rule_id)).size).toBe(10)
  for (const { kind, parameters, enabled, channels, name } of defaultRules) {
    expect([enabled, channels, name]).toEqual([true, [], ruleForms[kind].label])
    openRule({ kind, parameters })
  }
})

describe('a sweep over ten thousand sessions', () => {
  it('reads all of them in one query, and each answer once', async () => {
    const rules = await openRuleHub()
    const { store } = rules.hub
    // The first session as often as a busy fleet has them: a copy of its row with other ids.
    const { session_id } = await rules.fleet.session({ activity: 'waiting', waiting_for: 'input' })
    const record = (await store.sessions.find(session_id))!
    const ids = Array.from({ length: 10_000 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`)
    await Promise.all(
      ids.map((id) =>
        store.sessions.change(id, {}, { now: rules.now() }, () => ({
          session: { ...record, session_id: id },
          events: [],
          result: undefined,
        })),
      ),
    )
    const queries: string[] = []
    const counted = {
      ...store,
      sessions: counting(store.sessions, queries),
      tasks: counting(store.tasks, queries),
      machines: counting(store.machines, queries),
    }
    const facts = (await import('../facts.ts')).FactsSource
    const source = new facts({
      store: counted as unknown as typeof store,
      currentLimits: rules.currentLimits,
      forecasts: { of: async () => [] },
      projects: { read: async () => expect.fail('no rule asks for projects') },
      defaults: { timezone: 'UTC', weekStart: 'monday', prices: rules.hub.config.prices },
      hub: async () => ({}),
      channels: async () => [],
    }).at(rules.now())
    const verdicts: Record<string, number> = {}
    for (const { kind, parameters } of defaultRules) {
      const rule = openRule({ kind, parameters: kind === 'session_waiting' ? { after_ms: 0 } : { ...parameters } })
      for (const subject of await rule.subjects(source, rules.now())) {
        const { verdict } = await rule.judge(subject, source, rules.now())
        verdicts[`${kind} ${verdict}`] = (verdicts[`${kind} ${verdict}`] ?? 0) + 1
      }
    }
    expect(verdicts).toMatchObject({ 'session_waiting holds': 10_001, 'session_failed clear': 10_001, 'session_stalled clear': 10_001 })
    expect(queries.sort()).toEqual(['list', 'unresolved', 'watched'])
  })
})

function counting<T extends object>(part: T, queries: string[]): T {
  return new Proxy(part, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => {
        queries.push(String(name))
        return (value as (...given: unknown[]) => unknown).apply(target, given)
      }
    },
  })
}
