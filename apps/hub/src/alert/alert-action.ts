import type { AlertRecord, AlertRuleRecord } from '../store/alert.ts'
import { type AlertStep, closed, next, withFlip, withNextAt } from './alert.ts'
import { alertEvent } from './alert-event.ts'

// What a person does with an alert that is not closed. Undefined where nothing changes.

interface By {
  readonly at: number
  /** The name of the key. */
  readonly by?: string | undefined
}

export function acknowledged(alert: AlertRecord, rule: AlertRuleRecord, { at, by }: By, note: string | undefined): AlertStep | undefined {
  if (alert.acknowledged !== undefined) return undefined
  const acknowledgement = { at, ...(by === undefined ? {} : { by }), ...(note === undefined ? {} : { note }) }
  const done = withNextAt(withFlip(next(alert, { acknowledged: acknowledgement }), 'acknowledged', at, 'opening'), rule)
  return { alert: done, events: [alertEvent(done, 'acknowledged')] }
}

export function unacknowledged(alert: AlertRecord, rule: AlertRuleRecord, now: number): AlertStep | undefined {
  if (alert.acknowledged === undefined) return undefined
  // What was due in the meantime is not made up for.
  const done = withNextAt(next(alert, { acknowledged: undefined, reminded_at: now }), rule)
  return { alert: done, events: [alertEvent(done, 'acknowledgement_undone')] }
}

export function snoozed(alert: AlertRecord, rule: AlertRuleRecord, { by }: By, until: number, untilChanged: boolean): AlertStep {
  const snooze = { until, until_changed: untilChanged, ...(by === undefined ? {} : { by }) }
  const done = withNextAt(next(alert, { snoozed: snooze }), rule)
  return { alert: done, events: [alertEvent(done, 'snoozed')] }
}

export function unsnoozed(alert: AlertRecord, rule: AlertRuleRecord): AlertStep | undefined {
  if (alert.snoozed === undefined) return undefined
  const done = withNextAt(next(alert, { snoozed: undefined }), rule)
  return { alert: done, events: [alertEvent(done, 'snooze_ended')] }
}

/** A pending one closes too, so that it does not open. */
export function closedByHand(alert: AlertRecord, rule: AlertRuleRecord | undefined, now: number): AlertStep {
  return closed(alert, 'by_hand', now, rule, rule !== undefined)
}
