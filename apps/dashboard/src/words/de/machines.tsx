import { countOf } from '@signalbox/contract/plural'
import type { machines as english } from '../en/machines.tsx'

export const machines: typeof english = {
  // machines/add-machine-dialog.tsx
  aComputer: 'Ein Rechner',
  aPhone: 'Ein Telefon',
  addMachine: 'Maschine hinzufügen',
  whatToAdd: 'Was hinzukommt',
  theCodeMakesKey: (code, code2) => (
    <>
      Der Code erzeugt einen Schlüssel, daher muss dieser Browser erst angemeldet sein: führe {code} auf der Maschine des Hubs aus. Oder
      führe dort {code2} aus.
    </>
  ),
  pasteThisLineOn: (code) => (
    <>
      Füge diese Zeile auf der anderen Maschine ein, in einem Checkout von Signalbox. Sie erzeugt einen Schlüssel für diese Maschine,
      installiert das Plugin für Claude Code, betreibt den Collector als Dienst und zeigt jeden Schritt; {code} macht alles rückgängig.
    </>
  ),
  creatingCode: 'Der Code wird erzeugt',
  newCode: 'Neuer Code',
  done: 'Fertig',
  theCodeWasCreated:
    'Der Code wurde erzeugt, aber die Antwort ging verloren, und er kann nicht noch einmal gezeigt werden. Erzeuge einen neuen.',
  theLineForOther: 'die Zeile für die andere Maschine',
  hideQrCode: 'QR-Code verbergen',
  showAsQrCode: 'Als QR-Code zeigen',
  drawingCode: 'Der Code wird gezeichnet',
  theLineForOtherMachine: 'Die Zeile für die andere Maschine als QR-Code',
  aPhoneThatReads: 'Ein Telefon, das ihn liest, hat die Zeile und kann sie in sein eigenes Terminal oder einen ssh-Client einfügen.',
  key: 'den Schlüssel',
  hasUsedCode: (machineId) => <>{machineId} hat den Code benutzt.</>,
  waitingForLineTo: (rest) => <>Wartet darauf, dass die Zeile ausgeführt wird. Sie gilt einmal, {rest}</>,
  within: (left) => <>innerhalb von {left}.</>,
  itHasExpiredCreate: 'Er ist abgelaufen. Erzeuge einen neuen Code.',
  thenItsCollectorConnects: 'Dann verbindet sich ihr Collector.',
  waitingForItsCollector: 'Wartet auf ihren Collector …',
  connectedCollectorItIs: (version, text, text2) => (
    <>
      Verbunden: Collector {version}
      {text}
      {text2}. Sie ist jetzt auf dieser Seite.
    </>
  ),
  onPlatform: (platform) => ` auf ${platform}`,
  claudeCode: (claudeCodeVersions) => `, Claude Code ${claudeCodeVersions}`,
  readThisCodeWith:
    'Lies diesen Code mit der Kamera des Telefons. Er öffnet dort diese Seite, angemeldet mit dem Schlüssel dieses Browsers; abmelden lässt es sich unter Anmeldungen in den Einstellungen.',
  aQrCodeThat: 'Ein QR-Code, der diese Seite angemeldet auf einem Telefon öffnet',
  itWorksOnceWithin: (left) => <>Er gilt einmal, innerhalb von {left}.</>,
  itHasExpired: (button) => <>Er ist abgelaufen. {button}</>,
  signIn: 'die Anmeldung',
  theHubListensOn: (code) => (
    <>
      Der Hub lauscht nur auf dieser Maschine, also kann ihn keine andere erreichen. Starte ihn mit {code}, öffne diese Seite unter der
      Adresse dieser Maschine und erzeuge einen neuen Code.
    </>
  ),
  overPlainHttpOthers: (what) =>
    `Über einfaches http können andere im Netz ${what} mitlesen. Nimm https, ein VPN oder einen ssh-Tunnel, wo du dem Netz nicht traust.`,

  // machines/machine-card.tsx
  inMaintenance: 'in Wartung',
  itIsNotOffered:
    'Sie wird nicht für neue Sitzungen angeboten. Ihre Sitzungen und ihr Collector laufen weiter, und ihre Lebenszeichen beenden die Wartung nicht.',
  lastContact: 'Letzter Kontakt',
  ago: (heartbeatAge) => <>vor {heartbeatAge}</>,
  collector: 'Collector',
  version: 'Version',
  claudeCodeLabel: 'Claude Code',
  pending: 'Ausstehend',
  nothingWaitsForHub: 'nichts wartet auf den Hub',
  since: (recentMoment) => <>, seit {recentMoment}</>,
  sources: 'Quellen',
  cost: 'Kosten',
  noUsageThisMonth: 'kein Verbrauch in diesem Monat',
  today: (sum) => <>{sum} heute</>,
  thisMonth: (sum) => <>{sum} in diesem Monat</>,
  tokens: (count) => <>{count} Token</>,
  noCollectorRunsHere: (text) =>
    `Hier läuft kein Collector. Mit einem steht jede Sitzung von Claude Code auf dieser Maschine von selbst unter Sitzungen, mit ihrem Verbrauch und den Limits des Plans. ${text}`,
  addMachineGivesLine: '„Maschine hinzufügen“ gibt die Zeile, die dort einzufügen ist; oder starte dort nur den Collector:',
  toStartOneRun: 'Um einen zu starten, führe dort aus:',
  theCommandFor: (machineId) => `den Befehl für ${machineId}`,

  // machines/machine-dialog.tsx
  slotsOf: (id) => `Slots von „${id}“`,
  save: 'Speichern',
  hasSlots: (id, count) => `${id} hat ${countOf(count, 'Slot', 'Slots')}.`,
  aSlotIsPlace:
    'Ein Slot ist ein Platz für eine Sitzung, etwa ein Container. Ein Slot, den eine Sitzung belegt, kann nicht entfernt werden.',
  numbers: 'Nummern',
  numbersFrom1On: (most) => `Nummern ab 1 und Bereiche, etwa 1-8, 12; höchstens ${most}.`,
  noSlots: 'Keine Slots.',
  failSessionsOf: (id) => `Die Sitzungen von „${id}“ als fehlgeschlagen markieren?`,
  failThem: 'Als fehlgeschlagen markieren',
  failSessions: (count) => `${countOf(count, 'Sitzung', 'Sitzungen')} markieren`,
  theMachineIsLost: 'die Maschine ist verloren',
  sessionsOfMarkedAs: (sessionsAffected, id) =>
    `${countOf(sessionsAffected, 'Sitzung', 'Sitzungen')} von ${id} als fehlgeschlagen markiert.`,
  forMachineThatIs: (text) =>
    `Für eine verlorene Maschine: markiert ihre ${text} als fehlgeschlagen und gibt deren Slots frei. Wenn die Maschine noch lebt, laufen ihre Prozesse weiter, und ihre Lebenszeichen werden abgewiesen.`,
  liveSessions: 'laufenden Sitzungen',
  recoverMakesEachOf: 'Wiederherstellen macht jede von ihnen wieder aktiv, hier oder auf einer anderen Maschine.',
  remove: (id) => `„${id}“ entfernen?`,
  removeLabel: 'Entfernen',
  isRemoved: (id) => `${id} ist entfernt.`,
  removesMachineAndWhat:
    'Entfernt die Maschine und was ihr Collector zuletzt gesagt hat. Ihre Aufrufe und ihre beendeten Sitzungen bleiben, ebenso ihr Schlüssel: widerrufe ihn in den Einstellungen.',
  aCollectorThatStill:
    'Ein Collector, der dort noch läuft, bringt sie mit seinem nächsten Lebenszeichen zurück. Das lässt sich nicht rückgängig machen.',
  cancel: 'Abbrechen',

  // machines/machine-menu.tsx
  putIntoMaintenance: 'In Wartung nehmen',
  endMaintenance: 'Wartung beenden',
  changeSlots: 'Slots ändern …',
  failItsSessions: 'Sitzungen als fehlgeschlagen markieren …',
  removeItem: 'Entfernen …',
  actionsFor: (machineId) => `Aktionen für ${machineId}`,

  // machines/machines.tsx
  isInMaintenanceIts: (machineId) => `${machineId} ist in Wartung. Ihre Sitzungen laufen weiter.`,
  isInServiceAgain: (machineId) => `${machineId} ist wieder im Dienst.`,
  machines: 'Maschinen',
  loadingMachines: 'Maschinen werden geladen',
  costsAreListPrice: 'Kosten entsprechen dem Listenpreis. Der Preis deines Plans ist ein anderer.',
  online: (text) => `${text} online`,
  countInMaintenance: (text) => `${text} in Wartung`,
  offline: (text) => `${text} offline`,

  // machines/no-machines.tsx
  startHubAndCollector: 'Starte Hub und Collector auf dieser Maschine',
  theStartCommand: 'den Startbefehl',
  aMachineAppearsHere: (text) => <>Eine Maschine erscheint hier, sobald ein Collector auf ihr läuft oder eine Sitzung.{text}</>,
  noMachinesYet: 'Noch keine Maschinen',
  addMachineGivesLineTo: ' „Maschine hinzufügen“ gibt die Zeile, die auf einer anderen einzufügen ist.',

  // machines/slot-grid.tsx
  free: 'frei',
  held: 'belegt',
  stale: 'veraltet',
  countFree: (text) => `${text} frei`,
  countHeld: (text) => `${text} belegt`,
  countStale: (text) => `${text} veraltet`,
  slotsOfMachine: (machineId) => `Slots von ${machineId}`,
  slotIsFree: (number) => `Slot ${number} ist frei`,
  slot: 'Slot ',
  isFree: ' ist frei',
  slotOfSession: (number, state, session, session2) => `Slot ${number}, ${state}: ${session}, ${session2}`,

  // machines/waiting-for-data.tsx
  stillNoDataCheck: 'Noch keine Daten? Prüfe die Einrichtung',
  theCommandThatChecks: 'den Befehl, der die Einrichtung prüft',
  sendDataFromAnother: 'Daten von einer anderen Maschine senden',
  theCommandForAnother: 'den Befehl für eine andere Maschine',
  addAMachine: 'Maschine hinzufügen',
  andClaudeCodeHas: (text, code) => (
    <>
      {text}, und Claude Code hat dort noch keinen Aufruf gemacht. Starte {code} und sag etwas: diese Seite erneuert sich von selbst.
    </>
  ),
  waitingForData: 'Wartet auf Daten',
  theCollectorOnIs: (collecting) => `Der Collector auf ${collecting} ist verbunden`,
  collectorsAreConnected: (count) => `${count} Collectoren sind verbunden`,
  connectedNoDataYet:
    'Verbunden, noch keine Daten. Der Collector sendet die Aufrufe von Claude Code, die er aus den Transkripten auf jeder Maschine liest. Diese Seite erneuert sich, sobald der erste eintrifft.',
  slotCount: (count) => countOf(count, 'Slot', 'Slots'),
  liveSessionsOf: (count) => countOf(count, 'laufende Sitzung', 'laufenden Sitzungen'),
  sessionCount: (count) => countOf(count, 'Sitzung', 'Sitzungen'),
  machineCount: (count) => countOf(count, 'Maschine', 'Maschinen'),
}
