import { countOf } from '@signalbox/contract/plural'
import type { channels as english } from '../en/channels.tsx'

export const channels: typeof english = {
  // alerts/channels/channel-dialog.tsx
  newChannel: 'Neuer Kanal',
  channelCreated: 'Kanal erstellt',
  isNotifiedFromNow: (name) => `„${name}“ wird ab jetzt benachrichtigt.`,
  copySigningSecretOf: (name) =>
    `Kopiere jetzt das Signaturgeheimnis von „${name}“: es wird nur einmal gezeigt. Damit prüft der Empfänger, dass eine Nachricht von diesem Hub ist.`,
  theSigningSecret: 'das Signaturgeheimnis',
  done: 'Fertig',
  newChannelOfKind: (kind) => `Neuer Kanal: ${kind}`,
  change: (channel) => `„${channel}“ ändern`,
  name: 'Name',
  messagesHaveLinksThat:
    'Nachrichten haben Links, die einer Sitzung antworten oder ein Budget erhöhen: wer sie liest, kann sie einmal benutzen',
  switchedOn: 'Eingeschaltet',
  sendTest: 'Test senden',
  back: 'Zurück',
  cancel: 'Abbrechen',
  createChannel: 'Kanal erstellen',
  save: 'Speichern',

  // alerts/channels/channel-fields.tsx
  moreSettings: 'Weitere Einstellungen',
  optional: ' (freiwillig)',
  notSet: 'nicht gesetzt',
  staysAsItIs: (shown) => `${shown} bleibt, wie es ist`,
  withoutIt: (without) => ` Ohne: ${without}.`,

  // alerts/channels/channel-form.ts
  it: (message) => `${message}`,

  // alerts/channels/channel-messages-dialog.tsx
  messagesOf: (channel) => `Nachrichten von „${channel}“`,
  loadingMessages: 'Nachrichten werden geladen',
  nothingWasSentYet: 'Noch wurde nichts gesendet.',

  // alerts/channels/channel-row.tsx
  since: ' seit ',
  test: 'Testen',
  messages: 'Nachrichten',
  endSnooze: 'Nicht mehr zurückstellen',
  snooze: 'Zurückstellen',
  changeLabel: 'Ändern',
  remove: 'Entfernen',
  snoozeNamed: (name) => `„${name}“ zurückstellen`,
  thisChannelIsNotified: 'Dieser Kanal wird bis dahin nicht benachrichtigt. Am Ende wird gesendet, was noch offen ist.',
  nothingSentYet: 'Noch nichts gesendet',
  lastSent: (ago) => <>Zuletzt gesendet {ago}</>,
  noticesWaiting: (waiting) => `, ${countOf(waiting, 'Meldung wartet', 'Meldungen warten')}`,
  snoozedUntil: (recentMoment) => <>, zurückgestellt bis {recentMoment}</>,
  quiet: (quietHours) => `, Ruhe ${quietHours}`,
  setInAlertsFile: ', festgelegt in ALERTS_FILE',
  removeQuestion: (name) => `„${name}“ entfernen?`,
  itIsNotifiedOf:
    'Er wird nicht mehr benachrichtigt, und was auf ihn wartet, wird verworfen. Um ihn nur für einige Zeit anzuhalten, stelle ihn zurück.',

  // alerts/channels/channels-panel.tsx
  alertChannels: 'Alarmkanäle',
  loadingChannels: 'Kanäle werden geladen',
  noChannelYetAlerts:
    'Noch kein Kanal: Alarme stehen nur auf dieser Seite. Regeln ohne eigene Kanäle benachrichtigen jeden Kanal, der erste genügt also.',

  // alerts/channels/push-button.tsx
  browsersAllowNotificationsOnly:
    'Browser erlauben Benachrichtigungen nur einer Seite, die über https geöffnet wurde, oder auf der Maschine des Hubs als localhost oder 127.0.0.1.',
  onIPhoneOrIPad:
    'Auf iPhone und iPad brauchen Benachrichtigungen die Seite auf dem Home-Bildschirm: Teilen, „Zum Home-Bildschirm“, dann von dort öffnen und hierher zurückkommen.',
  thisBrowserHasNo: 'Dieser Browser hat kein Web-Push. Firefox, Chrome, Edge und Safari haben es, aber nicht in privaten Fenstern.',
  notificationsOfThisPage:
    'Benachrichtigungen dieser Seite sind in diesem Browser blockiert. Erlaube sie in den Einstellungen der Seite, neben ihrer Adresse, und lade neu.',
  thisBrowser: 'Dieser Browser',
  itShowsNotificationsAlso: 'Er zeigt Benachrichtigungen, auch während diese Seite geschlossen ist.',
  showAlertsAsNotifications: 'Alarme als Benachrichtigungen zeigen, auch während diese Seite geschlossen ist.',
  notifyThisBrowser: 'Diesen Browser benachrichtigen',
  stop: 'Beenden',
  notNotifiedYet: ', noch nicht benachrichtigt',
  lastNotified: (ago) => <>, zuletzt benachrichtigt {ago}</>,
  stopNamed: (name) => `Beenden: ${name}`,

  // alerts/channels/quiet-hours-fields.tsx
  quietHours: 'Ruhezeiten',
  nothingIsSentIn: 'In ihnen wird nichts gesendet. An ihrem Ende sagt eine Nachricht, was noch offen ist.',
  addQuietHours: 'Ruhezeit hinzufügen',
  criticalAlertsAreSent: 'Kritische Alarme werden trotzdem gesendet',
  timeZone: 'Zeitzone',
  quietHoursNumber: (number) => `Ruhezeit ${number}`,
  from: 'Von',
  toTime: 'bis',
  removeQuietHours: (number) => `Ruhezeit ${number} entfernen`,

  // alerts/channels/quiet-hours.ts
  allDay: 'ganztags',

  // alerts/channels/test-result.tsx
  sendingTest: 'Test wird gesendet …',
  ms: (text, ms) => `${text} · ${ms} ms`,
  noticesBehind: (count) => `, ${countOf(count, 'Meldung', 'Meldungen')}`,
  choices: { yes: 'ja', no: 'nein' },
  weekdays: { monday: 'Mo', tuesday: 'Di', wednesday: 'Mi', thursday: 'Do', friday: 'Fr', saturday: 'Sa', sunday: 'So' },
  and: (first, second) => `${first} und ${second}`,
}
