import type { AlertAbout, AlertCloseReason, AttemptOutcome, FlipType, NoticeHold } from '@signalbox/contract/alert'
import type { AlertRuleFilter } from '@signalbox/contract/alert-rule'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { AlertSeverity, AlertState, ChannelState } from '@signalbox/contract/alert-severity'
import type { QuietHours } from '@signalbox/contract/channel'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { Message, Receipt } from '../alert/channel/channel-kind.ts'
import type { NewEvent } from '../event/new-event.ts'
import type { Change, ListRange, Page } from './change.ts'

/** Days for which closed alerts, their notices and messages are kept. */
export const ALERT_RETENTION_MS = 90 * 86_400_000

export type AlertSource = 'default' | 'user' | 'file'
export type RuleChannels = 'all' | readonly string[]

export interface AlertRuleRecord {
  readonly rule_id: string
  readonly kind: AlertRuleKind
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly filter: AlertRuleFilter
  readonly severity?: AlertSeverity | undefined
  readonly channels: RuleChannels
  readonly for_ms: number
  readonly clear_ms: number
  readonly repeat_ms?: number | undefined
  readonly escalate: readonly { readonly after_ms: number; readonly channels: RuleChannels }[]
  readonly recovery: boolean
  readonly enabled: boolean
  readonly snoozed_until?: number | undefined
  readonly source: AlertSource
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

export interface ChannelRecord {
  readonly channel_id: string
  readonly kind: ChannelKindName
  readonly name: string
  /** Sealed: see `alert/sealed.ts`. */
  readonly config: string
  readonly quiet_hours: readonly QuietHours[]
  readonly lets_through: 'critical' | 'none'
  /** Its messages have links that do something for anyone who reads them. */
  readonly action_links?: boolean | undefined
  readonly state: ChannelState
  readonly state_since: number
  readonly snoozed_until?: number | undefined
  /** What its peer takes: messages that may leave at once, as of an instant. */
  readonly bucket?: { readonly tokens: number; readonly at: number } | undefined
  readonly last_sent_at?: number | undefined
  readonly last_error?: { readonly at: number; readonly reason: string; readonly status?: number | undefined } | undefined
  /** Since when nothing gets through; absent while the last attempt was accepted. */
  readonly failing_since?: number | undefined
  /** Messages that were dropped since the last one was accepted: the next one says so. */
  readonly lost?: { readonly count: number; readonly newest_at: number } | undefined
  readonly source: AlertSource
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

export interface FlipRecord {
  readonly flip_id: string
  readonly what: FlipType
  readonly at: number
  readonly occurred_at: number
  readonly severity: AlertSeverity
  readonly summary: string
  readonly open_for_ms?: number | undefined
  /** The channels that are to be notified; `opening`: exactly those that got the opening, or may have got it. */
  readonly channels: RuleChannels | 'opening'
}

/** The newest flips that are kept of one alert. */
export const MAX_FLIPS = 50

export interface AlertRecord {
  readonly alert_id: string
  readonly rule_id: string
  readonly rule_name: string
  readonly kind: AlertRuleKind
  readonly subject: string
  readonly about: AlertAbout
  readonly state: AlertState
  readonly severity: AlertSeverity
  readonly summary: string
  readonly values: Readonly<Record<string, string | number | boolean>>
  readonly occurred_at: number
  readonly created_at: number
  readonly opened_at?: number | undefined
  /** Since when it is clear, while clearing. */
  readonly clear_since?: number | undefined
  readonly closed_at?: number | undefined
  readonly close_reason?: AlertCloseReason | undefined
  /** Closed by hand, and its rule still held: it opens no other alert before it was clear. */
  readonly held_at_close?: boolean | undefined
  readonly acknowledged?: { readonly at: number; readonly by?: string | undefined; readonly note?: string | undefined } | undefined
  readonly snoozed?: { readonly until: number; readonly by?: string | undefined; readonly until_changed: boolean } | undefined
  readonly flapping: boolean
  readonly flaps: number
  /** The openings of its subject in the last 30 minutes, of the alerts before it too; while flapping, when it held again. */
  readonly openings: readonly number[]
  readonly escalated: number
  readonly reminded_at?: number | undefined
  /** When time alone changes it; undefined where only an event can. */
  readonly next_at?: number | undefined
  readonly flips: readonly FlipRecord[]
  /** How many of the last flips have no notices yet. */
  readonly unspread: number
  /** Hashes of the one-use links that were used. */
  readonly used_links?: readonly string[] | undefined
  readonly revision: number
}

/** Whether no other alert of its subject can be opened: it is not closed, or was closed by hand while its rule held. */
export function occupies({ state, held_at_close }: Pick<AlertRecord, 'state' | 'held_at_close'>): boolean {
  return state !== 'closed' || held_at_close === true
}

/** Unique: of an alert that occupies its subject the `subjectKey`, else its id. */
export function openKey(alert: AlertRecord): string {
  return occupies(alert) ? subjectKey(alert.rule_id, alert.subject) : alert.alert_id
}

export function subjectKey(ruleId: string, subject: string): string {
  return `${ruleId}/${subject}`
}

/** A change of an alert: it is written if the alert is still at the revision before, or, at revision 1, is not there. */
export interface AlertWrite {
  readonly alert: AlertRecord
  readonly events: readonly NewEvent[]
  /** A pending alert that has cleared leaves no trace. */
  readonly remove?: boolean
}

export interface AlertQuery extends ListRange {
  readonly states: readonly AlertState[]
  readonly kinds?: readonly AlertRuleKind[] | undefined
  readonly severities?: readonly AlertSeverity[] | undefined
  readonly rule_id?: string | undefined
  readonly session_id?: string | undefined
  readonly machine_id?: string | undefined
}

export interface AlertCount {
  readonly severity: AlertSeverity
  readonly acknowledged: boolean
  readonly alerts: number
}

export interface NoticeRecord {
  /** `<flip_id>/<channel_id>`. */
  readonly notice_id: string
  readonly flip_id: string
  readonly alert_id: string
  readonly rule_id: string
  readonly kind: AlertRuleKind
  readonly channel_id: string
  readonly what: FlipType
  readonly severity: AlertSeverity
  readonly state: 'waiting' | 'in' | 'sent' | 'dropped'
  readonly created_at: number
  /** It is looked at again then, while waiting. */
  readonly not_before: number
  readonly held_by?: NoticeHold | undefined
  readonly message_id?: string | undefined
  readonly reason?: string | undefined
}

export interface AttemptRecord {
  readonly n: number
  readonly started_at: number
  /** The hub that sends. */
  readonly hub: string
  readonly ended_at?: number | undefined
  readonly outcome?: AttemptOutcome | undefined
  readonly reason?: string | undefined
  readonly receipt?: Receipt | undefined
}

/** The newest attempts that are kept of one message. */
export const MAX_ATTEMPTS = 30

export interface MessageRecord {
  /** SHA-256 of the ids of its notices, hex. */
  readonly message_id: string
  readonly channel_id: string
  readonly channel_name: string
  readonly channel_kind: ChannelKindName
  readonly state: 'gathering' | 'sealed' | 'sending' | 'sent' | 'dropped'
  /** The same on every attempt; undefined while gathering. */
  readonly content?: Omit<Message, 'id' | 'may_be_repeat'> | undefined
  /** Of its notices. */
  readonly alert_ids: readonly string[]
  readonly notices: number
  readonly created_at: number
  readonly sent_at?: number | undefined
  /**
   * When a worker looks at it: while gathering, when the hub that gathers counts as dead; sealed, the next attempt; sending, when
   * the attempt counts as interrupted. Undefined while its channel is broken or off, and at its end.
   */
  readonly next_at?: number | undefined
  readonly may_be_repeat: boolean
  readonly attempts: readonly AttemptRecord[]
  readonly receipt?: Receipt | undefined
  readonly reason?: string | undefined
  readonly revision: number
}

/** The notices of one channel that wait. */
export interface WaitingNotices {
  readonly channel_id: string
  readonly notices: number
  readonly oldest_at: number
  /** The earliest `not_before`. */
  readonly next_at: number
}

export interface PushSubscriptionRecord {
  /** SHA-256 of the endpoint, hex. */
  readonly subscription_id: string
  /** Endpoint and keys, sealed. */
  readonly target: string
  readonly browser: string
  readonly key_id?: string | undefined
  readonly created_at: number
  readonly last_ok_at?: number | undefined
}

/** Small facts of the alerts' workers: the cursor, the lease, the pause, the keys of web push. */
export interface AlertMark {
  readonly value: Readonly<Record<string, unknown>>
  readonly revision: number
}
export type AlertMarkName = 'cursor' | 'lease' | 'pause' | 'vapid' | 'defaults' | 'heartbeat' | 'address' | 'daily'

/**
 * Rules, channels, alerts, and the outbox of their messages. A write that names a revision takes place only if the row is still
 * at the revision before; its result says so. So several hubs may work on it at once, and a repeated step changes nothing.
 */
export interface AlertStore {
  /** Whether no other process can have this store open: what another one has begun is then interrupted for good. */
  readonly exclusive: boolean

  rules(): Promise<AlertRuleRecord[]>
  findRule(id: string): Promise<AlertRuleRecord | undefined>
  /** @returns false where the id is taken, or, with a revision above 1, where the row is not at the revision before */
  putRule(rule: AlertRuleRecord, change: Change): Promise<boolean>
  /** @returns false where it is not at this revision, or not there */
  removeRule(id: string, revision: number, change: Change): Promise<boolean>

  channels(): Promise<ChannelRecord[]>
  findChannel(id: string): Promise<ChannelRecord | undefined>
  putChannel(channel: ChannelRecord, change: Change, events?: readonly NewEvent[]): Promise<boolean>
  removeChannel(id: string, revision: number, change: Change): Promise<boolean>

  find(id: string): Promise<AlertRecord | undefined>
  findMany(ids: readonly string[]): Promise<AlertRecord[]>
  /** The alerts that occupy these subjects, by `subjectKey`. */
  openOf(keys: readonly string[]): Promise<AlertRecord[]>
  /** Those of one rule that occupy their subjects; without a rule, all. */
  open(ruleId?: string): Promise<AlertRecord[]>
  /** The newest closed alert of a subject, since an instant. */
  lastClosed(ruleId: string, subject: string, since: number): Promise<AlertRecord | undefined>
  /** Alerts whose `next_at` has come, the earliest first. */
  due(now: number, limit: number): Promise<AlertRecord[]>
  /** The earliest `next_at`. */
  nextDue(): Promise<number | undefined>
  /** Alerts with flips that have no notices yet, the oldest first. */
  unspread(limit: number): Promise<AlertRecord[]>
  /** @returns for each write whether it took place */
  write(writes: readonly AlertWrite[], change: Change): Promise<boolean[]>
  /** Newest first, ties by id. */
  list(query: AlertQuery): Promise<Page<AlertRecord>>
  /** Of the alerts that are open or clearing. */
  counts(): Promise<AlertCount[]>

  /** Known ids are skipped. */
  addNotices(notices: readonly NoticeRecord[]): Promise<void>
  /** Oldest first. */
  noticesOf(alertId: string, limit: number): Promise<NoticeRecord[]>
  /** Those of a message, by id. */
  noticesIn(messageId: string): Promise<NoticeRecord[]>
  /** The waiting notices of a channel, oldest first; those that may be sent by an instant. */
  waiting(channelId: string, upTo: number, limit: number): Promise<NoticeRecord[]>
  /** Of these channels, those that have waiting notices. */
  waitingOf(channelIds: readonly string[]): Promise<WaitingNotices[]>
  /** Those of the given that wait become part of a message. */
  claim(noticeIds: readonly string[], messageId: string): Promise<void>
  /** Those of the given that wait go on waiting. */
  hold(noticeIds: readonly string[], until: { readonly not_before: number; readonly held_by: NoticeHold | undefined }): Promise<void>
  /** Those of the given that wait are dropped. */
  drop(noticeIds: readonly string[], reason: string): Promise<void>
  /** The notices of a message share its fate. */
  settle(messageId: string, state: 'sent' | 'dropped', reason?: string): Promise<void>

  /** As `putRule`. */
  putMessage(message: MessageRecord): Promise<boolean>
  findMessages(ids: readonly string[]): Promise<MessageRecord[]>
  /** Messages whose `next_at` has come, the earliest first. */
  messagesDue(now: number, limit: number): Promise<MessageRecord[]>
  nextMessageDue(): Promise<number | undefined>
  /** The messages of a channel that are neither sent nor dropped, oldest first. */
  unsent(channelId: string): Promise<MessageRecord[]>
  /** Newest first, ties by id. */
  messages(channelId: string, range: ListRange): Promise<Page<MessageRecord>>

  subscriptions(): Promise<PushSubscriptionRecord[]>
  putSubscription(subscription: PushSubscriptionRecord, change: Change): Promise<void>
  /** @returns whether there was one */
  removeSubscription(id: string, change: Change): Promise<boolean>

  mark(name: AlertMarkName): Promise<AlertMark | undefined>
  /** As `putRule`. */
  putMark(name: AlertMarkName, mark: AlertMark, change?: Change): Promise<boolean>
}
