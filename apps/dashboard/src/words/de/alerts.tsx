import { countOf, plural } from '@signalbox/contract/plural'
import type { alerts as english } from '../en/alerts.tsx'

export const alerts: typeof english = {
  // alerts/acknowledge-all-button.tsx
  theyCouldNotBe: (message) => `Sie konnten nicht bestätigt werden: ${message}`,
  acknowledgeAll: 'Alle bestätigen',

  // alerts/alert-actions.tsx
  acknowledged: (ago, text, text2) => (
    <>
      Bestätigt {ago}
      {text}
      {text2}
    </>
  ),
  byPerson: (by) => ` von ${by}`,
  snoozedUntil: (recentMoment) => <>Zurückgestellt bis {recentMoment}</>,
  acknowledge: 'Bestätigen',
  undo: 'Rückgängig',
  snooze: 'Zurückstellen',
  endSnooze: 'Nicht mehr zurückstellen',
  close: 'Schließen',
  closeThisAlert: 'Diesen Alarm schließen?',
  isClosedAlthoughIts: (summary) =>
    `„${summary}“ wird geschlossen, obwohl die Regel vielleicht noch zutrifft. Er öffnet sich wieder, wenn es vorbei war und wiederkommt. Kanäle, die benachrichtigt wurden, erfahren vom Ende.`,
  cancel: 'Abbrechen',
  closeAlert: 'Den Alarm schließen',

  // alerts/alert-details-panel.tsx
  rule: 'Regel',
  session: 'Sitzung',
  machine: 'Maschine',
  project: 'Projekt',
  account: 'Konto',
  task: 'Aufgabe',
  started: 'Begonnen',
  opened: 'Geöffnet',
  closed: 'Geschlossen',
  why: 'Warum',
  clearedAndCameBack: 'Vorbei und wiedergekommen',
  escalated: 'Eskaliert',
  details: 'Einzelheiten',

  // alerts/alert-filters.tsx
  open: 'Offen',
  removeFilter: (text) => `Filter „${text}“ entfernen`,
  filters: 'Filter',
  state: 'Zustand',
  allStates: 'Jeder Zustand',
  severity: 'Schwere',
  allSeverities: 'Jede Schwere',
  kind: 'Art',
  allKinds: 'Jede Art',
  ruleNamed: (rule) => `Regel ${rule}`,
  machineNamed: (machine) => `Maschine ${machine}`,
  sessionNamed: (session) => `Sitzung ${session}`,
  clearFilters: 'Filter zurücksetzen',

  // alerts/alert-row.tsx
  opensAndClosesAgain: ' · öffnet und schließt sich immer wieder',
  forTime: (duration) => `seit ${duration}`,
  lasted: (duration) => `dauerte ${duration}`,

  // alerts/alert.tsx
  alert: 'Alarm',
  alerts: (name) => `${name} · Alarme`,
  backToAlerts: 'Alarme',
  loadingAlert: 'Der Alarm wird geladen',
  alertIsGone: 'Vielleicht wurde er gelöscht, oder ein anderer Hub hat ihn. Alle Alarme dieses Hubs stehen unter Alarme.',

  // alerts/alerts.tsx
  alertsLabel: 'Alarme',
  channelsAndRules: 'Kanäle und Regeln',
  alertsAreSwitchedOff: (code) => <>Alarme sind auf diesem Hub abgeschaltet, mit {code}: nichts wird überwacht und nichts gesendet.</>,
  loadingAlerts: 'Alarme werden geladen',
  alertsThatMatch: 'Passende Alarme',
  showOlder: 'Ältere zeigen',
  noAlertMatchesThese: 'Kein Alarm passt zu diesen Filtern.',
  showAllAlerts: 'Alle Alarme zeigen',
  nothingHasHappenedThat: (link) => (
    <>Nichts ist geschehen, worauf eine Regel achtet. Die Regeln, und die Kanäle, über die du benachrichtigt wirst, sind in den {link}.</>
  ),
  settings: 'Einstellungen',
  noAlertIsOpen: 'Kein Alarm ist offen',
  alertsOpen: (count) => `${countOf(count, 'Alarm', 'Alarme')} offen`,
  noChannelNotifiesAnyone: 'kein Kanal benachrichtigt jemanden',
  notGettingThrough: (broken) => `${broken} davon ${plural(broken, 'kommt', 'kommen')} nicht durch`,
  messagesWaiting: (waiting) => `${countOf(waiting, 'Nachricht', 'Nachrichten')} warten`,
  shownOf: (shown, total) => `${shown} von ${total}`,

  // alerts/end-choice.ts
  untilTomorrowMorning: 'Bis morgen, 8:00 Uhr',
  until: 'Bis …',

  // alerts/end-dialog.tsx
  howLong: 'Wie lange',
  dateAndTime: 'Datum und Uhrzeit',
  chooseTimeToCome: 'Wähle eine Zeit in der Zukunft.',

  // alerts/flips-panel.tsx
  whatHappened: 'Was geschah',
  nothingYet: 'Noch nichts.',

  // alerts/message-attempts.tsx
  attempts: 'Versuche',
  nextAttempt: (moment) => <>Nächster Versuch {moment}.</>,
  givenUp: (reason) => `Aufgegeben: ${reason}.`,
  noReasonGiven: 'kein Grund genannt',
  itSaysThatIt: 'Sie sagt, dass sie eine Wiederholung sein kann.',

  // alerts/open-alerts-panel.tsx
  openAlerts: 'Offene Alarme',
  allAlerts: 'Alle Alarme',
  loadingOpenAlerts: 'Offene Alarme werden geladen',
  allOpenAlerts: (count) => `Alle ${count} offenen Alarme`,
  noAlertIsOpenAny: 'Kein Alarm ist mehr offen',
  alertsAreOpen: (count) => `${countOf(count, 'Alarm', 'Alarme')} ${plural(count, 'ist', 'sind')} offen`,

  // alerts/pause-button.tsx
  pauseAll: 'Alle pausieren',
  pauseAllMessages: 'Alle Nachrichten pausieren',
  noChannelIsNotified:
    'Kein Kanal wird bis dahin benachrichtigt. Alarme öffnen und schließen sich auf dieser Seite wie immer; am Ende wird gesendet, was noch offen ist.',
  pause: 'Pausieren',
  reasonOptional: 'Grund (freiwillig)',
  maintenance: 'Wartung',

  // alerts/pause-note.tsx
  alertsOpenAndClose: (strong, text, text2) => (
    <>
      {strong} Alarme öffnen und schließen sich hier weiter.{text}
      {text2}
    </>
  ),
  allMessagesArePaused: (recentMoment) => <>Alle Nachrichten sind pausiert bis {recentMoment}.</>,
  reason: (reason) => ` Grund: ${reason}.`,
  pausedBy: (by) => ` Pausiert von ${by}.`,
  resume: 'Fortsetzen',

  // alerts/receipts-panel.tsx
  messages: 'Nachrichten',
  nothingIsSentBefore: 'Nichts wird gesendet, bevor sich der Alarm öffnet.',
  noChannelWasNotified: (text, link) => (
    <>
      Kein Kanal wurde benachrichtigt. {text}
      {link}.
    </>
  ),
  thereIsNoneYet: 'Es gibt noch keinen: ',
  whichChannelsRuleNotifies: 'Welche Kanäle eine Regel benachrichtigt, steht in der Regel: ',
  inMessageWithMore: (notices) => `, in einer Nachricht mit ${notices} weiteren`,
  notBefore: (moment) => <>, nicht vor {moment}</>,

  // alerts/severity-mark.tsx
  info: 'Info',
  warning: 'Warnung',
  critical: 'Kritisch',

  // alerts/snooze-alert-dialog.tsx
  snoozeThisAlert: 'Diesen Alarm zurückstellen',
  nothingIsSentAbout: (summary) => `Über „${summary}“ wird bis dahin nichts gesendet. Er bleibt auf dieser Seite offen.`,
  endItEarlierWhen: 'Früher beenden, wenn der Alarm schlimmer wird oder sich ändert',
  channelCount: (count) => countOf(count, 'Kanal', 'Kanäle'),
  moreOpenAlerts: (count) => countOf(count, 'weiterer offener Alarm', 'weitere offene Alarme'),
  minutes15: '15 Minuten',
  hour1: '1 Stunde',
  hours4: '4 Stunden',
  week1: '1 Woche',
}
