import { alertRuleKinds } from '@signalbox/contract/alert-rule-kind'
import { expect, test } from 'vitest'
import type { AlertRule } from '../../hub/answer.ts'
import { newRuleForm, readRuleForm, toRuleForm } from './rule-form.ts'

const rule: AlertRule = {
  rule_id: 'r_1',
  kind: 'session_waiting',
  name: 'Waiting at night',
  parameters: { after_ms: 5_400_000, for: 'permission' },
  filter: { project_id: ['shop-*', 'api'] },
  severity: 'critical',
  channels: ['c_1'],
  for_ms: 0,
  clear_ms: 60_000,
  repeat_ms: 3_600_000,
  escalate: [{ after_ms: 900_000, channels: 'all' }],
  recovery: false,
  enabled: true,
  source: 'user',
  created_at: '2026-10-06T09:12:00.000Z',
  updated_at: '2026-10-06T09:12:00.000Z',
  revision: 1,
}

test('a rule that is opened and saved is the same', () => {
  const { rule_id: _, source: __, created_at: ___, updated_at: ____, revision: _____, ...settable } = rule
  expect(toRuleForm(rule)).toMatchObject({ parameters: { after_ms: '1 h 30 min', for: 'permission' }, repeats: '1 h' })
  expect(readRuleForm(rule.kind, toRuleForm(rule))).toEqual({ rule: settable })
})

test('a new rule of each kind has its defaults, and a budget says what it needs', () => {
  for (const kind of alertRuleKinds) {
    const read = readRuleForm(kind, newRuleForm(kind))
    if (kind === 'budget')
      expect(read).toEqual({ problems: { 'parameters.amount_usd': 'needs a value', 'parameters.period': 'needs a value' } })
    else expect(read).toMatchObject({ rule: { kind, channels: 'all', severity: null, repeat_ms: null, clear_ms: 60_000 } })
  }
})

test('what is wrong is named by its field', () => {
  const form = { ...newRuleForm('limit_over'), holds: 'soon', repeats: '5 s', escalate: [{ after: '', channels: 'all' as const }] }
  expect(readRuleForm('limit_over', { ...form, parameters: { ...form.parameters, percent: '0' } })).toMatchObject({
    problems: {
      'parameters.percent': 'must be at least 1',
      holds: expect.stringContaining('10m'),
      repeats: 'must be at least 1 min',
      'escalate.0': expect.stringContaining('10m'),
    },
  })
})
