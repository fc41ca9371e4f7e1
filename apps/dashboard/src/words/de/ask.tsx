import { countOf } from '@signalbox/contract/plural'
import type { ask as english } from '../en/ask.tsx'

const sessions = (count: number) => countOf(count, 'Sitzung', 'Sitzungen')

export const ask: typeof english = {
  // ask/ask-panel.tsx
  ask: 'Fragen',
  question: 'Frage',
  askPlaceholder: 'Auf Englisch fragen …',
  send: 'Fragen',
  close: 'Schließen',
  answers: 'Fragen und Antworten',
  askAbout:
    'Frage auf Englisch nach Sitzungen, Verbrauch, Limits, Maschinen und danach, was geschehen ist. Weiter geht es mit „and last week?“ oder „per model“.',
  byWordsAlone: 'Allein aus Worten, von diesem Hub: Kein Modell wird gefragt, und nichts verlässt ihn.',
  suggestions: 'Vorschläge',

  // ask/answer.tsx
  asking: 'Der Hub wird gefragt',
  notUnderstood: 'Das wurde nicht verstanden.',
  meansNothingHere: (words, count) => `${words} ${count === 1 ? 'bedeutet' : 'bedeuten'} hier nichts.`,
  leftOut: (words) => `Weggelassen: ${words}.`,
  didYouMean: 'Meintest du:',
  notSent: 'Nicht gesendet: Der Hub antwortet nicht. Die Frage steht wieder im Feld.',
  keyMayNotRead: (link) => <>Der Schlüssel dieses Browsers darf nicht lesen. Melde dich mit einem an, der „read“ hat: {link}.</>,
  severalSessions: (count) => `${sessions(count)} können gemeint sein. Welche?`,
  noSuchSession: 'Keine Sitzung passt.',
  openedScreen: (name) => `${name} ist geöffnet.`,
  themeChosen: 'Die Farben sind geändert.',
  rulesAreOn: (link) => <>Der Assistent legt keine Regeln an. Was einen Alarm wert ist, sagt eine Regel: {link}.</>,
  alertRules: 'Alarmregeln',
  unknownCard: 'Diese Antwort braucht eine neuere Seite. Lade sie neu.',
  readAgain: 'Ein neuer Stand der Limits dauert einen Moment: Drücke auf der Karte auf Aktualisieren.',
  cannotTerm: 'Dazu gibt es noch keine Hilfe.',
  screenNames: {
    today: 'Heute',
    sessions: 'Sitzungen',
    usage: 'Verbrauch',
    limits: 'Limits',
    settings: 'Einstellungen',
  },
  help: {
    assistant:
      'Frage nach Sitzungen, Aufgaben, Maschinen, Verbrauch und Kosten, Limits und danach, was geschehen ist. Zum Beispiel: what did I spend yesterday?',
    stalled: 'Eine Sitzung steht, wenn ihr Heartbeat überfällig ist. Der nächste stellt ihren früheren Status wieder her.',
    block: 'Ein Block sind fünf Stunden Verbrauch ab dem ersten Aufruf. Seine Rate sind die Kosten und Token seiner bisherigen Zeit.',
    'burn rate': 'Die Rate ist, was der laufende Block pro Stunde verbraucht, nach seinen bisherigen Aufrufen.',
    'list price': 'Kosten sind Listenpreise: was dieselben Aufrufe zum Preis der API kosten. Dein Plan hat einen anderen Preis.',
    slot: 'Ein Slot ist ein nummerierter Platz für eine Sitzung auf einer Maschine.',
    collector: 'Der Collector läuft auf jeder Maschine, liest Transkripte und Limits und sendet sie an den Hub.',
    hub: 'Der Hub bewahrt Sitzungen, Verbrauch und Limits aller Maschinen auf und liefert diese Seite.',
    connect: 'Unter Maschinen gibt dir „Maschine hinzufügen“ eine Zeile für die andere Maschine.',
    keys: 'In den Einstellungen unter API-Schlüssel legst du einen mit den gewählten Rechten an.',
  },

  // ask/pin-button.tsx
  pinToToday: 'An Heute heften',
  pinned: 'An Heute geheftet',
  unpin: 'Lösen',
  unpinNamed: (question) => `„${question}“ lösen`,
  pinsAreFull: (count) => `Heute hat ${count} angeheftete Karten, mehr geht nicht. Löse zuerst eine.`,

  // ask/pinned-cards.tsx
  pinnedCards: 'Angeheftete Karten',

  // ask/proposal.tsx
  nothingIsDoneYet: 'Noch ist nichts getan.',
  proposal: 'Vorschlag',
  needsScope: (scope, link) => (
    <>
      Dem Schlüssel dieses Browsers fehlt „{scope}“, das hierfür nötig ist. Melde dich mit einem an, der es hat: {link}.
    </>
  ),
  notPossibleNow: 'In ihrem jetzigen Status geht das nicht.',
  sessionOnMachine: (session, machine) => (
    <>
      {session} auf {machine}
    </>
  ),
  actNow: (action) => `${action} …`,
  done: 'Erledigt.',
  machineActions: {
    maintenance: 'In Wartung nehmen',
    online: 'Online setzen',
    offline: 'Offline setzen',
  },
  marksTheMachine: (machine) => `Vermerkt es für ${machine}. Was dort läuft, läuft weiter: Signalbox hält keinen Prozess an.`,
  noNewSessions: 'Programme, die nach einer freien Maschine fragen, bekommen diese nicht.',
  onlineAgain: 'Programme, die nach einer freien Maschine fragen, können diese bekommen.',
  pauseMessages: 'Alle Nachrichten anhalten',
  holdsAllMessages: (until) => <>Hält alle Nachrichten des Hubs an bis {until}.</>,
  alertsStillOpen: 'Alarme beginnen und enden wie bisher und stehen hier. Nur ihre Nachrichten warten.',
  resumeMessages: 'Nachrichten wieder senden',
  messagesGoOutAgain: 'Beendet die Pause: Nachrichten werden wieder gesendet. Was wartete und noch gilt, wird auch gesendet.',
  cancel: 'Abbrechen',

  // ask/ranges.ts
  ranges: {
    today: 'Heute',
    yesterday: 'Gestern',
    this_week: 'Diese Woche',
    last_week: 'Letzte Woche',
    this_month: 'Dieser Monat',
    last_month: 'Letzter Monat',
    this_year: 'Dieses Jahr',
    last_night: 'Letzte Nacht',
    since_visit: 'Seit deinem letzten Besuch',
    all: 'Gesamte Zeit',
  },
  lastMinutes: (count) => `Letzte ${countOf(count, 'Minute', 'Minuten')}`,
  lastHours: (count) => `Letzte ${countOf(count, 'Stunde', 'Stunden')}`,
  lastDays: (count) => `Letzte ${countOf(count, 'Tag', 'Tage')}`,
  fromTo: (from, to) => `${from} – ${to}`,

  // ask/cards
  usageOf: (range, of) => `Verbrauch · ${range}${of === '' ? '' : ` · ${of}`}`,
  loading: 'Die Antwort wird geladen',
  atListPrice: 'zum Listenpreis',
  tokens: 'Token',
  calls: 'Aufrufe',
  openUsage: 'Verbrauch öffnen',
  openSessions: 'Sitzungen öffnen',
  openMachines: 'Maschinen öffnen',
  openEvents: 'Ereignisse öffnen',
  openLimits: 'Limits öffnen',
  openSession: 'Sitzung öffnen',
  noUsageIn: (range) => `Kein Verbrauch: ${range}.`,
  moreRows: (count) => `und ${countOf(count, 'weitere Zeile', 'weitere Zeilen')}`,
  callsWithoutPrice: (count) => `${countOf(count, 'Aufruf', 'Aufrufe')} ohne bekannten Preis zählen nicht als Kosten.`,
  by: {
    hour: 'Je Stunde',
    day: 'Je Tag',
    week: 'Je Woche',
    month: 'Je Monat',
    session: 'Je Sitzung',
    project: 'Je Projekt',
    model: 'Je Modell',
    machine: 'Je Maschine',
    person: 'Je Person',
    branch: 'Je Branch',
    agent: 'Je Agent',
  },
  compared: (range, of) => `Warum · ${range}${of === '' ? '' : ` · ${of}`}`,
  comparedWith: (range, of) => `Vergleich · ${range}${of === '' ? '' : ` · ${of}`}`,
  moreThan: (amount, share, what) => (
    <>
      {amount}
      {share} mehr als {what}.
    </>
  ),
  lessThan: (amount, share, what) => (
    <>
      {amount}
      {share} weniger als {what}.
    </>
  ),
  asMuchAs: (what) => <>so viel wie {what}.</>,
  baseline: {
    usual_working_day: 'ein üblicher Werktag',
    usual_weekend_day: 'ein üblicher Tag am Wochenende',
    same_time_before: 'die gleiche Zeit davor',
  },
  untilSameTime: (range) => `${range}, bis zur gleichen Zeit`,
  notUnusual: 'Das war nicht ungewöhnlich.',
  moreThanOnDays: (beyond, days) => `Mehr als an ${beyond} der letzten ${days} solchen Tage.`,
  lessThanOnDays: (beyond, days) => `Weniger als an ${beyond} der letzten ${days} solchen Tage.`,
  tooFewDays: 'Es gibt zu wenige solche Tage, um zu sagen, was üblich ist.',
  moreTokens: 'Mehr Token',
  fewerTokens: 'Weniger Token',
  dearerTokens: 'Teurere Token',
  cheaperTokens: 'Billigere Token',
  aMillion: (tokens, price) => (
    <>
      {tokens} Token zu {price} je Million
    </>
  ),
  now: 'Jetzt',
  before: 'Vorher',
  split: 'Woraus der Unterschied besteht',
  reasonBy: {
    project: 'Das meiste davon, nach Projekt',
    model: 'Das meiste davon, nach Modell',
    machine: 'Das meiste davon, nach Maschine',
    person: 'Das meiste davon, nach Person',
    agent: 'Das meiste davon, nach Agent',
  },
  noSingleReason: 'Kein einzelnes Projekt, kein Modell, keine Maschine, keine Person und kein Agent erklärt ihn.',
  sessions: 'Sitzungen',
  sessionStates: {
    person: 'Brauchen dich',
    waiting: 'Warten',
    active: 'Aktiv',
    paused: 'Pausiert',
    stalled: 'Stehen',
    failed: 'Gescheitert',
    completed: 'Abgeschlossen',
  },
  sessionsOf: (state, of) => `${state}${of === '' ? '' : ` · ${of}`}`,
  place: 'der Antwort',
  noneMatch: 'Keine.',
  tasksOf: (of) => `Aufgaben${of === '' ? '' : ` · ${of}`}`,
  noTasks: 'Keine Aufgabe passt.',
  machines: 'Maschinen',
  machinesFree: 'Maschinen mit freiem Slot',
  noMachineMatches: 'Keine Maschine passt.',
  eventsOf: (range) => `Ereignisse · ${range}`,
  nothingHappened: 'Nichts ist geschehen.',
  health: 'Zustand',
  hub: 'Hub',
  ok: 'in Ordnung',
  unavailable: 'nicht erreichbar',
  database: (state, version) => `${state}, Version ${version}`,
  collectorOn: (machine) => `Collector auf ${machine}`,
  connected: 'verbunden',
  behind: 'verbunden, aber im Rückstand',
  notConnected: 'nicht verbunden',
  noCollector: 'Kein Collector hat diesem Hub einen Heartbeat gesendet.',
  planLimits: 'Limits des Plans',
  lastCalls: 'Letzte Aufrufe',
  noneYet: 'noch keine',
}
