import { describe, expect, it } from 'vitest'
import { openRuleHub } from '../../../test/rule-hub.ts'
import { openRule } from './rule-list.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('needs_login', () => {
  it('holds for a machine whose collector says so, until it does not', async () => {
    const rules = await openRuleHub()
    await rules.collector('box', { sources: [{ name: 'console', state: 'ok' }] })
    expect(await rules.judge({ kind: 'needs_login', parameters: {} })).toEqual({ box: { verdict: 'clear' } })
    rules.hub.clock.pass(10_000)
    const since = rules.now()
    await rules.collector('box', {
      sources: [
        { name: 'console', state: 'needs_login' },
        { name: 'statusline', state: 'ok' },
      ],
    })
    rules.hub.clock.pass(10_000)
    await rules.collector('box', {
      sources: [
        { name: 'console', state: 'needs_login' },
        { name: 'statusline', state: 'waiting' },
      ],
    })
    expect(await rules.verdict('needs_login', 'box')).toEqual({
      verdict: 'holds',
      since,
      severity: 'warning',
      summary: 'The collector on box cannot read the plan limits until a person signs in: signalbox web login',
      values: { source: 'console' },
    })
    expect(await rules.holds('needs_login', {}, { machine_id: ['lap*'] })).toEqual([])
    rules.hub.clock.pass(MINUTE)
    expect((await rules.verdict('needs_login', 'box')).verdict).toBe('unknown')
    await rules.collector('box', { sources: [{ name: 'console', state: 'ok' }] })
    expect(await rules.verdict('needs_login', 'box')).toEqual({ verdict: 'clear' })
  })

  it('takes the health of a collector that sends no heartbeats', async () => {
    const rules = await openRuleHub()
    const poll = (state: string) =>
      rules.fleet.ok('POST', '/api/claude/console-usage/collector', {
        machine_id: 'script',
        collector: { state, consecutiveFailures: 1 },
        waitMs: 0,
      })
    await poll('needs_login')
    expect((await rules.verdict('needs_login', 'script')).verdict).toBe('holds')
    rules.hub.clock.pass(11 * MINUTE)
    expect((await rules.verdict('needs_login', 'script')).verdict).toBe('unknown')
    await poll('ok')
    expect((await rules.verdict('needs_login', 'script')).verdict).toBe('clear')
  })
})

describe('source_failing', () => {
  it('holds once a source has failed for long enough, whatever else its collector reports meanwhile', async () => {
    const rules = await openRuleHub()
    const report = (state: string, problem = 'no row is known') =>
      rules.collector('box', {
        sources: [
          { name: 'console', state, problem },
          { name: 'claude-json', state: 'ok' },
        ],
      })
    await report('ok')
    rules.hub.clock.pass(10_000)
    await report('failing')
    const at = rules.now() + HOUR
    expect(await rules.judge({ kind: 'source_failing', parameters: {} })).toEqual({
      'box/console': { verdict: 'clear', next_at: at },
      'box/claude-json': { verdict: 'clear' },
    })
    for (let minute = 0; minute < 6; minute++) {
      rules.hub.clock.pass(10 * MINUTE)
      await report('failing', `attempt ${minute}\nfailed`)
    }
    expect(await rules.verdict('source_failing', 'box/console')).toMatchObject({
      verdict: 'holds',
      since: at,
      summary: 'The source console on box has been failing for more than 1 h: attempt 5 failed',
    })
    await report('ok')
    expect(await rules.verdict('source_failing', 'box/console')).toEqual({ verdict: 'clear' })
  })

  it('takes the health of a collector that sends no heartbeats, since its last success', async () => {
    const rules = await openRuleHub()
    const lastSuccessAt = new Date(rules.now() - 2 * HOUR).toISOString()
    await rules.fleet.ok('POST', '/api/claude/console-usage/collector', {
      machine_id: 'script',
      collector: {
        state: 'failing',
        consecutiveFailures: 9,
        lastSuccessAt,
        lastError: { category: 'PAGE_CHANGED', message: 'console: no row is known' },
      },
      waitMs: 0,
    })
    expect(await rules.judge({ kind: 'source_failing', parameters: {} })).toMatchObject({
      'script/console': { verdict: 'holds', since: rules.now() - HOUR },
    })
  })

  it('is judged when a collector reports another state', () => {
    const rule = openRule({ kind: 'source_failing', parameters: {} })
    const event = { id: 1, at: '2026-10-06T09:12:00.000Z' }
    expect(rule.touchesAll({ ...event, event: 'limits.snapshot', data: { state: 'ok' } })).toBe(true)
    expect(rule.touchesAll({ ...event, event: 'limits.snapshot', data: {} })).toBe(false)
    expect(rule.touchesAll({ ...event, event: 'machine.updated', data: {} })).toBe(true)
  })
})
