import type { Alert, StateTrackingApiClient } from '@signalbox/client'
import { alertConditionOf } from '@signalbox/client/alert-words'
import type { SnoozeEnd } from '@signalbox/client/snooze-end'
import type { Scope } from '@signalbox/contract/scope'
import type { FleetAlert } from './fleet.ts'

export type AlertAction = 'acknowledge' | 'undoAcknowledgement' | 'snooze' | 'endSnooze'

/** @param scopes of the key; undefined until they are known */
export function possibleAlertActions(alert: FleetAlert, scopes: readonly Scope[] | undefined, now: number): AlertAction[] {
  if (scopes !== undefined && !scopes.includes('write')) return []
  return [alert.acknowledged === undefined ? 'acknowledge' : 'undoAcknowledgement', isSnoozed(alert, now) ? 'endSnooze' : 'snooze']
}

export function isSnoozed({ snoozed }: FleetAlert, now: number): boolean {
  return snoozed !== undefined && Date.parse(snoozed.until) > now
}

/** An alert that a person has not acted on. */
export function isUnseen(alert: FleetAlert, now: number): boolean {
  const condition = alertConditionOf(alert, now)
  return condition === 'open' || condition === 'clearing'
}

/** As on the page: it also ends when the alert gets worse or changes. */
export function snoozeAlert(client: Pick<StateTrackingApiClient, 'snoozeAlert'>, alertId: string, end: SnoozeEnd): Promise<Alert> {
  return client.snoozeAlert(alertId, { ...end, until_changed: true })
}
