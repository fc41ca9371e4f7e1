import { randomUUID } from 'node:crypto'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { HubEvent } from '@signalbox/contract/event'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { describe, expect, it } from 'vitest'
import { openRuleHub, type RuleHub } from '../../../test/rule-hub.ts'
import { openRule } from './rule-list.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Observes a session of Claude Code on `box`. */
async function observe({ hub, fleet }: RuleHub, session_id: string, more: Partial<SessionObservation>): Promise<void> {
  const observation = {
    observation_id: randomUUID(),
    session_id,
    source: 'hook',
    at: new Date(hub.clock.now()).toISOString(),
    project_id: '/home/dev/shop',
    alive: true,
    ...more,
  }
  const { accepted } = await fleet.ok<{ accepted: number }>('POST', '/sessions/observations', {
    machine_id: 'box',
    observations: [observation],
  })
  expect(accepted).toBe(1)
}

/** Keeps a session alive for a time. */
async function keepAlive({ fleet }: RuleHub, id: string, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += MINUTE) {
    await fleet.passTime(Math.min(MINUTE, ms - at), MINUTE)
    await fleet.heartbeat(id)
  }
}

describe('session_failed', () => {
  it('holds from the failure until the session is recovered', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ project_id: '/home/dev/shop', machine_id: 'box' })
    expect(await rules.holds('session_failed')).toEqual([])
    await rules.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of\nmemory' })
    const failedAt = rules.now()
    rules.hub.clock.pass(MINUTE)
    const summary = `Session ${session_id.slice(0, 8)} in shop on box has failed: out of memory`
    expect(await rules.verdict('session_failed', session_id)).toEqual({
      verdict: 'holds',
      since: failedAt,
      severity: 'warning',
      summary,
      values: { reason: 'out of memory' },
    })
    expect(await rules.holds('session_failed')).toEqual([summary])
    await rules.fleet.ok('POST', `/sessions/${session_id}/recover`, {})
    expect(await rules.verdict('session_failed', session_id)).toEqual({ verdict: 'clear' })
  })

  it.each([
    [['out of*'], 'holds'],
    [['process ended', 'OUT OF MEMORY'], 'holds'],
    [['stalled for *'], 'clear'],
  ])('with the reasons %j it %s', async (reasons, verdict) => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session()
    await rules.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
    expect((await rules.verdict('session_failed', session_id, { reasons })).verdict).toBe(verdict)
  })

  it('is no news any more when it was archived, was long ago, or was purged', async () => {
    const rules = await openRuleHub()
    const [archived, old] = [await rules.fleet.session(), await rules.fleet.session()]
    for (const { session_id } of [archived, old]) await rules.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
    await rules.fleet.ok('POST', `/sessions/${archived.session_id}/archive`, {})
    expect((await rules.verdict('session_failed', archived.session_id)).verdict).toBe('gone')
    expect((await rules.verdict('session_failed', old.session_id)).verdict).toBe('holds')
    rules.hub.clock.pass(3 * DAY + 1)
    expect((await rules.verdict('session_failed', old.session_id)).verdict).toBe('gone')
    expect(await rules.holds('session_failed')).toEqual([])
    expect((await rules.verdict('session_failed', randomUUID())).verdict).toBe('gone')
  })
})

describe('session_stalled', () => {
  it('holds from the moment at which the heartbeat was due, and is over with the next one', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ heartbeat_interval_ms: 5_000 })
    const due = rules.now() + 15_000
    await rules.fleet.passTime(20_000)
    expect(await rules.verdict('session_stalled', session_id)).toMatchObject({ verdict: 'holds', since: due })
    await rules.fleet.heartbeat(session_id)
    expect(await rules.verdict('session_stalled', session_id)).toEqual({ verdict: 'clear' })
  })

  it('is unknown while the monitor is paused', async () => {
    const rules = await openRuleHub()
    const [stalled, other] = [await rules.fleet.session({ heartbeat_interval_ms: 5_000 }), await rules.fleet.session()]
    await rules.fleet.passTime(20_000)
    // The hub stood still: heartbeats may be missing.
    rules.hub.clock.pass(10 * MINUTE)
    await rules.hub.monitor.check()
    const until = rules.now() + 10 * MINUTE
    const unknown = { verdict: 'unknown', reason: 'The monitor is paused', next_at: until + 2 * SECOND }
    expect(await rules.verdict('session_stalled', stalled.session_id)).toEqual(unknown)
    expect(await rules.verdict('session_stalled', other.session_id)).toMatchObject({ verdict: 'clear' })
    expect(await rules.holds('hub_paused')).toEqual(['Monitoring is paused: The hub stood still for 600 s'])
  })

  it('closes without a word when the session ends, and is unknown when nothing sees it', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ heartbeat_interval_ms: 5_000 })
    await rules.fleet.passTime(20_000)
    await rules.fleet.ok('PUT', `/sessions/${session_id}`, { status: 'completed' })
    expect((await rules.verdict('session_stalled', session_id)).verdict).toBe('gone')
    const observed = randomUUID()
    await observe(rules, observed, { activity: 'working' })
    await rules.fleet.passTime(10 * MINUTE, 4 * SECOND)
    expect((await rules.verdict('session_stalled', observed)).verdict).toBe('unknown')
  })
})

describe('session_waiting', () => {
  it.each([
    ['permission', 'any', 'permission'],
    ['permission', 'permission', 'permission'],
    ['permission', 'input', undefined],
    ['input', 'input', 'input'],
    ['other', 'any', 'a person'],
    ['other', 'input', undefined],
  ])('a session that waits for %s, and a rule for %s', async (waiting_for, wanted, shown) => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ project_id: 'p', machine_id: 'm', activity: 'waiting', waiting_for })
    await keepAlive(rules, session_id, 10 * MINUTE)
    const summary = `Session ${session_id.slice(0, 8)} in p on m is waiting for ${shown}, for more than 10 min`
    expect(await rules.holds('session_waiting', { for: wanted })).toEqual(shown === undefined ? [] : [summary])
  })

  it('says when it will hold, and holds since then', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ activity: 'waiting', waiting_for: 'input' })
    const at = rules.now() + 10 * MINUTE
    await keepAlive(rules, session_id, 9 * MINUTE)
    expect(await rules.verdict('session_waiting', session_id)).toEqual({ verdict: 'clear', next_at: at })
    await keepAlive(rules, session_id, 2 * MINUTE)
    expect(await rules.verdict('session_waiting', session_id)).toMatchObject({ verdict: 'holds', since: at })
    await rules.fleet.heartbeat(session_id, { activity: 'working' })
    expect(await rules.verdict('session_waiting', session_id)).toEqual({ verdict: 'clear' })
  })

  it('takes the activity that hooks observe, with the name and the model of the session', async () => {
    const rules = await openRuleHub()
    const id = randomUUID()
    await observe(rules, id, { fields: { name: 'fix-login', model: 'claude-opus-5-5' } })
    await observe(rules, id, { activity: 'waiting', waiting_for: 'permission' })
    const summary = 'Session fix-login in shop on box is waiting for permission'
    expect(await rules.holds('session_waiting', { after_ms: 0 })).toEqual([summary])
    expect(await rules.holds('session_waiting', { after_ms: 0 }, { model: ['*opus*'], project_id: ['*/shop'] })).toEqual([summary])
    expect(await rules.holds('session_waiting', { after_ms: 0 }, { model: ['*haiku*'] })).toEqual([])
    expect((await rules.verdict('session_waiting', id, { after_ms: 0 }, { machine_id: ['laptop'] })).verdict).toBe('gone')
    await observe(rules, id, { activity: 'working' })
    expect((await rules.verdict('session_waiting', id, { after_ms: 0 })).verdict).toBe('clear')
  })

  it.each<[string, (rules: RuleHub, id: string) => Promise<unknown>, string]>([
    ['is stalled', ({ fleet }) => fleet.passTime(6 * MINUTE, 4 * SECOND), 'unknown'],
    ['has ended', ({ fleet }, id) => fleet.ok('PUT', `/sessions/${id}`, { status: 'completed' }), 'gone'],
    [
      'may have changed while the hub stood still',
      async ({ hub }) => {
        hub.clock.pass(10 * MINUTE)
        await hub.monitor.check()
      },
      'unknown',
    ],
  ])('of a session that %s nothing is opened', async (_, change, verdict) => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ activity: 'waiting', waiting_for: 'input' })
    await change(rules, session_id)
    expect((await rules.verdict('session_waiting', session_id, { after_ms: 0 })).verdict).toBe(verdict)
  })

  it('is unknown once nothing sees an observed session', async () => {
    const rules = await openRuleHub()
    const id = randomUUID()
    await observe(rules, id, { activity: 'waiting', waiting_for: 'input' })
    await rules.fleet.passTime(10 * MINUTE, 4 * SECOND)
    expect(await rules.verdict('session_waiting', id)).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining('in contact') })
  })
})

describe('session_idle', () => {
  it('holds for an idle session after a time', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ activity: 'idle' })
    const at = rules.now() + 5 * MINUTE
    expect(await rules.verdict('session_idle', session_id, { after_ms: 5 * MINUTE })).toEqual({ verdict: 'clear', next_at: at })
    await keepAlive(rules, session_id, 5 * MINUTE)
    expect(await rules.verdict('session_idle', session_id, { after_ms: 5 * MINUTE })).toMatchObject({
      verdict: 'holds',
      since: at,
      severity: 'info',
    })
    await rules.fleet.heartbeat(session_id, { activity: 'working' })
    expect(await rules.verdict('session_idle', session_id)).toEqual({ verdict: 'clear' })
  })

  it('counts from the time that an observed session has been idle', async () => {
    const rules = await openRuleHub()
    const id = randomUUID()
    await observe(rules, id, { activity: 'idle' })
    const since = rules.now()
    rules.hub.clock.pass(10 * SECOND)
    await observe(rules, id, { fields: { name: 'renamed' } })
    expect(await rules.verdict('session_idle', id, { after_ms: SECOND })).toMatchObject({ verdict: 'holds', since: since + SECOND })
  })
})

it.each<[AlertRuleKind]>([['session_failed'], ['session_stalled'], ['session_waiting'], ['session_idle']])(
  '%s is touched by the events of a session, and not by its heartbeats',
  async (kind) => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session()
    const rule = openRule({ kind, parameters: {} })
    const [created] = await rules.hub.store.events.latest({ types: ['session.created'], limit: 1 })
    const about = { session_id, project_id: 'p', machine_id: 'm' }
    expect(rule.touched(created!)).toEqual([{ key: session_id, about }])
    expect(rule.touched({ ...created!, event: 'session.heartbeat' })).toEqual([])
    expect(rule.touched({ ...created!, event: 'usage.updated', data: {} } satisfies HubEvent)).toEqual([])
    expect(await rule.subjects(rules.source.at(rules.now()), rules.now())).toEqual([{ key: session_id, about }])
  },
)
