import { expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openRuleHub } from '../../test/rule-hub.ts'
import { FactsSource } from './facts.ts'

/** Facts of a hub whose queries are written down. */
async function countedFacts() {
  const rules = await openRuleHub()
  const queries: string[] = []
  const counted = <T extends object>(part: T, name: string): T =>
    new Proxy(part, {
      get(target, method) {
        const value = Reflect.get(target, method) as unknown
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          queries.push(`${name}.${String(method)}`)
          return (value as (...given: unknown[]) => unknown).apply(target, given)
        }
      },
    })
  const { store, config } = rules.hub
  const source = new FactsSource({
    store: {
      ...store,
      sessions: counted(store.sessions, 'sessions'),
      usage: counted(store.usage, 'usage'),
      events: counted(store.events, 'events'),
    },
    currentLimits: rules.currentLimits,
    forecasts: { of: async () => [] },
    projects: { read: async () => expect.fail('no filter names a project') },
    defaults: { timezone: 'UTC', weekStart: 'monday', prices: config.prices },
    hub: async () => ({}),
    channels: async () => [],
  })
  return { rules, source, queries }
}

it('reads a session once, and all at once when many are asked for', async () => {
  const { rules, source, queries } = await countedFacts()
  const ids: string[] = []
  for (let index = 0; index < 30; index++) ids.push((await rules.fleet.session()).session_id)
  queries.length = 0
  const facts = source.at(rules.now())
  for (const id of [ids[0]!, ids[0]!, 'none', 'none']) await facts.session(id)
  expect(queries).toEqual(['sessions.find', 'sessions.find'])
  for (const id of ids) expect((await facts.session(id))?.session_id).toBe(id)
  expect(queries.filter((query) => query === 'sessions.watched')).toHaveLength(1)
  expect(queries.length).toBeLessThanOrEqual(22)
  expect(await facts.session('none')).toBeUndefined()
})

it('keeps a sum from one judgement to the next until calls come', async () => {
  const { rules, source, queries } = await countedFacts()
  const range = { from: rules.now() - 3_600_000, to: rules.now() + 3_600_000 }
  const at = new Date(rules.now()).toISOString()
  const spend = () => rules.hub.store.usage.ingest('box', [someCall({ at, model: 'claude-opus-5' })], { now: rules.now() })
  await spend()
  const first = await source.at(rules.now()).cost(range, undefined)
  expect(first.usd).toBeGreaterThan(0)
  queries.length = 0
  expect(await source.at(rules.now() + 1).cost(range, undefined)).toEqual(first)
  expect(queries).toEqual(['usage.state'])
  await spend()
  const { usd } = await source.at(rules.now() + 2).cost(range, undefined)
  expect(usd).toBeCloseTo(2 * first.usd!)
})

it('reads the pause once for all rules', async () => {
  const { rules, source, queries } = await countedFacts()
  queries.length = 0
  const facts = source.at(rules.now())
  expect(await Promise.all([facts.pause(), facts.pause()])).toEqual([undefined, undefined])
  expect(queries).toEqual(['events.latest'])
})
