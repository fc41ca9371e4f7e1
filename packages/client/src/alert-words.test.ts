import type { Alert } from '@signalbox/contract/alert'
import { expect, test } from 'vitest'
import { alertConditionOf, describeAttempts, describeNotice, describeTest } from './alert-words.ts'

const alert = { state: 'open' } as Alert
const now = Date.parse('2026-10-06T09:12:00.000Z')

test('an alert is as a person has left it', () => {
  expect(alertConditionOf(alert, now)).toBe('open')
  expect(alertConditionOf({ ...alert, acknowledged: { at: '2026-10-06T09:00:00.000Z' } }, now)).toBe('acknowledged')
  const snoozed = { until: '2026-10-06T10:00:00.000Z', until_changed: false }
  expect(alertConditionOf({ ...alert, snoozed }, now)).toBe('snoozed')
  expect(alertConditionOf({ ...alert, snoozed }, now + 3_600_000)).toBe('open')
  expect(alertConditionOf({ ...alert, snoozed, state: 'closed' }, now)).toBe('closed')
})

test('an attempt is said with what the peer answered, once', () => {
  const at = { n: 1, started_at: '2026-10-06T09:12:00.000Z' }
  const accepted = { ...at, outcome: 'sent', receipt: { status: 200, said: 'ok', id: 'xE8c' } } as const
  const failed = { ...at, outcome: 'failed', reason: 'example.com answered 503: busy', receipt: { status: 503, said: 'busy' } } as const
  expect(describeAttempts({ state: 'sent', attempts: [failed, accepted] })).toEqual([
    'failed · example.com answered 503: busy',
    'accepted (200) · ok · id xE8c',
  ])
  expect(describeAttempts({ state: 'sending', attempts: [failed, at] })).toEqual(['failed · example.com answered 503: busy', 'being sent'])
  const unknown = (reason: string) => describeAttempts({ state: 'sending', attempts: [{ ...at, outcome: 'unknown', reason }] })
  expect(unknown('No answer within 10 s')).toEqual(['it may have arrived · No answer within 10 s'])
  expect(unknown('The hub ended while it sent')).toEqual(['it may have arrived · The hub ended while it sent'])
  expect(describeTest({ outcome: 'failed', reason: 'no answer within 10 s' })).toBe('not accepted · no answer within 10 s')
})

test('only the last attempt that failed is still to be repeated', () => {
  const failed = { n: 1, started_at: '2026-10-06T09:12:00.000Z', outcome: 'failed' } as const
  expect(describeAttempts({ state: 'sealed', attempts: [failed, failed] })).toEqual(['failed', 'failed, will be repeated'])
  expect(describeAttempts({ state: 'dropped', attempts: [failed, failed] })).toEqual(['failed', 'failed'])
})

test('a notice that waits says why', () => {
  const notice = { flip_id: 'f', channel_id: 'c', what: 'opened', created_at: '2026-10-06T09:12:00.000Z' } as const
  expect(describeNotice({ ...notice, state: 'waiting', held_by: 'quiet_hours' })).toBe('waiting: quiet hours')
  expect(describeNotice({ ...notice, state: 'dropped', reason: 'the channel was removed' })).toBe('not sent: the channel was removed')
  expect(describeNotice({ ...notice, state: 'sent' })).toBeUndefined()
})
