import { countOf, plural } from '@signalbox/contract/plural'
import type { settings as english } from '../en/settings.tsx'

export const settings: typeof english = {
  // settings/about-panel.tsx
  about: 'Über',
  whatsNewDots: 'Was ist neu …',
  signalboxRunningFor: (version, uptime) => (
    <>
      Signalbox {version}, läuft seit {uptime}
    </>
  ),
  everyRouteIsDescribed: (link) => <>Jede Route ist beschrieben in {link}.</>,
  itsApiDocument: 'der API-Beschreibung',

  // settings/account-panel.tsx
  account: 'Konto',
  noSignInIs:
    'Keine Anmeldung nötig: noch gibt es keinen API-Schlüssel, und der Hub lässt nur Programme seines eigenen Benutzers auf seiner eigenen Maschine ein.',
  onceKeyExistsThis: 'Sobald es einen Schlüssel gibt, verlangt diese Seite eine Anmeldung. Melde diesen Browser an mit:',
  theCommandThatSigns: 'den Befehl, der einen Browser anmeldet',
  signedInScopes: (rest) => <>Angemeldet{rest}. Rechte:</>,
  asName: (who) => <> als {who}</>,
  signOut: 'Abmelden',

  // settings/accounts-panel.tsx
  claudeAccounts: 'Claude-Konten',
  nameOf: (label) => `Name von ${label}`,
  save: 'Speichern',
  onMachines: (machines) => `auf ${machines}`,
  formerAccount: 'früheres Konto',
  lastSeen: (ago) => <>zuletzt gesehen {ago}</>,

  // settings/appearance-panel.tsx
  appearance: 'Aussehen',
  theme: 'Farben',
  keyboardShortcutsWithoutModifier: (key, key2) => (
    <>
      Tastenkürzel ohne Zusatztaste, etwa {key} und {key2}
    </>
  ),
  storedInThisBrowser: (text, language) => `In diesem Browser gespeichert. Zeitzone: ${text}. Sprache: ${language}.`,

  // settings/audit-panel.tsx
  signedIn: 'Angemeldet',
  signInRefused: 'Anmeldung abgewiesen',
  signedOut: 'Abgemeldet',
  keyCreated: 'Schlüssel erstellt',
  keyRevoked: 'Schlüssel widerrufen',
  inviteCreated: 'Einladung erstellt',
  machineConnected: 'Maschine verbunden',
  inviteCodeRefused: 'Einladungscode abgewiesen',
  sessionDeleted: 'Sitzung gelöscht',
  oldSessionsCleanedUp: 'Alte Sitzungen aufgeräumt',
  machineRenamed: 'Maschine umbenannt',
  machineMerged: 'Maschine zusammengeführt',
  machineRemoved: 'Maschine entfernt',
  dataDeleted: 'Daten gelöscht',
  accountNamed: 'Konto benannt',
  settingsOfHubChanged: 'Einstellungen des Hubs geändert',
  questionAnswered: 'Frage beantwortet',
  questionSettled: 'Frage erledigt',
  monitorPaused: 'Überwachung pausiert',
  monitorResumed: 'Überwachung fortgesetzt',
  alertAcknowledged: 'Alarm bestätigt',
  acknowledgementUndone: 'Bestätigung zurückgenommen',
  alertSnoozed: 'Alarm zurückgestellt',
  snoozeEnded: 'Zurückstellung beendet',
  alertClosed: 'Alarm geschlossen',
  alertsPaused: 'Alarme pausiert',
  alertsResumed: 'Alarme fortgesetzt',
  alertRuleCreated: 'Alarmregel erstellt',
  alertRuleChanged: 'Alarmregel geändert',
  alertRuleRemoved: 'Alarmregel entfernt',
  channelCreated: 'Kanal erstellt',
  channelChanged: 'Kanal geändert',
  channelRemoved: 'Kanal entfernt',
  channelTested: 'Kanal getestet',
  budgetCreated: 'Budget erstellt',
  budgetChanged: 'Budget geändert',
  budgetRemoved: 'Budget entfernt',
  budgetRaised: 'Budget erhöht',
  browserSubscribedToAlerts: 'Browser für Alarme angemeldet',
  browserUnsubscribedFromAlerts: 'Browser von Alarmen abgemeldet',
  auditLog: 'Audit-Protokoll',
  loadingAuditLog: 'Das Audit-Protokoll wird geladen',
  nothingYetSignIns: 'Noch nichts: hier stehen Anmeldungen, Schlüssel und Löschungen.',
  showOlder: 'Ältere zeigen',
  noKey: 'kein Schlüssel',
  onHubsMachine: 'auf der Maschine des Hubs',

  // settings/create-key-dialog.tsx
  never: 'Nie',
  in30Days: 'In 30 Tagen',
  in90Days: 'In 90 Tagen',
  inYear: 'In einem Jahr',
  theKeyWasCreated: (name) =>
    `Der Schlüssel wurde erstellt, aber die Antwort ging verloren, und er kann nicht noch einmal gezeigt werden. Widerrufe „${name}“ und erstelle einen anderen.`,
  copyItNowIt: 'Kopiere ihn jetzt: er wird nur einmal gezeigt, und der Hub speichert ihn nicht.',
  theKey: 'den Schlüssel',
  done: 'Fertig',
  newApiKey: 'Neuer API-Schlüssel',
  name: 'Name',
  laptopWallDisplay: 'Laptop, Wandanzeige …',
  scopes: 'Rechte',
  expires: 'Läuft ab',
  cancel: 'Abbrechen',
  createKey: 'Schlüssel erstellen',
  onlyAboutThisMachine: 'Nur über diese Maschine',
  everyMachine: 'jede Maschine',
  onlyAboutThisProject: 'Nur über dieses Projekt',
  everyProject: 'jedes Projekt',
  itSendsAndChanges: 'Er sendet und ändert nichts über andere; mit dem Recht read liest er trotzdem alles.',

  // settings/data-panel.tsx
  project: 'Projekt',
  machine: 'Maschine',
  data: 'Daten',
  exportUsageAsCsv: (link, code) => (
    <>
      Verbrauch als CSV oder JSON exportieren: unter {link}. Die ganze Hub-Datenbank kopieren: mit {code}.
    </>
  ),
  usage: 'Verbrauch',
  deleteDataOf: 'Die Daten löschen von',
  deleteDataOfThis: (kind) => `Die Daten löschen von: ${kind}`,
  choose: (kind) => `${kind} wählen`,
  delete: 'Löschen …',
  deleteDataQuestion: (label) => `Die Daten von ${label} löschen?`,
  theHubHasNo: 'Der Hub hat keine Daten davon.',
  thisCannotBeUndone: (parts) =>
    `${parts}. Das lässt sich nicht rückgängig machen. Was auf den Maschinen ist, bleibt dort; ein Collector, der es noch einmal sendet, wird abgewiesen.`,
  deleteLabel: 'Löschen',

  csv: 'CSV',
  json: 'JSON',
  exportAllUsageBy: 'Allen Verbrauch exportieren, eine Zeile je',
  exportGroups: { day: 'Tag', session: 'Sitzung', project: 'Projekt', model: 'Modell', machine: 'Maschine', person: 'Person' },

  // settings/keys-panel.tsx
  apiKeys: 'API-Schlüssel',
  newKey: 'Neuer Schlüssel',
  loadingApiKeys: 'API-Schlüssel werden geladen',
  noApiKeyYet: (text) => <>Noch kein API-Schlüssel. Collectoren auf anderen Maschinen und Browser im Netz brauchen je einen.{text}</>,
  toCreateOneHere: ' Um hier einen zu erstellen, melde erst diesen Browser an.',
  keysSetWithOr: (code, code2) => (
    <>
      Mit {code} oder {code2} gesetzte Schlüssel stehen nicht in der Liste.
    </>
  ),
  keyColumns: {
    key: 'Schlüssel',
    scopes: 'Rechte',
    about: 'Nur über',
    used: 'Zuletzt benutzt',
    created: 'Erstellt',
    expires: 'Läuft ab',
  },
  neverUsed: 'nie',
  machineNamed: (machineId) => <>Maschine {machineId}</>,
  projectNamed: (projectId) => <>Projekt {projectId}</>,
  everything: 'alles',
  neverExpires: 'nie',
  expired: 'abgelaufen',
  revoked: 'widerrufen',
  revoke: 'Widerrufen',
  revokeNamed: (entry) => `${entry} widerrufen`,
  daysWithoutUse: (idleDays) => `nach ${countOf(idleDays, 'Tag', 'Tagen')} ohne Benutzung`,
  inTime: (left) => `in ${left}`,
  lastDayQuotas: (used) => `Letzte 24 Stunden: ${used}`,

  // settings/prices-panel.tsx
  prices: 'Preise',
  loadingPrices: 'Preise werden geladen',
  priceTable: (version, date) => (
    <>
      Preisliste {version}, {date}
    </>
  ),
  modelsWithoutPriceTheir: 'Modelle ohne Preis; ihre Kosten sind unbekannt:',
  everyModelInUse: 'Jedes benutzte Modell hat einen Preis.',
  costsAreComputedFrom: (code) => (
    <>Kosten werden aus den Aufrufen mit den Preisen ihres Tages berechnet. Für eine andere Liste setze {code} auf dem Hub.</>
  ),

  sourceOfPrices: (source) => `Quelle: ${source}`,
  pricesPerMillion: 'Listenpreise in US-Dollar je Million Token, ab dem genannten Tag (UTC).',
  model: 'Modell',
  from: 'Ab',
  prompt: 'Prompt, Token',
  priceClasses: {
    input: 'Eingabe',
    write_5m: 'Cache schreiben, 5 min',
    write_1h: 'Cache schreiben, 1 h',
    read: 'Cache lesen',
    output: 'Ausgabe',
  },
  allModels: (count) => `Alle ${count} Modelle zeigen`,
  onlyModelsInUse: 'Nur Modelle in Gebrauch zeigen',

  // settings/collectors-panel.tsx
  collectors: 'Collectoren',
  noCollectorYet: (link) => <>Noch hat sich kein Collector gemeldet. {link} zeigt, wie man eine Maschine verbindet.</>,
  machines: 'Maschinen',
  state: 'Zustand',
  lastContact: 'Letzter Kontakt',
  sources: 'Quellen',
  version: 'Version',
  ago: (age) => <>vor {age}</>,
  otherThanHub: (version) => `Der Hub hat Version ${version}.`,

  // settings/whats-new-dialog.tsx
  whatsNew: 'Was ist neu',
  changelogHasAll: 'CHANGELOG.md nennt jede Änderung, und was behoben wurde.',

  // settings/revoke-key-dialog.tsx
  revokeQuestion: (entry) => `„${entry}“ widerrufen?`,
  everyClientThatUses:
    'Jeder Client mit diesem Schlüssel verliert sofort den Zugang. Das lässt sich nicht rückgängig machen; einen neuen Schlüssel kannst du jederzeit erstellen.',

  // settings/scopes.tsx
  readEverything: 'alles lesen',
  changeState: 'Zustände ändern',
  sendCallsAndLimits: 'Aufrufe und Limits senden',
  answerSessionsThatAsk: 'fragenden Sitzungen antworten: Erlaubnisse, Fragen, Pläne',
  createAndRevokeKeys: 'Schlüssel erstellen und widerrufen',

  // settings/settings.tsx
  settings: 'Einstellungen',
  sections: 'Abschnitte der Einstellungen',
  sectionNames: { general: 'Allgemein', alerts: 'Alarme', access: 'Zugang', costs: 'Kosten', machines: 'Maschinen', data: 'Daten' },

  // settings/shortcuts-panel.tsx
  keyboardShortcuts: 'Tastenkürzel',
  searchesAndLetterOpens: (key, key2, key3) => (
    <>
      {key} sucht, {key2} und ein Buchstabe öffnet eine Seite, {key3} zeigt alle.
    </>
  ),
  showAll: 'Alle zeigen',

  // settings/sign-ins-panel.tsx
  signIns: 'Anmeldungen',
  signOutAllOthers: 'Alle anderen abmelden',
  loadingSignIns: 'Anmeldungen werden geladen',
  noBrowserIsSigned: 'Kein Browser ist angemeldet.',
  unknownBrowser: 'unbekannter Browser',
  usedSignedIn: (ago, ago2) => (
    <>
      Benutzt {ago}, angemeldet {ago2}
    </>
  ),
  thisBrowser: 'dieser Browser',
  signOutAt: (keyName, address) => `${keyName} bei ${address} abmelden`,
  callCount: (count) => countOf(count, 'Aufruf', 'Aufrufe'),
  endedSessionCount: (count) => countOf(count, 'beendete Sitzung', 'beendete Sitzungen'),
  taskCount: (count) => countOf(count, 'Aufgabe', 'Aufgaben'),
  snapshotCount: (count) => countOf(count, 'Snapshot', 'Snapshots'),
  collectorCount: (count) => countOf(count, 'Collector', 'Collectoren'),
  deleteKinds: { project: 'Projekt', machine: 'Maschine', account: 'Konto' },
  quota: (used, limit, unit) => `${used} von ${limit} ${unit}`,
  quotaUnits: {
    rows: (count) => plural(count, 'Zeile', 'Zeilen'),
    bytes: (count) => plural(count, 'Byte', 'Byte'),
    snapshots: (count) => plural(count, 'Snapshot', 'Snapshots'),
    names: (count) => plural(count, 'neuer Name', 'neue Namen'),
  },
  language: 'Sprache',
  languageOfBrowser: 'Browser',
  pricesByModel: 'Preise je Modell',
}
