import type { StateTrackingApiClient } from '@signalbox/client'
import { type SnoozeEnd, toSnoozeEnd } from '@signalbox/client/snooze-end'
import { formatRoughDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import * as vscode from 'vscode'
import { type AlertAction, possibleAlertActions, snoozeAlert } from '../alert-action.ts'
import { labelText, messageText } from '../editor-text.ts'
import type { FleetAlert } from '../fleet.ts'
import type { Tracker } from '../tracker.ts'
import { openDashboard } from './connect.ts'

/** A row of an alert, or of a session that an alert is about. */
export interface AlertTarget {
  readonly session?: string
  readonly alert?: string
}

/** Runs with the alert of the row, with that of its session, or with one that is chosen. */
export async function runAlertAction(tracker: Tracker, action: AlertAction, target: AlertTarget | undefined): Promise<void> {
  const { client } = tracker
  const alert = await findAlert(tracker, target, (one) => possibleAlertActions(one, tracker.scopes, tracker.clock.now()).includes(action))
  if (client === undefined || alert === undefined) return
  const about = printable(alert.summary)
  switch (action) {
    case 'acknowledge':
      await client.acknowledgeAlert(alert.alert_id)
      return offerUndo(`Acknowledged: ${about}`, () => client.undoAlertAcknowledgement(alert.alert_id))
    case 'undoAcknowledgement':
      await client.undoAlertAcknowledgement(alert.alert_id)
      return void vscode.window.setStatusBarMessage(`$(bell) Not acknowledged any more: ${labelText(about)}`, 5_000)
    case 'snooze':
      return snooze(client, alert)
    case 'endSnooze':
      await client.endAlertSnooze(alert.alert_id)
      return void vscode.window.setStatusBarMessage(`$(bell) Not snoozed any more: ${labelText(about)}`, 5_000)
  }
}

export async function openAlert(tracker: Tracker, target: AlertTarget | undefined): Promise<void> {
  const alert = await findAlert(tracker, target, () => true)
  if (alert !== undefined) await openDashboard(tracker, `/app/alerts/${encodeURIComponent(alert.alert_id)}`)
}

async function snooze(client: StateTrackingApiClient, alert: FleetAlert): Promise<void> {
  const chosen = await vscode.window.showQuickPick(snoozeEnds, {
    title: `Snooze: ${printable(alert.summary)}`,
    placeHolder: 'For how long? It ends earlier when the alert gets worse or changes.',
  })
  const now = Date.now()
  const end: SnoozeEnd | undefined = chosen === undefined ? undefined : toSnoozeEnd(chosen.value, '', now)
  if (end === undefined) return
  const { snoozed } = await snoozeAlert(client, alert.alert_id, end)
  const length = snoozed === undefined ? '' : ` for ${formatRoughDuration(Date.parse(snoozed.until) - now)}`
  await offerUndo(`Snoozed${length}: ${printable(alert.summary)}`, () => client.endAlertSnooze(alert.alert_id))
}

const snoozeEnds = [
  { label: '15 minutes', value: '15m' },
  { label: '1 hour', value: '1h' },
  { label: '4 hours', value: '4h' },
  { label: 'Until tomorrow, 8:00', value: 'tomorrow' },
  { label: '1 week', value: '1w' },
]

async function offerUndo(text: string, undo: () => Promise<unknown>): Promise<void> {
  if ((await vscode.window.showInformationMessage(messageText(text), 'Undo')) === 'Undo') await undo()
}

async function findAlert(
  { fleet }: Tracker,
  target: AlertTarget | undefined,
  fits: (alert: FleetAlert) => boolean,
): Promise<FleetAlert | undefined> {
  const known = target?.alert === undefined ? undefined : fleet.alerts.get(target.alert)
  if (target?.alert !== undefined) {
    if (known === undefined) void vscode.window.showInformationMessage('The alert is closed.')
    return known
  }
  const alerts = (target?.session === undefined ? [...fleet.alerts.values()] : fleet.alertsOf(target.session)).filter(fits)
  if (alerts.length === 0) void vscode.window.showInformationMessage('There is no alert for that now.')
  if (alerts.length < 2 && target?.session !== undefined) return alerts[0]
  const items = alerts.map((alert) => ({ label: `$(bell) ${labelText(alert.summary)}`, alert }))
  return items.length === 0 ? undefined : (await vscode.window.showQuickPick(items, { placeHolder: 'Which alert?' }))?.alert
}
