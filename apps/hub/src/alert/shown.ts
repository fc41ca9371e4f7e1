import type { Alert, AlertDetail, AlertMessage, Notice } from '@signalbox/contract/alert'
import type { AlertRule } from '@signalbox/contract/alert-rule'
import type { Channel } from '@signalbox/contract/channel'
import { withoutSecrets } from '@signalbox/contract/channel-field'
import { instantOf } from '../clock.ts'
import type { AlertRecord, AlertRuleRecord, ChannelRecord, MessageRecord, NoticeRecord } from '../store/alert.ts'
import type { Receipt } from './channel/channel-kind.ts'
import { withoutPeerWords } from './peer-words.ts'

// What is stored, as the contract has it.

const optionalInstant = <const Name extends string>(name: Name, at: number | undefined) =>
  (at === undefined ? {} : { [name]: instantOf(at) }) as { [N in Name]?: string }

export function shownAlert(alert: AlertRecord): Alert {
  const { alert_id, rule_id, rule_name, kind, subject, about, state, severity, summary, values } = alert
  const { occurred_at, created_at, opened_at, closed_at, close_reason, acknowledged, snoozed, flapping, flaps, escalated, revision } = alert
  return {
    alert_id,
    rule_id,
    rule_name,
    kind,
    subject,
    about,
    state,
    severity,
    summary,
    values: { ...values },
    occurred_at: instantOf(occurred_at),
    created_at: instantOf(created_at),
    ...optionalInstant('opened_at', opened_at),
    ...optionalInstant('closed_at', closed_at),
    ...(close_reason === undefined ? {} : { close_reason }),
    ...(acknowledged === undefined ? {} : { acknowledged: { ...acknowledged, at: instantOf(acknowledged.at) } }),
    ...(snoozed === undefined ? {} : { snoozed: { ...snoozed, until: instantOf(snoozed.until) } }),
    flapping,
    flaps,
    escalated,
    ...optionalInstant('next_at', alert.next_at),
    revision,
  }
}

/** @param withAnswers whether the caller may read what peers answered */
export function shownDetail(
  alert: AlertRecord,
  notices: readonly NoticeRecord[],
  messages: readonly MessageRecord[],
  withAnswers: boolean,
): AlertDetail {
  return {
    ...shownAlert(alert),
    flips: alert.flips.map(({ flip_id, what, at, occurred_at, severity, summary }) => ({
      flip_id,
      what,
      at: instantOf(at),
      occurred_at: instantOf(occurred_at),
      severity,
      summary,
    })),
    notices: notices.map(shownNotice),
    messages: messages.map((message) => shownMessage(message, withAnswers)),
  }
}

function shownNotice({ flip_id, channel_id, state, what, created_at, not_before, held_by, message_id, reason }: NoticeRecord): Notice {
  return {
    flip_id,
    channel_id,
    state,
    what,
    created_at: instantOf(created_at),
    ...(state === 'waiting' ? { not_before: instantOf(not_before) } : {}),
    ...(state === 'waiting' && held_by !== undefined ? { held_by } : {}),
    ...(message_id === undefined ? {} : { message_id }),
    ...(reason === undefined ? {} : { reason }),
  }
}

export function shownMessage(message: MessageRecord, withAnswers: boolean): AlertMessage {
  const { message_id, channel_id, channel_name, channel_kind, state, content, alert_ids, notices, may_be_repeat, receipt, reason } = message
  const unfinished = state !== 'sent' && state !== 'dropped'
  return {
    message_id,
    channel_id,
    channel_name,
    channel_kind,
    state,
    title: content?.title ?? '',
    severity: content?.severity ?? 'info',
    alert_ids: [...alert_ids].slice(0, 10),
    notices,
    created_at: instantOf(message.created_at),
    ...optionalInstant('sent_at', message.sent_at),
    ...(unfinished ? optionalInstant('next_at', message.next_at) : {}),
    may_be_repeat,
    attempts: message.attempts.map(({ n, started_at, ended_at, outcome, reason, receipt }) => ({
      n,
      started_at: instantOf(started_at),
      ...optionalInstant('ended_at', ended_at),
      ...(outcome === undefined ? {} : { outcome }),
      ...(reason === undefined ? {} : { reason: withAnswers ? reason : withoutPeerWords(reason) }),
      ...(receipt === undefined ? {} : { receipt: shownReceipt(receipt, withAnswers) }),
    })),
    ...(receipt === undefined ? {} : { receipt: shownReceipt(receipt, withAnswers) }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function shownReceipt({ said, ...receipt }: Receipt, withAnswers: boolean): Receipt {
  return withAnswers && said !== undefined ? { ...receipt, said } : receipt
}

export function shownRule(rule: AlertRuleRecord): AlertRule {
  const { severity, repeat_ms, snoozed_until, created_at, updated_at, channels, escalate, parameters, ...rest } = rule
  return {
    ...rest,
    parameters: { ...parameters },
    channels: channels === 'all' ? 'all' : [...channels],
    escalate: escalate.map((step) => ({ ...step, channels: step.channels === 'all' ? 'all' : [...step.channels] })),
    ...(severity === undefined ? {} : { severity }),
    ...(repeat_ms === undefined ? {} : { repeat_ms }),
    ...optionalInstant('snoozed_until', snoozed_until),
    created_at: instantOf(created_at),
    updated_at: instantOf(updated_at),
  }
}

/**
 * @param config as it is stored, opened; undefined where the caller may not see it
 * @param withAnswers whether the caller may read what peers answered
 */
export function shownChannel(channel: ChannelRecord, config: object | undefined, waiting: number, withAnswers: boolean): Channel {
  const {
    channel_id,
    kind,
    name,
    quiet_hours,
    lets_through,
    action_links = false,
    state,
    state_since,
    last_error,
    source,
    revision,
  } = channel
  return {
    channel_id,
    kind,
    name,
    config: config === undefined ? {} : withoutSecrets(kind, config as Record<string, unknown>),
    quiet_hours: [...quiet_hours],
    lets_through,
    action_links,
    state,
    state_since: instantOf(state_since),
    ...optionalInstant('snoozed_until', channel.snoozed_until),
    ...optionalInstant('last_sent_at', channel.last_sent_at),
    ...(last_error === undefined ? {} : { last_error: shownError(last_error, withAnswers) }),
    waiting,
    source,
    created_at: instantOf(channel.created_at),
    updated_at: instantOf(channel.updated_at),
    revision,
  }
}

function shownError({ at, reason, ...error }: NonNullable<ChannelRecord['last_error']>, withAnswers: boolean): Channel['last_error'] {
  return { ...error, at: instantOf(at), reason: withAnswers ? reason : withoutPeerWords(reason) }
}
