import { describe, expect, it } from 'vitest'
import { openRuleHub } from '../../../test/rule-hub.ts'
import type { ChannelFacts, HubHealth } from '../facts.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

describe('hub_paused', () => {
  it('holds from the start of a grace period to its end', async () => {
    const rules = await openRuleHub()
    await rules.fleet.session({ heartbeat_interval_ms: 5_000 })
    expect(await rules.judge({ kind: 'hub_paused', parameters: {} })).toEqual({ hub: { verdict: 'clear' } })
    rules.hub.clock.pass(5 * MINUTE)
    await rules.hub.monitor.check()
    const since = rules.now()
    expect(await rules.verdict('hub_paused', 'hub')).toMatchObject({
      verdict: 'holds',
      since,
      summary: 'Monitoring is paused: The hub stood still for 300 s',
      values: { until: new Date(since + 5 * MINUTE).toISOString() },
    })
    await rules.fleet.passTime(6 * MINUTE, 4 * SECOND)
    expect(await rules.verdict('hub_paused', 'hub')).toEqual({ verdict: 'clear' })
  })

  it('does not hold for ever when its hub has crashed', async () => {
    const rules = await openRuleHub()
    await rules.fleet.session({ heartbeat_interval_ms: 5_000 })
    rules.hub.clock.pass(5 * MINUTE)
    await rules.hub.monitor.check()
    rules.hub.clock.pass(7 * MINUTE)
    expect(await rules.verdict('hub_paused', 'hub')).toEqual({ verdict: 'clear' })
  })
})

describe('hub_unhealthy', () => {
  it.each<[string, (now: number) => HubHealth, string, string | undefined]>([
    ['is well', () => ({}), 'store', undefined],
    [
      'cannot write its store',
      (now) => ({ store: { problem: 'the disk is full', since: now } }),
      'store',
      'The hub cannot write its database: the disk is full',
    ],
    ['has room on its disk', (now) => ({ disk: { used: 0.89, since: now } }), 'disk', undefined],
    ['has a full disk', (now) => ({ disk: { used: 0.9, since: now } }), 'disk', 'The disk of the hub is nearly full: 90% or more is used'],
    ['has been late for 29 s', (now) => ({ slow_since: now - 29 * SECOND }), 'event_loop', undefined],
    [
      'has been late for 30 s',
      (now) => ({ slow_since: now - 30 * SECOND }),
      'event_loop',
      'The hub is overloaded: for more than 30 s each of its turns has taken more than a second',
    ],
    [
      'cannot write the JSON files',
      (now) => ({ mirror: { problem: 'no space left', since: now } }),
      'json_files',
      'The hub cannot write the JSON files of snapshots: no space left',
    ],
    ['has a notice of 4 min', (now) => ({ oldest_notice_at: now - 4 * MINUTE }), 'notices', undefined],
    [
      'has a notice of 5 min',
      (now) => ({ oldest_notice_at: now - 5 * MINUTE }),
      'notices',
      'Alerts are late: one has waited for more than 5 min although its channel is well',
    ],
  ])('of a hub that %s', async (_, health, subject, summary) => {
    const rules = await openRuleHub()
    rules.outside.health = health(rules.now())
    const verdicts = await rules.judge({ kind: 'hub_unhealthy', parameters: {} })
    expect(Object.keys(verdicts)).toEqual(['store', 'disk', 'event_loop', 'json_files', 'notices'])
    const expected = summary === undefined ? { verdict: 'clear' } : { verdict: 'holds', severity: 'critical', summary }
    expect(verdicts[subject]).toMatchObject(expected)
    expect(await rules.holds('hub_unhealthy')).toEqual(summary === undefined ? [] : [summary])
  })
})

describe('channel_broken', () => {
  it.each<[string, Partial<ChannelFacts>, string | undefined]>([
    ['is well', { state: 'ok' }, undefined],
    ['is switched off', { state: 'off' }, undefined],
    ['refuses', { state: 'broken', reason: '410 Gone' }, 'The channel Phone refuses messages: 410 Gone'],
    ['has failed for 59 min', { state: 'failing', failing_since: 59 * MINUTE }, undefined],
    ['has failed for an hour', { state: 'failing', failing_since: HOUR }, 'The channel Phone has let nothing through for more than 1 h'],
  ])('of a channel that %s', async (_, change, summary) => {
    const rules = await openRuleHub()
    const { failing_since } = change
    rules.outside.channels = [
      {
        channel_id: 'c1',
        kind: 'ntfy',
        name: 'Phone',
        state: 'ok',
        state_since: rules.now() - 2 * HOUR,
        ...change,
        ...(failing_since === undefined ? {} : { failing_since: rules.now() - failing_since }),
      },
    ]
    expect(await rules.holds('channel_broken')).toEqual(summary === undefined ? [] : [summary])
    rules.outside.channels = []
    expect(await rules.verdict('channel_broken', 'c1')).toEqual({ verdict: 'gone' })
  })
})
