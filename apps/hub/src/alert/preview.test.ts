import type { Call } from '@signalbox/contract/call'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openRuleHub, type RuleHub } from '../../test/rule-hub.ts'
import { someSnapshot, someWindow } from '../../test/snapshot.ts'
import { previewRule, type RulePreview, shownPreview } from './preview.ts'
import type { RuleToJudge } from './rule/rule-list.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function preview(rules: RuleHub, kind: RuleToJudge['kind'], parameters: object = {}, more: object = {}): Promise<RulePreview> {
  const rule = { kind, parameters: { ...parameters }, for_ms: 0, clear_ms: 0, ...more }
  return previewRule(rule, { source: rules.source, store: rules.hub.store, currentLimits: rules.currentLimits }, rules.now())
}

const times = ({ past }: RulePreview) => past.map(({ opened_at, closed_at }) => [opened_at, closed_at])

describe('the past of sessions', () => {
  it('has each wait that was long enough, also one that no event ended in time', async () => {
    const rules = await openRuleHub()
    const begin = rules.now()
    const { session_id } = await rules.fleet.session({ heartbeat_interval_ms: 600_000, activity: 'waiting', waiting_for: 'input' })
    rules.hub.clock.pass(15 * MINUTE)
    await rules.fleet.heartbeat(session_id, { activity: 'working' })
    rules.hub.clock.pass(MINUTE)
    await rules.fleet.heartbeat(session_id, { activity: 'waiting', waiting_for: 'permission' })
    rules.hub.clock.pass(5 * MINUTE)
    await rules.fleet.heartbeat(session_id, { activity: 'working' })
    rules.hub.clock.pass(MINUTE)
    await rules.fleet.heartbeat(session_id, { activity: 'waiting', waiting_for: 'permission' })
    const third = rules.now()
    rules.hub.clock.pass(12 * MINUTE)
    const found = await preview(rules, 'session_waiting')
    expect(times(found)).toEqual([
      [third + 10 * MINUTE, undefined],
      [begin + 10 * MINUTE, begin + 15 * MINUTE],
    ])
    expect(found).toMatchObject({ now_count: 1, unknown: 0, past_count: 2, since: begin })
    expect(found.now).toMatchObject([
      { subject: session_id, since: third + 10 * MINUTE, summary: expect.stringContaining('for permission') },
    ])
    expect(times(await preview(rules, 'session_waiting', { for: 'input' }))).toEqual([[begin + 10 * MINUTE, begin + 15 * MINUTE]])
    expect(times(await preview(rules, 'session_waiting', { after_ms: 0 }, { for_ms: 13 * MINUTE }))).toEqual([
      [begin + 13 * MINUTE, begin + 15 * MINUTE],
    ])
    expect(await preview(rules, 'session_waiting', {}, { filter: { project_id: ['other'] } })).toMatchObject({
      now_count: 0,
      past_count: 0,
    })
  })

  it('has failures, stalls and tasks, with their times and reasons', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ heartbeat_interval_ms: 5_000 })
    const { task_id } = await rules.fleet.task(session_id)
    await rules.fleet.ok('POST', `/tasks/${task_id}/block`, { reason: 'a review' })
    const due = rules.now() + 15_000
    await rules.fleet.passTime(20_000)
    await rules.fleet.heartbeat(session_id)
    const back = rules.now()
    rules.hub.clock.pass(SECOND)
    await rules.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
    const failedAt = rules.now()
    rules.hub.clock.pass(SECOND)
    await rules.fleet.ok('POST', `/sessions/${session_id}/recover`, {})
    const recoveredAt = rules.now()
    expect(times(await preview(rules, 'session_stalled'))).toEqual([[due, back]])
    const failed = await preview(rules, 'session_failed')
    expect(times(failed)).toEqual([[failedAt, recoveredAt]])
    expect(failed.past[0]!.summary).toContain('has failed: out of memory')
    expect(shownPreview(failed)).toMatchObject({
      past: [{ opened_at: new Date(failedAt).toISOString(), closed_at: new Date(recoveredAt).toISOString() }],
      past_count: 1,
      now: [],
      since: expect.stringMatching(/Z$/),
    })
    // The task is as blocked as before when its session goes on.
    expect(times(await preview(rules, 'task_blocked'))).toEqual([
      [recoveredAt, undefined],
      [due - 15_000, failedAt],
    ])
    await rules.fleet.ok('POST', `/tasks/${task_id}/fail`, { error_message: 'e' })
    expect(times(await preview(rules, 'task_failed'))).toEqual([[recoveredAt, undefined]])
  })

  it('looks back seven days, and says when the log begins later', async () => {
    const rules = await openRuleHub()
    const first = await rules.fleet.session()
    await rules.fleet.ok('POST', `/sessions/${first.session_id}/mark-failed`, { reason: 'r' })
    expect(await preview(rules, 'session_failed')).toMatchObject({ past_count: 1, since: rules.now() })
    rules.hub.clock.pass(8 * DAY)
    expect(await preview(rules, 'session_failed')).toMatchObject({ past_count: 0, since: rules.now() - 7 * DAY })
  })

  it('opens nothing from what is missing while the monitor was paused', async () => {
    const rules = await openRuleHub()
    await rules.fleet.session({ heartbeat_interval_ms: 5_000, activity: 'waiting', waiting_for: 'input' })
    rules.hub.clock.pass(20 * MINUTE)
    await rules.hub.monitor.check()
    expect(times(await preview(rules, 'hub_paused'))).toEqual([[rules.now(), undefined]])
    expect(await preview(rules, 'session_waiting')).toMatchObject({ now_count: 0, unknown: 1 })
  })
})

it('has what machines, slots and sources did', async () => {
  const rules = await openRuleHub()
  await rules.fleet.machine('box', [1])
  await rules.collector('box', { sources: [{ name: 'console', state: 'ok' }] })
  rules.hub.clock.pass(10 * SECOND)
  const begin = rules.now()
  await rules.fleet.session({ machine_id: 'box', docker_slot: 1 })
  await rules.collector('box', { sources: [{ name: 'console', state: 'failing' }] })
  rules.hub.clock.pass(40 * SECOND)
  await rules.collector('box', { sources: [{ name: 'console', state: 'needs_login' }] })
  const login = rules.now()
  rules.hub.clock.pass(10 * SECOND)
  await rules.fleet.ok('PUT', '/machines/box', { docker_slots: [1, 2] })
  const free = rules.now()
  expect(times(await preview(rules, 'no_free_slot', { after_ms: 30 * SECOND }))).toEqual([[begin + 30 * SECOND, free]])
  expect(times(await preview(rules, 'source_failing', { after_ms: 30 * SECOND }))).toEqual([[begin + 30 * SECOND, login]])
  expect(times(await preview(rules, 'needs_login'))).toEqual([[login, undefined]])
  await rules.fleet.passTime(2 * MINUTE, SECOND)
  const offline = await rules.verdict('machine_offline', 'box')
  expect(times(await preview(rules, 'machine_offline'))).toEqual([[offline.verdict === 'holds' ? offline.since : undefined, undefined]])
})

describe('the past of plan limits', () => {
  const values = [
    [60, 70],
    [50, 85],
    [40, 90],
    [10, 20],
  ] as const

  async function postValues(rules: RuleHub): Promise<number> {
    const resetsAt = rules.now() - 20 * MINUTE
    for (const [minutes, percent] of values) {
      const at = rules.now() - minutes * MINUTE
      const window = someWindow(percent, minutes > 20 ? resetsAt : resetsAt + 5 * HOUR)
      await rules.fleet.ok('POST', '/api/claude/console-usage', someSnapshot(at, { currentSession: window, weeklyLimits: {} }))
    }
    return resetsAt
  }

  it('has a limit that was over its share, until its reset', async () => {
    const rules = await openRuleHub()
    const resetsAt = await postValues(rules)
    const found = await preview(rules, 'limit_over')
    expect(times(found)).toEqual([[rules.now() - 50 * MINUTE, resetsAt]])
    expect(found).toMatchObject({ now_count: 0, since: rules.now() - 7 * DAY })
    expect(times(await preview(rules, 'limit_over', { percent: 95 }))).toEqual([])
    expect(times(await preview(rules, 'limit_reset'))).toEqual([[resetsAt, resetsAt]])
  })

  it('has a limit that would have run out', async () => {
    const rules = await openRuleHub()
    const resetsAt = rules.now() + 2 * HOUR
    for (let minutes = 60; minutes >= 0; minutes -= 10) {
      const window = someWindow(80 - minutes, resetsAt)
      const snapshot = someSnapshot(rules.now() - minutes * MINUTE, { currentSession: window, weeklyLimits: {} })
      await rules.fleet.ok('POST', '/api/claude/console-usage', snapshot)
    }
    const found = await preview(rules, 'limit_runs_out')
    expect(found).toMatchObject({ now_count: 1, past_count: 1 })
    expect(found.past[0]!.opened_at).toBeLessThan(rules.now())
  })

  it('has the times in which no snapshot came', async () => {
    const rules = await openRuleHub()
    const last = rules.now() - 10 * MINUTE
    await postValues(rules)
    expect(times(await preview(rules, 'snapshot_stale', { after_ms: 20 * MINUTE }))).toEqual([[last - 10 * MINUTE, last]])
  })
})

describe('the past of usage', () => {
  /** A million output tokens of this model cost 25 dollars. */
  const costing = (usd: number, at: number, change: Partial<Call> = {}) =>
    someCall({
      at: new Date(at).toISOString(),
      model: 'claude-opus-5',
      input: 0,
      output: Math.round(usd * 40_000),
      write_1h: 0,
      read: 0,
      ...change,
    })

  it('has the days on which a budget was reached', async () => {
    const rules = await openRuleHub()
    const yesterday = Date.parse('2026-10-05T12:00:00Z')
    await rules.hub.store.usage.ingest('box', [costing(6, yesterday), costing(6, yesterday + HOUR), costing(6, rules.now())], {
      now: rules.now(),
    })
    const found = await preview(rules, 'budget', { amount_usd: 10, period: 'day', at: [50, 100] })
    expect(times(found)).toEqual([
      [rules.now(), undefined],
      [yesterday + HOUR, Date.parse('2026-10-06T00:00:00Z')],
      [yesterday, Date.parse('2026-10-06T00:00:00Z')],
    ])
    expect(found.now_count).toBe(1)
  })

  it('has unusual hours', async () => {
    const rules = await openRuleHub()
    const hour = Date.parse('2026-10-04T08:30:00Z')
    const usual = Array.from({ length: 20 }, (_, day) => costing(2, hour - (day + 1) * DAY))
    await rules.hub.store.usage.ingest('box', [...usual, costing(30, hour)], { now: rules.now() })
    const found = await preview(rules, 'cost_anomaly')
    expect(times(found)).toEqual([[hour + 30 * MINUTE, hour + 90 * MINUTE]])
    expect(found.past[0]!.summary).toBe('An hour of usage cost $30.00; at this time of day $2.00 is usual')
    expect(await preview(rules, 'cost_anomaly', {}, { filter: { machine_id: ['laptop'] } })).toMatchObject({ past_count: 0 })
  })
})

it.each([['collector_silent'], ['hub_unhealthy'], ['channel_broken']] as const)('of %s it says that the past is not kept', async (kind) => {
  const rules = await openRuleHub()
  const found = await preview(rules, kind)
  expect([found.past, found.past_unknown]).toEqual([[], expect.stringContaining('not kept')])
})
