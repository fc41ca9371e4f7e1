import { countOf } from '@signalbox/contract/plural'
import type { limitHistory as english } from '../en/limit-history.tsx'

export const limitHistory: typeof english = {
  // limits/forecast-panel.tsx
  forecast: 'Prognose',
  theShadedRangeHolds:
    'Der schattierte Bereich trifft in neun von zehn Fällen zu. Er ist aus diesem Konto gelernt: aus seinem Tempo und daraus, wie seine früheren Fenster weitergingen.',
  used: (percent) => `${percent} verbraucht`,
  reset: (end) => `Reset ${end}`,
  limitReached: 'Limit erreicht',
  notEnoughDataFor: 'Zu wenig Daten für eine Prognose',
  tooFewWindowsHave: 'Es sind noch zu wenige Fenster zu Ende, um zu sagen, wie oft solche Prognosen stimmen.',

  // limits/history-drawing.ts
  fiveHourLimit: '5-Stunden-Limit',
  weeklyLimits: 'Wochenlimits',

  // limits/history-panel.tsx
  noPointSelected: 'Kein Punkt ausgewählt',
  noData: 'keine Daten',
  history: 'Verlauf',
  historyOf: (history) => `Verlauf · ${history}`,
  time: 'Zeit',
  loadingHistory: 'Der Verlauf wird geladen',
  noDataInLast: (range) => `Zeitraum ${range}: keine Daten. Der Verlauf beginnt mit dem ersten Stand der Limits.`,
  overTime: (name) => `${name} im Lauf der Zeit`,
  lines: 'Linien',
  howFullEachWindow: 'Wie voll jedes Fenster an seinem Ende war; von den 5-Stunden-Fenstern das vollste jedes Tages.',
  trianglesOnAxisAnd: 'Dreiecke an der Achse und Lücken in einer Linie sind Resets.',

  // limits/history-rows.ts
  from: (key) => `ab ${key}`,
  weekOf: (key) => `Woche ab ${key}`,
  day: 'Tag',
  week: 'Woche',

  // limits/history-table.tsx
  historyTable: 'Tabelle des Verlaufs',
  resetLabel: 'Reset',
  resets: (resets) => `${resets} Resets`,

  // limits/limits.tsx
  limits: 'Limits',
  account: 'Konto',

  // limits/no-snapshot-yet.tsx
  startHubAndCollector: 'Starte Hub und Collector',
  theStartCommand: 'den Startbefehl',
  whatEachSourceSays: 'Was jede Quelle sagt',
  theCommandThatShows: 'den Befehl, der die Quellen zeigt',
  takeThemFromClaude: 'Aus der Statuszeile von Claude Code lesen',
  theCommandThatInstalls: 'den Befehl, der die Statuszeile einrichtet',
  signInToUsage: 'Einmal auf der Nutzungsseite anmelden',
  theSignInCommand: 'den Befehl zum Anmelden',
  waitingForData: 'Wartet auf Daten',
  butNoSourceHas: (rest, text) => (
    <>
      {rest}, aber keine Quelle hat bisher Limits des Plans gelesen.{text}
    </>
  ),
  theCollectorOnIs: (collectors) => <>Der Collector auf {collectors} ist verbunden</>,
  collectorsAreConnected: (count) => `${count} Collectoren sind verbunden`,
  addOneOfThese: ' Richte eine davon ein, wo du Claude Code benutzt:',
  noPlanLimitsHave: 'Noch sind keine Limits des Plans eingegangen. Der Collector liest sie auf den Maschinen, auf denen Claude Code läuft.',

  // limits/versions-panel.tsx
  versions: 'Versionen',
  stored: (total) => `${total} gespeichert`,
  twoVersionsSideBy: 'Zwei Versionen nebeneinander',
  window: 'Fenster',
  earlier: 'Früher',
  later: 'Später',
  difference: 'Unterschied',
  olderVersion: (name) => `${name}: ältere Version`,
  newerVersion: (name) => `${name}: neuere Version`,
  versionOf: (current, total, source) => `${current} von ${total}, ${source}`,
  anotherWindow: 'ein anderes Fenster',
  none: 'keiner',
  notInIt: 'nicht darin',
  notRunning: 'läuft nicht',
  resetsAt: (resetsAt) => `Reset ${resetsAt}`,

  // limits/who-panel.tsx
  whoUsedIt: 'Wer es verbraucht hat',
  onlyMachinesOfAccount: (name) => `Mehrere Konten melden an diesen Hub: nur Aufrufe von Maschinen mit ${name} zählen.`,
  loadingWhoUsedIt: 'Wird geladen …',
  noCallOfThis: 'Kein Aufruf dieses Fensters hat den Hub erreicht.',
  sessions: 'Sitzungen',
  projects: 'Projekte',
  machines: 'Maschinen',
  atListPrice: (money) => <>{money} zum Listenpreis</>,
  usedCallsThatHub: (percent, cost, rest) => (
    <>
      {percent} verbraucht; die dem Hub bekannten Aufrufe davon kosten {cost}. {rest}
    </>
  ),
  whichPartIsFrom: 'Welcher Teil von anderswo ist, ist noch nicht bekannt: das braucht einige Tage Verbrauch.',
  usedAboutFromHere: (percent, fromHere, cost, elsewhere) => (
    <>
      {percent} verbraucht: etwa {fromHere} von hier ({cost}), etwa {elsewhere} nicht von hier.
    </>
  ),
  estimatedFromHowMuch:
    'Geschätzt danach, wie viel des Limits ein Dollar an Aufrufen sonst verbraucht hat. Nicht von hier ist Claude im Browser oder in der App, oder eine Maschine ohne Collector.',
  andMore: (count) => `und ${count} weitere`,

  // limits/widget.tsx
  claudePlanSignalbox: 'Claude-Plan · Signalbox',
  signalbox: 'Signalbox',
  claudePlanLimits: 'Limits des Claude-Plans',

  // limits/window-calendar.tsx
  calendarOfWindowsOf: 'Kalender der Fenster von 400 Tagen',
  howFullWindowsWere: 'Wie voll die Fenster waren, eine Spalte je Woche',
  scaleToLimit: (text, i) => (
    <>
      0 %{text}99 %{i} Limit erreicht
    </>
  ),
  row: 'Zeile',
  weekFrom: (start) => `Woche ab ${start}`,
  noDataOn: (day) => `${day}: keine Daten`,
  inFullestOfWindows: (day, text, windows) => `${day}: ${text} im vollsten von ${countOf(windows, 'Fenster', 'Fenstern')}`,
  weekOfNoData: (week) => `Woche ab ${week}: keine Daten`,
  endedInWeekOf: (week, text) => `In der Woche ab ${week} zu Ende: ${text}`,
  ranges: { '5h': '5 Stunden', '7d': '7 Tage', '30d': '30 Tage', '400d': '400 Tage' },
  minutes15: '15 Minuten',
}
