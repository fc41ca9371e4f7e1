import { expect, it } from 'vitest'
import { someAlert, someChannel, someNotice, someRule } from '../../test/alert-rows.ts'
import type { AlertRecord, AlertRuleRecord, ChannelRecord, NoticeRecord } from '../store/alert.ts'
import { fateOf, NOTICE_LIFETIME_MS, RECHECK_MS } from './hold.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const HOUR = 3_600_000

interface Case {
  readonly notice?: Partial<NoticeRecord>
  readonly alert?: Partial<AlertRecord>
  readonly rule?: Partial<AlertRuleRecord>
  readonly channel?: Partial<ChannelRecord>
  readonly pausedUntil?: number
  readonly explaining?: readonly AlertRecord[]
}

function fate({ notice, alert, rule, channel, pausedUntil, explaining = [] }: Case) {
  const one = someNotice('1', { created_at: now - 10_000, ...notice })
  return fateOf(one, {
    now,
    channel: someChannel(channel),
    groupMsOf: () => 10_000,
    pausedUntil,
    alertOf: () => someAlert(alert),
    ruleOf: () => someRule(rule),
    explaining,
    firstOf: ({ created_at }) => created_at,
  })
}
const quiet = { quiet_hours: [{ from: '09:00', to: '11:00', zone: 'UTC' }] }
const quietEnd = Date.parse('2026-10-06T11:00:00.000Z')
const offline = someAlert({ kind: 'machine_offline', about: { machine_id: 'm' } })

it.each<[string, Case, ReturnType<typeof fate>]>([
  ['is due after its group', {}, 'due'],
  ['waits for its group', { notice: { created_at: now - 9_999 } }, { held_by: 'group', not_before: now + 1 }],
  ['waits for the end of a pause', { pausedUntil: now + HOUR }, { held_by: 'paused', not_before: now + HOUR }],
  ['goes on after a pause', { pausedUntil: now }, 'due'],
  [
    'waits for the end of a snooze of its alert',
    { alert: { snoozed: { until: now + HOUR, until_changed: false } } },
    { held_by: 'snooze', not_before: now + HOUR },
  ],
  ['waits for the end of a snooze of its rule', { rule: { snoozed_until: now + HOUR } }, { held_by: 'snooze', not_before: now + HOUR }],
  [
    'waits for the end of a snooze of its channel',
    { channel: { snoozed_until: now + HOUR } },
    { held_by: 'snooze', not_before: now + HOUR },
  ],
  ['waits for the end of quiet hours', { channel: quiet }, { held_by: 'quiet_hours', not_before: quietEnd }],
  ['goes through quiet hours if it is critical', { channel: quiet, notice: { severity: 'critical' } }, 'due'],
  [
    'waits in quiet hours that let nothing through',
    { channel: { ...quiet, lets_through: 'none' }, notice: { severity: 'critical' } },
    { held_by: 'quiet_hours', not_before: quietEnd },
  ],
  ['waits for an alert that explains it', { explaining: [offline] }, { held_by: 'inhibited', not_before: now + RECHECK_MS }],
  ['waits for a broken channel', { channel: { state: 'broken' } }, { held_by: 'broken', not_before: now + RECHECK_MS }],
  ['is dropped for a channel that is off', { channel: { state: 'off' } }, { drop: 'The channel is off' }],
  [
    'is dropped after a day',
    { notice: { created_at: now - NOTICE_LIFETIME_MS, held_by: 'broken' } },
    { drop: 'It could not be sent for 24 hours' },
  ],
  ['is kept for longer where a person wanted it', { notice: { created_at: now - NOTICE_LIFETIME_MS, held_by: 'snooze' } }, 'due'],
  [
    'is dropped when it was over before the end of a snooze',
    { notice: { held_by: 'snooze' }, alert: { state: 'closed' } },
    { drop: 'It was over before it could be sent' },
  ],
  [
    'is dropped when what it was about is gone',
    { alert: { state: 'closed', close_reason: 'gone' } },
    { drop: 'What it was about is gone' },
  ],
])('a notice %s', (_, given, expected) => {
  expect(fate(given)).toEqual(expected)
})
