import type { AlertRecord, AlertRuleRecord, ChannelRecord, MessageRecord, NoticeRecord } from '../src/store/alert.ts'

// Rows of a hub's alerts with all that they need; tests say what matters.

const now = Date.parse('2026-10-06T09:12:00.000Z')

export const someRule = (more: Partial<AlertRuleRecord> = {}): AlertRuleRecord => ({
  rule_id: 'r',
  kind: 'session_stalled',
  name: 'Stalled "now" \u{1f4bb}',
  parameters: {},
  filter: {},
  channels: 'all',
  for_ms: 0,
  clear_ms: 60_000,
  escalate: [],
  recovery: true,
  enabled: true,
  source: 'user',
  created_at: now,
  updated_at: now,
  revision: 1,
  ...more,
})

export const someChannel = (more: Partial<ChannelRecord> = {}): ChannelRecord => ({
  channel_id: 'c',
  kind: 'webhook',
  name: 'Hook',
  config: 'sealed',
  quiet_hours: [],
  lets_through: 'critical',
  state: 'ok',
  state_since: now,
  source: 'user',
  created_at: now,
  updated_at: now,
  revision: 1,
  ...more,
})

export const someAlert = (more: Partial<AlertRecord> = {}): AlertRecord => ({
  alert_id: 'a',
  rule_id: 'r',
  rule_name: 'Stalled',
  kind: 'session_stalled',
  subject: 's',
  about: { session_id: 's', machine_id: 'm' },
  state: 'open',
  severity: 'warning',
  summary: 'Session s is stalled',
  values: { n: 1 },
  occurred_at: now,
  created_at: now,
  opened_at: now,
  flapping: false,
  flaps: 0,
  openings: [now],
  escalated: 0,
  flips: [],
  unspread: 0,
  revision: 1,
  ...more,
})

export const someNotice = (id: string, more: Partial<NoticeRecord> = {}): NoticeRecord => ({
  notice_id: id,
  flip_id: `f-${id}`,
  alert_id: 'a',
  rule_id: 'r',
  kind: 'session_stalled',
  channel_id: 'c',
  what: 'opened',
  severity: 'warning',
  state: 'waiting',
  created_at: now,
  not_before: now,
  ...more,
})

export const someMessage = (id: string, more: Partial<MessageRecord> = {}): MessageRecord => ({
  message_id: id,
  channel_id: 'c',
  channel_name: 'Hook',
  channel_kind: 'webhook',
  state: 'sealed',
  alert_ids: ['a'],
  notices: 1,
  created_at: now,
  next_at: now,
  may_be_repeat: false,
  attempts: [],
  revision: 1,
  ...more,
})
