import type { Call } from '@signalbox/contract/call'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../../test/call.ts'
import { openRuleHub, type RuleHub } from '../../../test/rule-hub.ts'
import { openRule } from './rule-list.ts'

const HOUR = 3_600_000

/** A call that costs about so many dollars: a million output tokens of this model cost 25. */
function costing(usd: number, at: number, change: Partial<Call> = {}): Call {
  return someCall({
    at: new Date(at).toISOString(),
    model: 'claude-opus-5',
    input: 0,
    output: Math.round(usd * 40_000),
    write_1h: 0,
    read: 0,
    ...change,
  })
}

async function spend(rules: RuleHub, calls: readonly Call[], machine = 'box'): Promise<void> {
  await rules.hub.store.usage.ingest(machine, calls, { now: rules.now() })
}

const daily = { amount_usd: 10, period: 'day' } as const

describe('budget', () => {
  it('each share is a subject of its own, from the moment at which it was reached', async () => {
    const rules = await openRuleHub()
    const [first, second] = [rules.now() - 3 * HOUR, rules.now() - HOUR]
    await spend(rules, [costing(5.5, first), costing(3, second)])
    const verdicts = await rules.judge({ kind: 'budget', parameters: daily })
    expect(verdicts).toMatchObject({
      'day 2026-10-06 50': {
        verdict: 'holds',
        since: first,
        severity: 'warning',
        summary: 'The budget of 2026-10-06, $10.00, is spent to 50% or more',
        values: { cost_usd: 8.5, amount_usd: 10, percent: 85, threshold_percent: 50, period_start: '2026-10-06' },
      },
      'day 2026-10-06 80': { verdict: 'holds', since: second },
      'day 2026-10-06 100': { verdict: 'clear', next_at: Date.parse('2026-10-07T00:00:00Z') },
    })
    await spend(rules, [costing(2, rules.now())])
    expect(await rules.verdict('budget', 'day 2026-10-06 100', daily)).toMatchObject({ verdict: 'holds', severity: 'critical' })
  })

  it('of a period that is over is gone, without a word', async () => {
    const rules = await openRuleHub()
    await spend(rules, [costing(20, rules.now())])
    rules.hub.clock.pass(24 * HOUR)
    expect(await rules.verdict('budget', 'day 2026-10-06 50', daily)).toEqual({ verdict: 'gone' })
    expect(await rules.holds('budget', daily)).toEqual([])
  })

  it.each([
    ['day', 'UTC', '2026-10-06', 4],
    ['day', 'Asia/Tokyo', '2026-10-06', 4],
    ['day', 'America/Los_Angeles', '2026-10-06', 4],
    ['week', 'UTC', '2026-10-05', 6],
    ['month', 'UTC', '2026-10-01', 7],
  ] as const)('of a %s in %s counts from its start', async (period, timezone, first, usd) => {
    const rules = await openRuleHub()
    const zoned = { UTC: '00:00:00Z', 'Asia/Tokyo': '00:00:00+09:00', 'America/Los_Angeles': '00:00:00-07:00' }
    const start = Date.parse(`2026-10-06T${zoned[timezone]}`)
    await spend(rules, [
      costing(1, Date.parse('2026-10-01T00:00:00Z')),
      costing(2, Date.parse('2026-10-05T12:00:00Z') - 12 * HOUR),
      costing(4, start),
      costing(8, Date.parse('2026-09-30T23:59:59Z')),
    ])
    const verdict = await rules.verdict('budget', `${period} ${first} 1`, { amount_usd: 10, period, at: [1], timezone })
    expect(verdict).toMatchObject({ verdict: 'holds', values: { cost_usd: usd } })
  })

  it('counts the hour that clocks set back give a day', async () => {
    const rules = await openRuleHub({ env: { TIMEZONE: 'Europe/Berlin' } })
    rules.hub.clock.set(Date.parse('2026-10-25T22:30:00Z') - rules.now())
    await spend(rules, [costing(4, Date.parse('2026-10-24T22:00:00Z')), costing(4, Date.parse('2026-10-25T22:29:00Z'))])
    expect(await rules.verdict('budget', 'day 2026-10-25 80', daily)).toMatchObject({ verdict: 'holds', values: { cost_usd: 8 } })
    rules.hub.clock.pass(HOUR)
    expect(await rules.verdict('budget', 'day 2026-10-26 80', daily)).toMatchObject({ verdict: 'clear' })
  })

  it('is of a project, a machine or a model, where the filter says so', async () => {
    const rules = await openRuleHub()
    await spend(rules, [costing(6, rules.now(), { cwd: '/home/dev/shop' })], 'box')
    await spend(rules, [costing(6, rules.now(), { cwd: '/home/dev/blog', model: 'claude-sonnet-5' })], 'laptop')
    const of = (filter: object) => rules.holds('budget', { ...daily, at: [50, 100] }, filter)
    const half = (words: string) => [`The budget of 2026-10-06${words}, $10.00, is spent to 50% or more`]
    expect(await of({ project_id: ['shop'] })).toEqual(half(' for shop'))
    expect(await of({ project_id: ['/home/*/shop'] })).toEqual(half(' for shop'))
    expect(await of({ project_id: ['shop'], machine_id: ['laptop'] })).toEqual([])
    expect(await of({ machine_id: ['box'] })).toEqual(half(' on box'))
    expect(await of({ model: ['*opus*'] })).toEqual(half(' with *opus*'))
    // Written among the parameters, it is the same.
    expect(await rules.holds('budget', { ...daily, at: [50, 100], filter: { machine_id: ['box'] } })).toEqual(half(' on box'))
    const rule = openRule({ kind: 'budget', parameters: daily, filter: { project_id: ['shop'], machine_id: ['b*'] } })
    const [subject] = await rule.subjects(rules.source.at(rules.now()), rules.now())
    expect(subject!.about).toEqual({ project_id: 'shop' })
  })

  it('says that it is at least so much where calls have no price, and knows nothing where none has', async () => {
    const rules = await openRuleHub()
    await spend(rules, [costing(1, rules.now(), { model: 'a-model-of-tomorrow' })])
    expect(await rules.verdict('budget', 'day 2026-10-06 50', daily)).toMatchObject({ verdict: 'unknown' })
    await spend(rules, [costing(6, rules.now())])
    expect(await rules.verdict('budget', 'day 2026-10-06 50', daily)).toMatchObject({
      verdict: 'holds',
      values: { cost_usd: 6, at_least: true },
    })
    expect(await rules.verdict('budget', 'day 2026-10-06 80', daily)).toMatchObject({ verdict: 'clear' })
  })

  it('counts what is estimated, and says so', async () => {
    const rules = await openRuleHub()
    await spend(rules, [costing(4, rules.now()), costing(2, rules.now(), { source: 'estimate' })])
    expect(await rules.verdict('budget', 'day 2026-10-06 50', daily)).toMatchObject({
      verdict: 'holds',
      values: { cost_usd: 6, estimated_usd: 2 },
    })
  })

  it('is asked again after calls, also of the same instant', async () => {
    const rules = await openRuleHub()
    const rule = openRule({ kind: 'budget', parameters: daily })
    const event = { id: 1, at: '2026-10-06T09:12:00.000Z', data: {} }
    expect(
      ['usage.updated', 'data.deleted', 'session.status'].map((type) => rule.touchesAll({ ...event, event: type as 'usage.updated' })),
    ).toEqual([true, true, false])
    expect(await rules.holds('budget', daily)).toEqual([])
    await spend(rules, [costing(6, rules.now())])
    expect(await rules.holds('budget', daily)).toHaveLength(1)
  })
})

describe('cost_anomaly', () => {
  /** An hour that costs about two dollars at eight o'clock of each day before. */
  const usual = (days: number, usd = 2) =>
    Array.from({ length: days }, (_, index) =>
      costing(usd + (index % 3) * 0.1, Date.parse('2026-10-06T08:30:00Z') - (index + 1) * 24 * HOUR),
    )

  it.each([
    ['costs far more than usual', 28, 20, {}, 'holds'],
    ['costs as much as usual', 28, 2, { least_usd: 0 }, 'clear'],
    ['costs far more, which is little', 28, 20, { least_usd: 50 }, 'clear'],
    ['has eight days before it', 8, 20, {}, 'holds'],
    ['has six days before it', 6, 20, {}, 'unknown'],
  ])('of an hour that %s', async (_, days, usd, parameters, verdict) => {
    const rules = await openRuleHub()
    await spend(rules, [...usual(days), costing(usd, Date.parse('2026-10-06T08:40:00Z'))])
    expect(await rules.judge({ kind: 'cost_anomaly', parameters })).toMatchObject({ '2026-10-06T08:00:00.000Z': { verdict } })
  })

  it('says what is usual, and is gone when the hour is not the last one', async () => {
    const rules = await openRuleHub()
    await spend(rules, [...usual(28), costing(20, Date.parse('2026-10-06T08:40:00Z')), costing(90, Date.parse('2026-10-06T09:01:00Z'))])
    const key = '2026-10-06T08:00:00.000Z'
    expect(await rules.verdict('cost_anomaly', key)).toMatchObject({
      since: Date.parse('2026-10-06T09:00:00Z'),
      summary: 'An hour of usage cost $20.00; at this time of day $2.10 is usual',
      values: { cost_usd: 20, usual_usd: 2.1, days: 28 },
    })
    rules.hub.clock.pass(HOUR)
    expect(await rules.verdict('cost_anomaly', key)).toEqual({ verdict: 'gone' })
    expect(await rules.holds('cost_anomaly')).toHaveLength(1)
  })

  it('knows nothing without prices', async () => {
    const rules = await openRuleHub()
    await spend(rules, [costing(20, Date.parse('2026-10-06T08:40:00Z'), { model: 'a-model-of-tomorrow' })])
    expect(await rules.judge({ kind: 'cost_anomaly', parameters: {} })).toMatchObject({
      '2026-10-06T08:00:00.000Z': { verdict: 'unknown' },
    })
  })
})
