import type { AlertCloseReason, FlipType } from '@signalbox/contract/alert'
import type { NewEvent } from '../event/new-event.ts'
import { type AlertRecord, type AlertRuleRecord, type FlipRecord, MAX_FLIPS, type RuleChannels } from '../store/alert.ts'
import { alertEvent } from './alert-event.ts'
import type { Subject, Verdict } from './rule/rule-kind.ts'

/** Four openings of a subject within this time are flapping; it ends when nothing has changed for so long. */
export const FLAPPING_MS = 30 * 60_000
export const FLAPPING_OPENINGS = 4

/** What becomes of an alert. Its revision is the next one. */
export interface AlertStep {
  readonly alert: AlertRecord
  readonly events: readonly NewEvent[]
  /** It was only pending, and leaves no trace. */
  readonly remove?: true
}

export interface Judged {
  readonly rule: AlertRuleRecord
  readonly subject: Subject
  readonly verdict: Verdict
  /** The alert that occupies the subject. */
  readonly alert: AlertRecord | undefined
  /** Where none does: the one before, if it was closed lately or was an event. */
  readonly before: AlertRecord | undefined
  readonly now: number
  /** The id of a new alert. */
  readonly newId: () => string
}

/**
 * The decision table: what a verdict makes of the alert of a subject. Undefined where nothing changes. `unknown` changes nothing
 * but what time alone decides of a pending alert: that stays as it is, too, since nothing says that it still holds.
 */
export function judgedAlert({ rule, subject, verdict, alert, before, now, newId }: Judged): AlertStep | undefined {
  if (verdict.verdict === 'unknown') return undefined
  if (verdict.verdict === 'holds') {
    if (alert === undefined) return opening(rule, subject, verdict, before, now, newId)
    if (alert.state === 'closed') return undefined
    return holding(alert, rule, verdict, now)
  }
  if (alert === undefined) return undefined
  if (alert.state === 'closed') return release(alert)
  if (alert.state === 'pending') return { alert: next(alert, {}), events: [], remove: true }
  if (verdict.verdict === 'gone') return closed(alert, 'gone', now, undefined)
  return clearing(alert, rule, now)
}

type Holds = Extract<Verdict, { verdict: 'holds' }>

function opening(
  rule: AlertRuleRecord,
  { key, about }: Subject,
  verdict: Holds,
  before: AlertRecord | undefined,
  now: number,
  newId: () => string,
): AlertStep | undefined {
  // An event is reported once, however often it is seen.
  if (verdict.closes_itself && before !== undefined) return undefined
  const { since, severity, summary, values } = verdict
  const alert: AlertRecord = {
    alert_id: newId(),
    rule_id: rule.rule_id,
    rule_name: rule.name,
    kind: rule.kind,
    subject: key,
    about,
    state: 'pending',
    severity,
    summary,
    values,
    // A clock that was set back must not date it into the future.
    occurred_at: Math.min(since, now),
    created_at: now,
    flapping: false,
    flaps: 0,
    openings: (before?.openings ?? []).filter((at) => at > now - FLAPPING_MS && at <= now),
    escalated: 0,
    flips: [],
    unspread: 0,
    revision: 0,
  }
  if (!verdict.closes_itself && alert.occurred_at + rule.for_ms > now) {
    return { alert: next(alert, { next_at: alert.occurred_at + rule.for_ms }), events: [] }
  }
  return opened(alert, rule, now, verdict.closes_itself === true)
}

/** @param passed it was an event, and closes at once */
function opened(alert: AlertRecord, rule: AlertRuleRecord, now: number, passed = false): AlertStep {
  const openings = [...alert.openings, now]
  const flapping = openings.length >= FLAPPING_OPENINGS
  const open = next(alert, {
    state: passed ? 'closed' : 'open',
    opened_at: now,
    openings,
    flapping,
    ...(passed ? { closed_at: now, close_reason: 'passed' as const } : {}),
  })
  const said = withFlip(open, flapping ? 'flapping' : 'opened', now, rule.channels)
  const timed = withNextAt(said, rule)
  const events = [alertEvent(timed, 'opened')]
  return { alert: timed, events: passed ? [...events, alertEvent(timed, 'closed')] : events }
}

function holding(alert: AlertRecord, rule: AlertRuleRecord, verdict: Holds, now: number): AlertStep | undefined {
  const { severity, summary, values } = verdict
  if (alert.state === 'pending') {
    const current = { ...alert, severity, summary, values }
    return alert.occurred_at + rule.for_ms <= now ? opened(current, rule, now) : undefined
  }
  const isChanged = severity !== alert.severity || withoutFigures(summary) !== withoutFigures(alert.summary)
  const endsSnooze = isChanged && alert.snoozed?.until_changed === true
  const ends = endsSnooze ? { snoozed: undefined } : {}
  // It was asked for until a change: that is sent now.
  const said = (changed: AlertRecord) => (endsSnooze ? withFlip(changed, 'reminder', now, 'opening') : changed)
  const events = (changed: AlertRecord) => [
    ...(endsSnooze ? [alertEvent(changed, 'snooze_ended')] : []),
    ...(isChanged ? [alertEvent(changed, 'severity')] : []),
  ]
  if (alert.state === 'clearing') {
    const openings = alert.flapping ? [...alert.openings, now].slice(-FLAPPING_OPENINGS) : alert.openings
    const fields = { state: 'open' as const, clear_since: undefined, flaps: alert.flaps + 1, openings, severity, summary, values, ...ends }
    const changed = withNextAt(said(next(alert, fields)), rule)
    return { alert: changed, events: events(changed) }
  }
  if (!isChanged) return undefined
  const changed = withNextAt(said(next(alert, { severity, summary, values, ...ends })), rule)
  return { alert: changed, events: events(changed) }
}

function clearing(alert: AlertRecord, rule: AlertRuleRecord, now: number): AlertStep | undefined {
  const since = alert.clear_since ?? now
  // A flapping alert closes when it has been quiet.
  const wait = alert.flapping ? Math.max(rule.clear_ms, FLAPPING_MS) : rule.clear_ms
  if (since + wait <= now) return closed(alert, 'cleared', now, rule)
  // The clock was set back: it is clear for an unknown time, at least from now on.
  if (alert.state === 'clearing' && since <= now) return undefined
  const from = Math.min(since, now)
  return { alert: next(alert, { state: 'clearing', clear_since: from, next_at: from + wait }), events: [] }
}

/** @param rule undefined where nothing is to be sent */
export function closed(
  alert: AlertRecord,
  reason: AlertCloseReason,
  now: number,
  rule: AlertRuleRecord | undefined,
  held = false,
): AlertStep {
  const done = next(alert, {
    state: 'closed',
    closed_at: now,
    close_reason: reason,
    next_at: undefined,
    clear_since: undefined,
    // Its end is a change.
    ...(alert.snoozed?.until_changed ? { snoozed: undefined } : {}),
    ...(held ? { held_at_close: true } : {}),
  })
  const openFor = (alert.clear_since ?? now) - (alert.opened_at ?? now)
  const isSent = rule?.recovery === true && alert.opened_at !== undefined
  const said = isSent ? withFlip(done, 'closed', now, 'opening', Math.max(0, openFor)) : done
  return { alert: said, events: alert.opened_at === undefined ? [] : [alertEvent(said, 'closed')] }
}

/** An alert that was closed by hand is clear by now: the next time its rule holds, another one opens. */
function release(alert: AlertRecord): AlertStep {
  return { alert: next(alert, { held_at_close: undefined }), events: [] }
}

/** What time alone changes of an open alert: reminders, escalation, the end of a snooze and of flapping. */
export function timedAlert(alert: AlertRecord, rule: AlertRuleRecord, now: number): AlertStep | undefined {
  if (alert.state !== 'open') return undefined
  let changed = alert
  const events: NewEvent[] = []
  if (changed.snoozed !== undefined && changed.snoozed.until <= now) {
    changed = { ...changed, snoozed: undefined }
    events.push(alertEvent(changed, 'snooze_ended'))
  }
  if (changed.flapping && steadySince(changed) + FLAPPING_MS <= now) changed = { ...changed, flapping: false, openings: [] }
  if (escalationAt(changed, rule) <= now) {
    const step = rule.escalate[changed.escalated]!
    changed = withFlip({ ...changed, escalated: changed.escalated + 1 }, 'escalated', now, step.channels)
    events.push(alertEvent(changed, 'escalated'))
  } else if (reminderAt(changed, rule) <= now) {
    changed = withFlip({ ...changed, reminded_at: now }, 'reminder', now, 'opening')
    events.push(alertEvent(changed, 'reminded'))
  }
  const timed = withNextAt(next(changed, {}), rule)
  return changed === alert && timed.next_at === alert.next_at ? undefined : { alert: timed, events }
}

/** With the moment at which time alone changes it. */
export function withNextAt(alert: AlertRecord, rule: AlertRuleRecord): AlertRecord {
  if (alert.state !== 'open') return alert.state === 'closed' ? { ...alert, next_at: undefined } : alert
  const moments = [
    escalationAt(alert, rule),
    reminderAt(alert, rule),
    alert.snoozed?.until ?? Number.POSITIVE_INFINITY,
    alert.flapping ? steadySince(alert) + FLAPPING_MS : Number.POSITIVE_INFINITY,
  ]
  const earliest = Math.min(...moments)
  return { ...alert, next_at: Number.isFinite(earliest) ? earliest : undefined }
}

function escalationAt(alert: AlertRecord, rule: AlertRuleRecord): number {
  const step = rule.escalate[alert.escalated]
  if (step === undefined || alert.acknowledged !== undefined) return Number.POSITIVE_INFINITY
  return (alert.opened_at ?? alert.created_at) + step.after_ms
}

function reminderAt(alert: AlertRecord, rule: AlertRuleRecord): number {
  if (rule.repeat_ms === undefined || alert.acknowledged !== undefined) return Number.POSITIVE_INFINITY
  return (alert.reminded_at ?? alert.opened_at ?? alert.created_at) + rule.repeat_ms
}

function steadySince(alert: AlertRecord): number {
  return alert.openings.at(-1) ?? alert.opened_at ?? alert.created_at
}

/** Adds a flip, which is spread to channels afterwards. */
export function withFlip(
  alert: AlertRecord,
  what: FlipType,
  at: number,
  channels: RuleChannels | 'opening',
  openForMs?: number,
): AlertRecord {
  const flip: FlipRecord = {
    flip_id: `${alert.alert_id}.${alert.revision}.${alert.unspread}`,
    what,
    at,
    occurred_at: what === 'closed' ? at : alert.occurred_at,
    severity: alert.severity,
    summary: alert.summary,
    channels,
    ...(openForMs === undefined ? {} : { open_for_ms: openForMs }),
  }
  return { ...alert, flips: [...alert.flips, flip].slice(-MAX_FLIPS), unspread: Math.min(MAX_FLIPS, alert.unspread + 1) }
}

/** The alert with other fields, at its next revision. */
export function next(alert: AlertRecord, fields: Partial<AlertRecord>): AlertRecord {
  return { ...alert, ...fields, revision: alert.revision + 1 }
}

/** "waiting for 12 min" and "waiting for 13 min" say the same. */
function withoutFigures(text: string): string {
  return text.replace(/\d+/g, '#')
}
