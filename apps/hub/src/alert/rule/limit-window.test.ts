import { describe, expect, it } from 'vitest'
import { openRuleHub, type RuleHub } from '../../../test/rule-hub.ts'
import { someSnapshot, someWindow } from '../../../test/snapshot.ts'
import type { Verdict } from './rule-kind.ts'
import { openRule } from './rule-list.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Body = Parameters<typeof someSnapshot>[1]

async function post({ fleet, now }: RuleHub, more: Body, at = now()): Promise<void> {
  await fleet.ok('POST', '/api/claude/console-usage', someSnapshot(at, { weeklyLimits: {}, ...more }))
}

const reset = (at: number) => String(at / 1_000)

describe('limit_over', () => {
  it.each([
    [79, {}, undefined],
    [80, {}, 'The 5-hour limit is used to 80% or more'],
    [99.5, {}, 'The 5-hour limit is used to 80% or more'],
    [100, {}, 'The 5-hour limit is used up'],
    [130, {}, 'The 5-hour limit is exceeded'],
    [130, { percent: 150 }, undefined],
    [151, { percent: 150 }, 'The 5-hour limit is exceeded'],
    [90, { window: 'session' }, 'The 5-hour limit is used to 80% or more'],
    [90, { window: 'weekly_all' }, undefined],
  ])('%f % with %j: %s', async (percent, parameters, summary) => {
    const rules = await openRuleHub()
    await post(rules, { currentSession: someWindow(percent, rules.now() + 2 * HOUR) })
    expect(await rules.holds('limit_over', parameters)).toEqual(summary === undefined ? [] : [summary])
  })

  it('is about each window of each account, from one reset to the next', async () => {
    const rules = await openRuleHub()
    const at = rules.now() - (rules.now() % HOUR) + 3 * HOUR
    const weeklyLimits = { allModels: someWindow(20, at + 70 * HOUR), fableOnly: someWindow(95, at + 70 * HOUR, { label: 'Fable only' }) }
    await post(rules, { account: 'ann@x.org', currentSession: someWindow(85, at), weeklyLimits })
    // Another source names the reset some seconds apart.
    await post(rules, { account: 'bob', machine_id: 'box', currentSession: someWindow(90, at + 29_000) })
    const verdicts = await rules.judge({ kind: 'limit_over', parameters: {} })
    const holds = Object.entries(verdicts).flatMap(([key, verdict]) => (verdict.verdict === 'holds' ? [[key, verdict.summary]] : []))
    expect(Object.fromEntries(holds)).toEqual({
      [`ann%40x.org/session/${reset(at)}`]: 'The 5-hour limit of ann@x.org is used to 80% or more',
      [`ann%40x.org/${encodeURIComponent('weekly_scoped:weekly limit · fable')}/${reset(at + 70 * HOUR)}`]:
        'The weekly limit · Fable of ann@x.org is used to 80% or more',
      [`bob/session/${reset(at)}`]: 'The 5-hour limit of bob is used to 80% or more',
    })
    const [subject] = await openRule({ kind: 'limit_over', parameters: {} }).subjects(rules.source.at(rules.now()), rules.now())
    expect(subject!.about).toEqual({ account: 'ann@x.org' })
  })

  it('is unknown without a fresh snapshot, and clear once the window has ended', async () => {
    const rules = await openRuleHub()
    const at = rules.now() - (rules.now() % HOUR) + 2 * HOUR
    await post(rules, { currentSession: someWindow(90, at) })
    const key = `/session/${reset(at)}`
    const states: Verdict['verdict'][] = []
    for (const ms of [0, 15 * MINUTE, 1, at - rules.now() - 15 * MINUTE - 1, 0]) {
      rules.hub.clock.pass(ms)
      states.push((await rules.verdict('limit_over', key)).verdict)
    }
    expect(states).toEqual(['holds', 'holds', 'unknown', 'clear', 'clear'])
    await post(rules, { currentSession: someWindow(3, at + 5 * HOUR) })
    expect((await rules.verdict('limit_over', key)).verdict).toBe('clear')
    expect((await rules.verdict('limit_over', `/session/${reset(at + 5 * HOUR)}`)).verdict).toBe('clear')
  })

  it('of a window that the limits do not have it knows nothing before its reset; of an account that is not in use it is gone', async () => {
    const rules = await openRuleHub()
    await post(rules, { account: 'ann', currentSession: someWindow(10, rules.now() + HOUR) })
    expect((await rules.verdict('limit_over', `ann/weekly_all/${reset(rules.now() + HOUR)}`)).verdict).toBe('unknown')
    expect((await rules.verdict('limit_over', `ann/session/${reset(rules.now() + 4 * HOUR)}`)).verdict).toBe('clear')
    expect((await rules.verdict('limit_over', `bob/session/${reset(rules.now() + HOUR)}`)).verdict).toBe('gone')
  })

  it('holds nothing of a window that begins with the next message', async () => {
    const rules = await openRuleHub()
    await post(rules, { currentSession: someWindow(90) })
    expect(await rules.judge({ kind: 'limit_over', parameters: {} })).toEqual({ '/session/-': { verdict: 'clear' } })
  })

  it('is judged after a snapshot', () => {
    const rule = openRule({ kind: 'limit_over', parameters: {} })
    const event = { id: 1, at: '2026-10-06T09:12:00.000Z', data: {} }
    expect([rule.touchesAll({ ...event, event: 'limits.snapshot' }), rule.touchesAll({ ...event, event: 'usage.updated' })]).toEqual([
      true,
      false,
    ])
  })
})

describe('limit_runs_out', () => {
  /** Values of the last hour, one every ten minutes, that end now. */
  async function rise(rules: RuleHub, percents: readonly number[], resetsAt: number): Promise<void> {
    const begin = rules.now() - (percents.length - 1) * 10 * MINUTE
    for (const [index, percent] of percents.entries()) {
      await post(rules, { currentSession: someWindow(percent, resetsAt) }, begin + index * 10 * MINUTE)
    }
  }

  it.each<[string, number[], number, object, Verdict['verdict']]>([
    ['rises by 60% an hour, and 2 h are left', [20, 30, 40, 50, 60, 70], 2 * HOUR, {}, 'holds'],
    ['is full 20 min before its reset', [20, 30, 40, 50, 60, 70], 50 * MINUTE, {}, 'clear'],
    [
      'is full 20 min before its reset, and that is worth an alert',
      [20, 30, 40, 50, 60, 70],
      50 * MINUTE,
      { least_ms: 10 * MINUTE },
      'holds',
    ],
    ['rises slowly', [20, 21, 21, 22, 22, 23], 2 * HOUR, {}, 'clear'],
    ['has been full', [90, 95, 100, 100], 2 * HOUR, {}, 'holds'],
    ['is over 100%', [99, 104, 110, 120], 2 * HOUR, {}, 'holds'],
    ['has one value', [70], 2 * HOUR, {}, 'unknown'],
    ['is of another window', [20, 30, 40, 50, 60, 70], 2 * HOUR, { window: 'weekly_all' }, 'clear'],
  ])('of a window that %s', async (_, percents, left, parameters, verdict) => {
    const rules = await openRuleHub()
    // Resets are on the hour or near it; a key of whole ten minutes is enough.
    const resetsAt = Math.round((rules.now() + left) / (10 * MINUTE)) * 10 * MINUTE
    await rise(rules, percents, resetsAt)
    expect((await rules.verdict('limit_runs_out', `/session/${reset(resetsAt)}`, parameters)).verdict).toBe(verdict)
  })

  it('says when, and is unknown when the newest value is old', async () => {
    const rules = await openRuleHub()
    const resetsAt = Math.round((rules.now() + 3 * HOUR) / (10 * MINUTE)) * 10 * MINUTE
    await rise(rules, [20, 30, 40, 50, 60, 70], resetsAt)
    expect(await rules.verdict('limit_runs_out', `/session/${reset(resetsAt)}`)).toMatchObject({
      summary: 'The 5-hour limit runs out before its reset at the recent pace',
      values: { percent: 70, reached_at: new Date(rules.now() + 30 * MINUTE).toISOString(), resets_at: new Date(resetsAt).toISOString() },
    })
    rules.hub.clock.pass(15 * MINUTE + 1)
    expect((await rules.verdict('limit_runs_out', `/session/${reset(resetsAt)}`)).verdict).toBe('unknown')
  })
})

describe('limit_reset', () => {
  it('is an event of a window that was used so far, the same before and after the next snapshot', async () => {
    const rules = await openRuleHub()
    const at = rules.now() - (rules.now() % HOUR) + HOUR
    await post(rules, { currentSession: someWindow(85, at) })
    expect(await rules.judge({ kind: 'limit_reset', parameters: {} })).toEqual({})
    rules.hub.clock.pass(at - rules.now())
    const due = await rules.judge({ kind: 'limit_reset', parameters: {} })
    expect(due).toEqual({
      [`/session/${reset(at)}`]: {
        verdict: 'holds',
        since: at,
        severity: 'info',
        summary: 'The 5-hour limit was reset',
        values: { limit: '5-hour limit', percent_before: 85, reset_at: new Date(at).toISOString() },
        closes_itself: true,
      },
    })
    rules.hub.clock.pass(5 * MINUTE)
    await post(rules, { currentSession: someWindow(2, at + 5 * HOUR) })
    expect(await rules.judge({ kind: 'limit_reset', parameters: {} })).toEqual(due)
    expect(await rules.holds('limit_reset', { percent: 90 })).toEqual([])
    expect(await rules.holds('limit_reset', { window: 'weekly_all' })).toEqual([])
    rules.hub.clock.pass(HOUR)
    expect(await rules.judge({ kind: 'limit_reset', parameters: {} })).toEqual({})
  })

  it('notices a reset that came before it was due', async () => {
    const rules = await openRuleHub()
    await post(rules, { currentSession: someWindow(90, rules.now() + 3 * HOUR) })
    rules.hub.clock.pass(MINUTE)
    await post(rules, { currentSession: someWindow(1, rules.now() + 5 * HOUR) })
    expect(await rules.holds('limit_reset')).toEqual(['The 5-hour limit was reset'])
  })
})

describe('snapshot_stale', () => {
  it('holds for an account whose newest snapshot is old', async () => {
    const rules = await openRuleHub()
    expect(await rules.judge({ kind: 'snapshot_stale', parameters: {} })).toEqual({})
    await post(rules, { account: 'ann', currentSession: someWindow(10, rules.now() + HOUR) })
    const at = rules.now() + 30 * MINUTE
    expect(await rules.judge({ kind: 'snapshot_stale', parameters: {} })).toEqual({ ann: { verdict: 'clear', next_at: at } })
    rules.hub.clock.pass(40 * MINUTE)
    expect(await rules.verdict('snapshot_stale', 'ann')).toMatchObject({
      verdict: 'holds',
      since: at,
      summary: 'The plan limits have not been read for more than 30 min',
    })
    await rules.fleet.session({ heartbeat_interval_ms: 5_000 })
    await rules.hub.monitor.check()
    rules.hub.clock.pass(MINUTE)
    await rules.hub.monitor.check()
    expect((await rules.verdict('snapshot_stale', 'ann')).verdict).toBe('unknown')
  })
})
