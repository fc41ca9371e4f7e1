import { describe, expect, it } from 'vitest'
import { someAlert, someRule } from '../../test/alert-rows.ts'
import type { AlertRecord, AlertRuleRecord } from '../store/alert.ts'
import { type AlertStep, closed, FLAPPING_MS, judgedAlert, timedAlert } from './alert.ts'
import { acknowledged, closedByHand, snoozed, unacknowledged, unsnoozed } from './alert-action.ts'
import type { Verdict } from './rule/rule-kind.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const holds: Verdict = { verdict: 'holds', since: now - 5_000, severity: 'warning', summary: 'Session s is stalled', values: { n: 1 } }
const clear: Verdict = { verdict: 'clear' }
const gone: Verdict = { verdict: 'gone' }
const unknown: Verdict = { verdict: 'unknown', reason: 'no fresh facts' }

function judge(
  alert: AlertRecord | undefined,
  verdict: Verdict,
  { rule = {}, at = now, before }: { rule?: Partial<AlertRuleRecord>; at?: number; before?: AlertRecord } = {},
): AlertStep | undefined {
  const subject = { key: 's', about: { session_id: 's' } }
  return judgedAlert({ rule: someRule(rule), subject, verdict, alert, before, now: at, newId: () => 'new' })
}

/** What a step says, in a line: the state, its flips, its events. */
function summaryOf(step: AlertStep | undefined): string {
  if (step === undefined) return 'nothing'
  const { alert, events, remove } = step
  const flips = alert.flips.slice(-alert.unspread || alert.flips.length).map(({ what }) => what)
  return [remove ? 'removed' : alert.state, ...(alert.unspread > 0 ? flips : []), ...events.map(({ data }) => `(${data.change})`)].join(' ')
}

describe('a snooze until it changes', () => {
  const snoozedOpen = someAlert({ opened_at: now - 60_000, snoozed: { until: now + 3_600_000, until_changed: true } })

  it('ends with the change, and what has changed is sent', () => {
    const worse = judge(snoozedOpen, { ...holds, severity: 'critical' })
    expect(summaryOf(worse)).toBe('open reminder (snooze_ended) (severity)')
    expect(worse!.alert.snoozed).toBeUndefined()
  })

  it('ends with the alert, so that its end is sent', () => {
    const over = judge(snoozedOpen, clear, { rule: { clear_ms: 0 } })
    expect([over!.alert.state, over!.alert.snoozed]).toEqual(['closed', undefined])
  })

  it('stays where nothing has changed, and one with an end alone stays for all that changes', () => {
    expect(judge(snoozedOpen, holds)).toBeUndefined()
    const fixed = { ...snoozedOpen, snoozed: { until: now + 3_600_000, until_changed: false } }
    expect(judge(fixed, { ...holds, severity: 'critical' })!.alert.snoozed).toBeDefined()
  })
})

describe('the decision table', () => {
  const pending = someAlert({ state: 'pending', opened_at: undefined, occurred_at: now - 5_000 })
  const open = someAlert({ opened_at: now - 60_000 })
  const clearing = someAlert({ state: 'clearing', clear_since: now - 60_000, opened_at: now - 120_000 })
  const closedAlert = someAlert({ state: 'closed', close_reason: 'by_hand', held_at_close: true })
  const rows: [string, AlertRecord | undefined, Verdict, Partial<AlertRuleRecord>, string][] = [
    ['none, holds', undefined, holds, {}, 'open opened (opened)'],
    ['none, holds, but not for long enough', undefined, holds, { for_ms: 5_001 }, 'pending'],
    ['none, holds for long enough already', undefined, holds, { for_ms: 5_000 }, 'open opened (opened)'],
    ['none, an event', undefined, { ...holds, closes_itself: true }, { for_ms: 60_000 }, 'closed opened (opened) (closed)'],
    ['none, clear', undefined, clear, {}, 'nothing'],
    ['none, gone', undefined, gone, {}, 'nothing'],
    ['none, unknown', undefined, unknown, {}, 'nothing'],
    ['pending, holds, not yet', pending, holds, { for_ms: 5_001 }, 'nothing'],
    ['pending, holds long enough', pending, holds, { for_ms: 5_000 }, 'open opened (opened)'],
    ['pending, clear', pending, clear, { for_ms: 5_001 }, 'removed'],
    ['pending, gone', pending, gone, { for_ms: 5_001 }, 'removed'],
    ['pending, unknown', pending, unknown, { for_ms: 5_000 }, 'nothing'],
    ['open, holds', open, holds, {}, 'nothing'],
    ['open, holds, other figures', open, { ...holds, summary: 'Session s is stalled', values: { n: 2 } }, {}, 'nothing'],
    ['open, holds, worse', open, { ...holds, severity: 'critical' }, {}, 'open (severity)'],
    ['open, clear', open, clear, {}, 'clearing'],
    ['open, clear, at once', open, clear, { clear_ms: 0 }, 'closed closed (closed)'],
    ['open, clear, at once, without recovery', open, clear, { clear_ms: 0, recovery: false }, 'closed (closed)'],
    ['open, gone', open, gone, {}, 'closed (closed)'],
    ['open, unknown', open, unknown, {}, 'nothing'],
    ['clearing, holds', clearing, holds, {}, 'open'],
    ['clearing, clear, not for long enough', clearing, clear, { clear_ms: 60_001 }, 'nothing'],
    ['clearing, clear for long enough', clearing, clear, { clear_ms: 60_000 }, 'closed closed (closed)'],
    ['clearing, unknown', clearing, unknown, {}, 'nothing'],
    ['closed by hand, holds', closedAlert, holds, {}, 'nothing'],
    ['closed by hand, clear', closedAlert, clear, {}, 'closed'],
    ['closed by hand, unknown', closedAlert, unknown, {}, 'nothing'],
  ]
  it.each(rows)('%s', (_, alert, verdict, rule, expected) => {
    expect(summaryOf(judge(alert, verdict, { rule }))).toBe(expected)
  })

  it('dates an opening to when it became true, never into the future', () => {
    expect(judge(undefined, holds)?.alert).toMatchObject({ occurred_at: now - 5_000, opened_at: now, revision: 1 })
    expect(judge(undefined, { ...holds, since: now + 9_000 })?.alert.occurred_at).toBe(now)
  })

  it('reports an event once, however often it is seen', () => {
    const event: Verdict = { ...holds, closes_itself: true }
    const before = judge(undefined, event)!.alert
    expect(judge(undefined, event, { before, at: now + 60_000 })).toBeUndefined()
  })

  it('says how long it was open, without the time in which it was clear', () => {
    const step = judge(clearing, clear, { rule: { clear_ms: 60_000 } })!
    expect(step.alert.flips.at(-1)).toMatchObject({ what: 'closed', open_for_ms: 60_000, channels: 'opening' })
    expect(step.alert).toMatchObject({ close_reason: 'cleared', next_at: undefined })
  })

  it('counts a flap, and sends nothing, when it holds again before it closes', () => {
    expect(judge(clearing, holds)?.alert).toMatchObject({ state: 'open', flaps: 1, clear_since: undefined, unspread: 0 })
  })

  it('starts the time to clear anew when the clock was set back', () => {
    const later = someAlert({ state: 'clearing', clear_since: now + 3_600_000 })
    expect(judge(later, clear)?.alert).toMatchObject({ state: 'clearing', clear_since: now, next_at: now + 60_000 })
  })
})

describe('flapping', () => {
  const openings = (count: number) => Array.from({ length: count }, (_, n) => now - (n + 1) * 60_000)

  it('is the fourth opening within 30 minutes: one flip says so, and then none', () => {
    const third = someAlert({ state: 'closed', openings: openings(2) })
    expect(summaryOf(judge(undefined, holds, { before: third }))).toBe('open opened (opened)')
    const fourth = judge(undefined, holds, { before: someAlert({ state: 'closed', openings: openings(3) }) })!
    expect(summaryOf(fourth)).toBe('open flapping (opened)')
    expect(summaryOf(judge(fourth.alert, clear, { rule: { clear_ms: 0 } }))).toBe('clearing flapping')
  })

  it('forgets openings of more than 30 minutes ago', () => {
    const before = someAlert({ state: 'closed', openings: [now - FLAPPING_MS, now - FLAPPING_MS - 1, now - FLAPPING_MS - 2] })
    expect(summaryOf(judge(undefined, holds, { before }))).toBe('open opened (opened)')
  })

  it('ends after 30 quiet minutes: closed when clear, or open without it', () => {
    const flapping = someAlert({ flapping: true, openings: [now], state: 'clearing', clear_since: now })
    expect(judge(flapping, clear, { at: now + FLAPPING_MS - 1 })).toBeUndefined()
    expect(summaryOf(judge(flapping, clear, { at: now + FLAPPING_MS }))).toBe('closed closed (closed)')
    const steady = someAlert({ flapping: true, openings: [now] })
    expect(timedAlert(steady, someRule(), now + FLAPPING_MS)?.alert).toMatchObject({ flapping: false, openings: [], unspread: 0 })
  })
})

describe('time alone', () => {
  const rule = someRule({
    repeat_ms: 60_000,
    escalate: [
      { after_ms: 90_000, channels: ['boss'] },
      { after_ms: 200_000, channels: 'all' },
    ],
  })
  const open = judge(undefined, holds, { rule })!.alert

  it('reminds and escalates while it is open, and each once', () => {
    expect(open.next_at).toBe(now + 60_000)
    expect(timedAlert(open, rule, now + 59_999)).toBeUndefined()
    const reminded = timedAlert({ ...open, unspread: 0 }, rule, now + 60_000)!
    expect(summaryOf(reminded)).toBe('open reminder (reminded)')
    expect(reminded.alert.next_at).toBe(now + 90_000)
    const escalated = timedAlert({ ...reminded.alert, unspread: 0 }, rule, now + 90_000)!
    expect(summaryOf(escalated)).toBe('open escalated (escalated)')
    expect(escalated.alert.flips.at(-1)?.channels).toEqual(['boss'])
    expect(escalated.alert).toMatchObject({ escalated: 1, next_at: now + 120_000 })
  })

  it('does neither while it is acknowledged, and goes on when that is undone', () => {
    const known = acknowledged(open, rule, { at: now, by: 'ann' }, 'on it')!
    expect(known.alert).toMatchObject({ acknowledged: { at: now, by: 'ann', note: 'on it' }, next_at: undefined })
    expect(timedAlert(known.alert, rule, now + 500_000)).toBeUndefined()
    expect(acknowledged(known.alert, rule, { at: now + 1 }, undefined)).toBeUndefined()
    const undone = unacknowledged(known.alert, rule, now + 500_000)!
    expect(undone.alert).toMatchObject({ acknowledged: undefined, reminded_at: now + 500_000 })
  })

  it('ends a snooze, which may also end by a change', () => {
    const until = now + 30_000
    const slept = snoozed(open, rule, { at: now }, until, true)
    expect(slept.alert.next_at).toBe(until)
    expect(timedAlert(slept.alert, rule, until)?.alert.snoozed).toBeUndefined()
    expect(judge(slept.alert, { ...holds, severity: 'critical' }, { rule })?.alert.snoozed).toBeUndefined()
    expect(
      judge(snoozed(open, rule, { at: now }, until, false).alert, { ...holds, severity: 'critical' }, { rule })?.alert.snoozed,
    ).toBeDefined()
    expect(unsnoozed(slept.alert, rule)?.alert.snoozed).toBeUndefined()
    expect(unsnoozed(open, rule)).toBeUndefined()
  })
})

it('an alert that was closed by hand occupies its subject until that is clear', () => {
  const step = closedByHand(someAlert(), someRule(), now)
  expect(step.alert).toMatchObject({ state: 'closed', close_reason: 'by_hand', held_at_close: true })
  expect(judge(step.alert, holds)).toBeUndefined()
  expect(judge(step.alert, clear)?.alert.held_at_close).toBeUndefined()
})

it('an alert without a rule closes without a message', () => {
  expect(summaryOf(closed(someAlert(), 'gone', now, undefined))).toBe('closed (closed)')
})
