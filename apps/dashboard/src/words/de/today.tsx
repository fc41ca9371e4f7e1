import { countOf, plural } from '@signalbox/contract/plural'
import type { today as english } from '../en/today.tsx'

export const today: typeof english = {
  // today/ask-line.tsx
  askQuestion: 'Eine Frage stellen',
  askPlaceholder: 'Auf Englisch fragen: what did I spend today?',

  // today/block-track.tsx
  fiveHourBlocks: '5-Stunden-Blöcke',

  // today/current-block-panel.tsx
  fiveHourBlock: '5-Stunden-Block',
  noActiveBlock: 'Kein laufender Block',
  loading: 'Wird geladen …',
  theNextCallStarts: 'Der nächste Aufruf beginnt einen.',
  calls: 'Aufrufe',
  tokens: 'Token',
  burnRate: 'Verbrauchsrate',
  perHour: (money) => <>{money} je Stunde</>,
  tokensPerMinute: 'Token je Minute',
  projected: 'Hochgerechnet',
  measured: 'Gemessen',
  estimated: 'Geschätzt',
  atListPriceSo: 'zum Listenpreis bisher',
  toLeft: (clock, clock2, end) => (
    <>
      {clock} bis {clock2}, noch {end}
    </>
  ),

  // today/models-panel.tsx
  models: (short) => `Modelle · ${short}`,
  shareOf: (text) => `Anteil an ${text}`,
  costShare: 'den Kosten',
  tokenShare: 'den Token',
  noUsage: (text) => `Kein Verbrauch ${text}.`,
  todayYet: 'heute',
  inRange: (long) => `in ${long}`,
  noPrice: 'kein Preis',
  andMore: (count) => `und ${count} weitere`,

  // today/month-panel.tsx
  loadingMonth: 'Monat wird geladen',
  monthToDate: 'Monat bis heute',
  atListPrice: 'zum Listenpreis',
  costAtListPrice: 'Kosten zum Listenpreis',
  averagePerActiveDay: 'Im Mittel je aktivem Tag',

  // today/no-usage.tsx
  noUsageAndLastCall: (text, rest) => (
    <>
      Kein Verbrauch {text}.{rest}
    </>
  ),
  theLastCallWas: (ago, moment) => (
    <>
      {' '}
      Der letzte Aufruf war {ago}, am {moment}.
    </>
  ),
  seeThatDay: 'Diesen Tag ansehen',

  // today/overview-links.tsx
  overview: 'Überblick',
  usage: 'Verbrauch',
  limits: 'Limits',
  sessions: 'Sitzungen',
  machines: 'Maschinen',
  events: 'Ereignisse',
  settings: 'Einstellungen',
  nothingTodayYet: 'Heute noch nichts',
  usageToday: (count, text) => (
    <>
      {count}
      {text} heute
    </>
  ),
  tokensUnit: ' Token',
  noPlanLimitsKnown: 'Keine Limits des Plans bekannt',
  resetsIn: (resetsInMs) => `, Reset in ${resetsInMs}`,
  limitUsed: (percent, limit, reset) => `${percent} vom ${limit}${reset}`,
  noneYet: 'Noch keine',
  noneActive: 'Keine aktiv',
  active: (active) => `${active} aktiv`,
  machinesOnline: (count) => `${countOf(count, 'Maschine', 'Maschinen')} online`,
  ofMachinesOnline: (online, count) => `${online} von ${countOf(count, 'Maschine', 'Maschinen')} online`,
  lastOne: (latest) => `Zuletzt ${latest}`,
  openWithoutKey: 'Offen, ohne Schlüssel',
  signedInAs: (who) => `Angemeldet als ${who}`,
  aKey: 'ein Schlüssel',

  // today/range-chart.tsx
  tokensInCallsBy: (money, text, count, _totalTokens, count2, calls, text2, text3, group) => (
    <>
      {money}
      {text} {count} Token in {count2} {plural(calls, 'Aufruf', 'Aufrufen')}
      {text2}, {text3} nach {group}
    </>
  ),
  costUnknown: 'Kosten unbekannt,',
  todayBehind: ' heute',
  inRangeBehind: (long) => ` in ${long}`,

  // today/range-choice.tsx
  timeRangeOfCharts: 'Zeitraum der Diagramme',

  // today/today-range.ts
  theLast5Minutes: 'den letzten 5 Minuten',
  theLast15Minutes: 'den letzten 15 Minuten',
  theLastHour: 'der letzten Stunde',
  theLast6Hours: 'den letzten 6 Stunden',
  today: 'Heute',
  theLast7Days: 'den letzten 7 Tagen',
  theLast30Days: 'den letzten 30 Tagen',
  fromTo: (at, at2) => `${at} bis ${at2}`,

  // today/today-sentence.tsx
  noUsageCountedToday: 'Heute noch kein Verbrauch gezählt.',
  noUsageTodayYet: 'Heute noch kein Verbrauch.',
  tokensToday: (count, _tokens) => <>{count} Token heute</>,
  todayAtListPrice: (money) => <>{money} heute zum Listenpreis</>,
  ofIt: (text, model) => (
    <>
      , {text} davon {model}
    </>
  ),
  all: 'alles',
  inSessions: (usedIn, usedIn2) => (
    <>
      , in {usedIn} {plural(usedIn2, 'Sitzung', 'Sitzungen')}
    </>
  ),
  callHassNoKnown: (count, unpricedCalls) => (
    <>
      {' '}
      {count} {plural(unpricedCalls, 'Aufruf hat', 'Aufrufe haben')} keinen bekannten Preis und {plural(unpricedCalls, 'ist', 'sind')} nicht
      enthalten.
    </>
  ),
  ofUsed: (percent, label, text, text2) => (
    <>
      {percent} vom {label}
      {text} verbraucht{text2}.
    </>
  ),

  // today/today.tsx
  todaysUpdate: 'Der Stand von heute',
  lastCall: (ago) => <>Letzter Aufruf {ago}</>,
  loadingToday: 'Heute wird geladen',
  listPriceEquivalentYour: (link) => <>Entspricht dem Listenpreis. Der Preis deines Plans ist ein anderer. Einzelheiten unter {link}.</>,

  // today/usage-bars.tsx
  aBarForEach: (name, group) => `${name}, ein Balken je ${group}`,
  noUsageIn: (title) => `${title}: kein Verbrauch`,
  costUnknownLabel: 'Kosten unbekannt',
  mostOfIt: (first) => `, das meiste davon ${first}`,
  groupNames: { minute: 'Minute', hour: 'Stunde', day: 'Tag' },
  activeDays: (count) => countOf(count, 'aktiver Tag', 'aktive Tage'),
  needAttention: (active, count) => `${active}, ${count} ${plural(count, 'braucht', 'brauchen')} dich`,
  barText: (title, cost, tokens, _tokenCount, calls, callCount, most) =>
    `${title}: ${cost}, ${tokens} Token, ${calls} ${plural(callCount, 'Aufruf', 'Aufrufe')}${most}`,
  todayInside: 'heute',
  sevenDays: '7 T',
  oneMonth: '1 Mon.',
  limitInSentence: (label) => label.replace(' · ', ' für '),
  costBy: 'Kosten',
  tokensBy: 'Token',
}
