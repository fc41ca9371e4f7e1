import { describe, expect, it } from 'vitest'
import { openRuleHub } from '../../../test/rule-hub.ts'
import { openRule } from './rule-list.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('machine_offline', () => {
  it('holds from the moment at which its heartbeat was due, and is over when it is back', async () => {
    const rules = await openRuleHub()
    await rules.collector('box')
    const due = rules.now() + 45_000
    await rules.fleet.passTime(MINUTE)
    expect(await rules.verdict('machine_offline', 'box')).toMatchObject({
      verdict: 'holds',
      since: due,
      severity: 'critical',
      summary: 'The machine box is offline',
    })
    expect(await rules.verdict('machine_offline', 'box', { after_ms: HOUR })).toEqual({ verdict: 'clear', next_at: due + HOUR })
    await rules.collector('box')
    expect(await rules.verdict('machine_offline', 'box')).toEqual({ verdict: 'clear' })
  })

  it('is unknown while the monitor is paused, and not about maintenance, other machines, or those long gone', async () => {
    const rules = await openRuleHub()
    for (const machine of ['box', 'laptop']) await rules.fleet.machine(machine)
    await rules.fleet.ok('DELETE', '/machines/box')
    await rules.fleet.ok('PUT', '/machines/laptop', { status: 'maintenance' })
    expect(await rules.holds('machine_offline')).toEqual(['The machine box is offline'])
    expect(await rules.holds('machine_offline', {}, { machine_id: ['lap*'] })).toEqual([])
    await rules.fleet.session({ heartbeat_interval_ms: 5_000 })
    rules.hub.clock.pass(10 * MINUTE)
    await rules.hub.monitor.check()
    expect(await rules.verdict('machine_offline', 'box')).toMatchObject({ verdict: 'unknown', reason: 'The monitor is paused' })
    rules.hub.clock.pass(7 * DAY)
    expect(await rules.verdict('machine_offline', 'box')).toEqual({ verdict: 'gone' })
    expect(await rules.verdict('machine_offline', 'never seen')).toEqual({ verdict: 'gone' })
  })

  it('is touched by the events of machines', async () => {
    const rules = await openRuleHub()
    await rules.fleet.machine('box')
    const [event] = await rules.hub.store.events.latest({ types: ['machine.created'], limit: 1 })
    expect(openRule({ kind: 'machine_offline', parameters: {} }).touched(event!)).toEqual([{ key: 'box', about: { machine_id: 'box' } }])
  })
})

describe('collector_silent', () => {
  it('holds when the last contact is too long ago, up to seven days', async () => {
    const rules = await openRuleHub()
    await rules.collector('box')
    const at = rules.now() + 10 * MINUTE
    expect(await rules.judge({ kind: 'collector_silent', parameters: {} })).toEqual({ box: { verdict: 'clear', next_at: at } })
    await rules.fleet.passTime(11 * MINUTE, 4_000)
    expect(await rules.verdict('collector_silent', 'box')).toMatchObject({
      verdict: 'holds',
      since: at,
      summary: 'The collector on box has not reported for more than 10 min',
    })
    expect(await rules.holds('collector_silent', {}, { machine_id: ['laptop'] })).toEqual([])
    rules.hub.clock.pass(7 * DAY)
    expect(await rules.verdict('collector_silent', 'box')).toEqual({ verdict: 'gone' })
  })

  it('is not about a collector that said it stops, and not about machines without one', async () => {
    const rules = await openRuleHub()
    await rules.fleet.machine('bare')
    await rules.collector('box', { state: 'stopped' })
    await rules.fleet.passTime(HOUR, 4_000)
    expect(await rules.judge({ kind: 'collector_silent', parameters: {} })).toEqual({ box: { verdict: 'clear' } })
  })

  it('takes a poll as contact, and is unknown while the monitor is paused', async () => {
    const rules = await openRuleHub()
    await rules.fleet.ok('POST', '/api/claude/console-usage/collector', {
      machine_id: 'script',
      collector: { state: 'ok', consecutiveFailures: 0 },
      waitMs: 0,
    })
    await rules.fleet.session({ heartbeat_interval_ms: 5_000 })
    expect((await rules.verdict('collector_silent', 'script')).verdict).toBe('clear')
    rules.hub.clock.pass(20 * MINUTE)
    await rules.hub.monitor.check()
    expect((await rules.verdict('collector_silent', 'script')).verdict).toBe('unknown')
  })
})

describe('no_free_slot', () => {
  it('holds since the last slot was taken', async () => {
    const rules = await openRuleHub()
    await rules.fleet.machine('box', [1])
    await rules.fleet.machine('laptop', [1])
    await rules.fleet.session({ machine_id: 'box', docker_slot: 1 })
    expect(await rules.judge({ kind: 'no_free_slot', parameters: {} })).toEqual({ all: { verdict: 'clear' } })
    const early = await rules.fleet.session({ machine_id: 'laptop' })
    rules.hub.clock.pass(MINUTE)
    // Created before, and given its slot now.
    await rules.fleet.ok('POST', '/machines/laptop/assign-session', { session_id: early.session_id })
    const at = rules.now() + 30 * MINUTE
    expect(await rules.verdict('no_free_slot', 'all')).toEqual({ verdict: 'clear', next_at: at })
    expect(await rules.verdict('no_free_slot', 'all', { after_ms: 0 })).toMatchObject({
      verdict: 'holds',
      since: rules.now(),
      summary: 'No slot has been free',
      values: { slots: 2 },
    })
    expect(await rules.holds('no_free_slot', { of: 'machine', after_ms: 0 })).toEqual([
      'No slot has been free on box',
      'No slot has been free on laptop',
    ])
    expect(await rules.holds('no_free_slot', { of: 'machine', after_ms: 0 }, { machine_id: ['box'] })).toEqual([
      'No slot has been free on box',
    ])
    await rules.fleet.ok('PUT', '/machines/box', { docker_slots: [1, 2] })
    expect(await rules.verdict('no_free_slot', 'all', { after_ms: 0 })).toEqual({ verdict: 'clear' })
    await rules.fleet.ok('PUT', `/sessions/${early.session_id}`, { status: 'completed' })
    expect(await rules.holds('no_free_slot', { of: 'machine', after_ms: 0 })).toEqual([])
  })

  it('is about no machine without slots, and none that is offline', async () => {
    const rules = await openRuleHub()
    await rules.fleet.machine('bare')
    await rules.fleet.machine('off', [1])
    await rules.fleet.ok('DELETE', '/machines/off')
    expect(await rules.judge({ kind: 'no_free_slot', parameters: {} })).toEqual({})
    expect(await rules.verdict('no_free_slot', 'all')).toEqual({ verdict: 'gone' })
  })
})
