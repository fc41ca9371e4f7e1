import { countOf, plural } from '@signalbox/contract/plural'
import type { usage as english } from '../en/usage.tsx'

export const usage: typeof english = {
  // usage/bar-chart.tsx
  noBarSelected: 'Kein Balken ausgewählt',
  barsBy: (step) => `Balken je ${step}`,
  estimatedSums: (estimate, text) => `. ${estimate} geschätzt, ${text}`,
  inTheSums: 'in den Summen',
  notInTheSums: 'nicht in den Summen',
  estimated: 'Geschätzt',

  // usage/blocks-panel.tsx
  fiveHourBlocks: '5-Stunden-Blöcke',
  activeBlockMeasuredOthers: 'Laufender Block gemessen, andere geschätzt',
  estimatedFromCalls: 'Aus den Aufrufen geschätzt',
  loadingBlocks: 'Blöcke werden geladen',
  noBlocksInThese: 'Keine Blöcke in diesen Tagen.',
  blocks: 'Blöcke',
  started: 'Begonnen',
  cost: 'Kosten',
  tokens: 'Token',
  calls: 'Aufrufe',
  activeLeft: (text, end, rest) => (
    <>
      Läuft{text}, noch {end}
      {rest}
    </>
  ),
  measured: ', gemessen',
  perHour: (money) => <>, {money} je Stunde</>,
  showFewer: 'Weniger zeigen',
  showAll: (count) => `Alle ${count} zeigen`,

  // usage/calendar-panel.tsx
  activity: 'Aktivität',
  loadingYear: 'Das Jahr wird geladen',
  calendarOfLast53: 'Kalender der letzten 53 Wochen',
  byDayRowFor: (measure) => `${measure} nach Tag, eine Zeile je Wochentag`,
  dayOfWeek: 'Wochentag',
  weekOf: (text) => `Woche ab ${text}`,
  noUsage: 'kein Verbrauch',
  lessMore: (text) => <>Weniger{text}Mehr</>,

  // usage/chart-legend.tsx
  total: 'Summe',
  plusCallsWithoutKnown: 'dazu Aufrufe ohne bekannten Preis',
  estimatedSeries: (text) => `Geschätzt, ${text}`,
  added: 'hinzugerechnet',
  notAdded: 'nicht hinzugerechnet',

  // usage/chart-panel.tsx
  model: 'Modell',
  project: 'Projekt',
  machine: 'Maschine',
  person: 'Person',
  branch: 'Branch',
  agent: 'Agent',
  week: 'Woche',
  measureBy: (measure, text, step) => `${measure}${text} nach ${step}`,
  atListPrice: ' zum Listenpreis',
  show: 'Zeigen',
  groupBy: 'Gruppieren nach',
  splitBy: 'Aufteilen nach',
  hoverBarForIts: 'Auf einen Balken zeigen für seine Werte.',
  hoverBarForItsValues: (step) => `Auf einen Balken zeigen für seine Werte; Klick oder Enter öffnet: ${step}.`,
  tapBarForIts: 'Einen Balken antippen für seine Werte.',
  tapBarForItsValues: (step) => `Einen Balken antippen für seine Werte; noch einmal öffnet: ${step}.`,

  // usage/chart-table.tsx
  chartData: 'Daten des Diagramms',
  ofItEstimated: 'Davon geschätzt',
  estimatedMore: 'Geschätzt dazu',

  // usage/estimate-text.ts
  estimatedOutputThatUnfinished:
    'Geschätzt: die Ausgabe, die unvollständige Aufrufe über das Gezeigte hinaus haben können, nach dem Umfang ihrer Antworten, wo keine Quelle sie hat',
  aboutEstimatedTokensOf: (text, output, output2, money) =>
    `${text} etwa ${output} ${plural(output2, 'geschätztes', 'geschätzte')} Token Ausgabe${money}, von Aufrufen, deren Ausgabe keine Quelle hat`,
  includes: 'Enthält',
  without: 'Ohne',

  // usage/estimates-toggle.tsx
  withEstimates: 'Mit Schätzungen',
  addsToSumsWhat: 'Rechnet zu den Summen hinzu, was unvollständige Aufrufe geschätzt über das Gezeigte hinaus haben',

  // usage/export-menu.tsx
  export: 'Exportieren',
  rowsByAsIn: (count, group) => `${countOf(count, 'Zeile', 'Zeilen')} nach ${group}, wie in der Tabelle`,
  csv: 'CSV',
  json: 'JSON',

  // usage/filter-bar.tsx
  filters: 'Filter',
  allModels: 'Alle Modelle',
  allProjects: 'Alle Projekte',
  folder: 'Ordner',
  allFolders: 'Alle Ordner',
  allMachines: 'Alle Maschinen',
  allPeople: 'Alle Personen',
  clearFilters: 'Filter zurücksetzen',

  // usage/group-name.ts
  noSession: 'Keine Sitzung',
  noProject: 'Kein Projekt',
  noFolder: 'Kein Ordner',
  noMachine: 'Keine Maschine',
  noPerson: 'Keine Person',
  noBranch: 'Kein Branch',

  // usage/itemisation-picker.tsx
  callsOnly: 'Nur Aufrufe',
  notItemisedOnly: 'Nur nicht Aufgeschlüsseltes',
  itemised: 'Aufschlüsselung',
  everything: 'Alles',

  // usage/late-collectors-note.tsx
  asOf: (machine, ago) => (
    <>
      Der Verbrauch von {machine} ist auf dem Stand von {ago}: ihr Collector hat keinen Kontakt.
    </>
  ),
  callsWait: (exact, count, machine, ago) => (
    <>
      {exact} {plural(count, 'Aufruf', 'Aufrufe')} von {machine} {plural(count, 'wartet', 'warten')} dort auf den Hub, der älteste ist {ago}{' '}
      eingereiht worden.
    </>
  ),
  moreMachines: (count) => `${count} weitere Maschinen`,

  // usage/period-before.ts
  asMuch: 'gleich viel',
  unchanged: 'unverändert',
  timesAsMuch: (change) => `${change}-mal so viel`,
  more: 'mehr',
  less: 'weniger',

  // usage/project-folders.tsx
  folders: 'Ordner',
  moreFilterFolderHas: (count) => `${count} weitere; der Filter Ordner hat sie alle.`,

  // usage/range-label.tsx
  until: (to) => `bis ${to}`,
  zoneAndTime: (zone, date) => ` · ${zone}, jetzt ${date}`,

  // usage/range-picker.tsx
  now: 'jetzt',
  time: 'Zeit',
  from: 'Von',
  to: 'Bis',
  theStartDateMust: 'Der Beginn darf nicht nach dem Ende liegen.',
  apply: 'Anwenden',

  // usage/table-panel.tsx
  models: 'Modelle',
  projects: 'Projekte',
  sessions: 'Sitzungen',
  machines: 'Maschinen',
  people: 'Personen',
  branches: 'Branches',
  agents: 'Agenten',
  session: 'Sitzung',
  input: 'Eingabe',
  output: 'Ausgabe',
  cacheWrites: 'Cache geschrieben',
  cacheReads: 'Cache gelesen',
  groupRowsBy: 'Zeilen gruppieren nach',
  loadingTable: 'Die Tabelle wird geladen',
  usageBy: (group, text) => `Verbrauch nach ${group}${text}`,
  filteredBy: (find) => `, gefiltert mit „${find}“`,
  share: 'Anteil',
  noUsageInThis: 'Kein Verbrauch in diesem Zeitraum. Wähle einen längeren.',
  noRowMatches: (find) => `Keine Zeile passt zu „${find}“.`,
  theseAreOfRows: (text, count, count2) =>
    `Das sind die ${count} ${text} von ${count2} Zeilen. Wähle für die anderen einen kürzeren Zeitraum oder einen Filter.`,
  mostExpensive: 'teuersten',
  newest: 'neuesten',
  showMore: 'Mehr zeigen',
  ofRows: (rowLimit, count) => `${rowLimit} von ${count} Zeilen`,
  searchTable: 'In der Tabelle suchen',
  search: 'Suchen',

  // usage/table-row.tsx
  cacheWrites5Min: 'Cache geschrieben, 5 min',
  cacheWrites1H: 'Cache geschrieben, 1 h',
  callsWithoutPrice: 'Aufrufe ohne Preis',
  unfinishedCalls: 'Unvollständige Aufrufe',
  callsWithOddNumber: 'Aufrufe mit einer falschen Zahl',
  firstCall: 'Erster Aufruf',
  lastCall: 'Letzter Aufruf',
  openSession: 'Sitzung öffnen',
  showThisDay: 'Diesen Tag zeigen',
  showThisWeek: 'Diese Woche zeigen',
  showThisMonth: 'Diesen Monat zeigen',
  showOnlyThisModel: 'Nur dieses Modell zeigen',
  showOnlyThis: (group) => `Nur das zeigen (${group})`,

  // usage/unusual-days-panel.tsx
  unusualDays: 'Ungewöhnliche Tage',
  theFurthestFromUsual: (count, count2) => `die ${count} ungewöhnlichsten von ${count2}`,
  usually: (money, money2, rest) => (
    <>
      {money}, sonst {money2}. {rest}
    </>
  ),
  mostOfRiseIs: (text, money, money2) => (
    <>
      Der größte Teil des Anstiegs ist von {text}: {money}, sonst {money2}.
    </>
  ),

  // usage/usage-totals.tsx
  totals: 'Summen',
  costAtListPrice: 'Kosten zum Listenpreis',
  excludesCallsOfWhich: (count, unpricedCalls, unpriced, _count2) => (
    <>
      Ohne {count} {plural(unpricedCalls, 'Aufruf', 'Aufrufe')} von {unpriced}: kein Preis bekannt
    </>
  ),
  atLeastMeans: (atLeast) => `≥ heißt ${atLeast}`,
  includesWhatClaudeCode: 'Enthält, was Claude Code über seine Aufrufe hinaus vermerkt hat (nicht aufgeschlüsselt)',
  cacheHitRate: (percent) => `${percent} Treffer`,
  theDayBefore: 'am Tag davor',
  theDaysBefore: (days) => `in den ${days} Tagen davor`,
  noUsageIn: (period) => `Kein Verbrauch ${period}`,
  comparedWith: (cost, text, period, money, text2) => (
    <>
      {cost} {text} {period} ({money}){text2}
    </>
  ),
  asMuchAs: 'wie',
  moreThan: 'als',
  tokensChange: (tokens) => `, Token ${tokens}`,

  // usage/usage.tsx
  usage: 'Verbrauch',
  loadingUsage: 'Verbrauch wird geladen',
  activeDays: (count) => countOf(count, 'aktiver Tag', 'aktive Tage'),
  others: (count) => countOf(count, 'weiteres', 'weitere'),
  tokenWord: () => 'Token',
  hour: 'Stunde',
  day: 'Tag',
  month: 'Monat',
  groupNames: {
    minute: 'Minute',
    hour: 'Stunde',
    day: 'Tag',
    week: 'Woche',
    month: 'Monat',
    session: 'Sitzung',
    project: 'Projekt',
    folder: 'Ordner',
    model: 'Modell',
    machine: 'Maschine',
    person: 'Person',
    branch: 'Branch',
    agent: 'Agent',
  },
}
