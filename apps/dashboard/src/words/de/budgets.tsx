import { countOf } from '@signalbox/contract/plural'
import type { budgets as english } from '../en/budgets.tsx'

export const budgets: typeof english = {
  // budgets/budget-dialog.tsx
  newBudget: 'Neues Budget',
  change: (budget) => `„${budget}“ ändern`,
  name: 'Name',
  period: 'Zeitraum',
  hardLineInPercent: 'Harte Grenze, in Prozent des Limits',
  hardLineInUsd: 'Harte Grenze, in USD zum Listenpreis',
  softLineInPercent: 'Weiche Grenze, in Prozent der harten (leer für keine)',
  accountEmptyForEvery: 'Konto (leer für jedes)',
  projectsSuchAsShop: 'Projekte, etwa shop, shop-* (leer für alle)',
  machinesEmptyForAll: 'Maschinen (leer für alle)',
  holdSessionsAtHard: 'Sitzungen an der harten Grenze anhalten, an der weichen einen Alarm öffnen',
  howFullLimitIs:
    'Wie voll das Limit ist, sagen nur Snapshots: Sitzungen werden beim neuesten angehalten, vielleicht Minuten zu spät und nicht auf den Aufruf genau.',
  cancel: 'Abbrechen',
  createBudget: 'Budget erstellen',
  save: 'Speichern',

  // budgets/budget-text.ts
  eachWeek: 'Jede Woche',
  fiveHourLimit: '5-Stunden-Limit',
  weeklyLimit: 'Wochenlimit',
  open: 'Offen',
  overSoftLine: 'Über der weichen Grenze',
  spentSessionsAreHeld: 'Aufgebraucht: Sitzungen werden angehalten',
  notKnownNothingIs: 'Nicht bekannt: nichts wird angehalten',
  off: 'Aus',

  // budgets/budgets-panel.tsx
  budgets: 'Budgets',
  loadingBudgets: 'Budgets werden geladen',
  noBudgetYet:
    'Noch kein Budget. An seiner weichen Grenze öffnet sich ein Alarm; an seiner harten werden Sitzungen zwischen zwei Aufrufen angehalten.',
  sessionsAreHeldOn: (code) => <>Sitzungen werden auf Maschinen angehalten, auf denen {code} ausgeführt wurde.</>,
  signInToRaise: (code) => (
    <>
      Um hier eine Grenze anzuheben, melde diesen Browser mit einem Schlüssel an, der den Bereich answer hat; auf der Maschine des Hubs
      selbst: {code}.
    </>
  ),
  goOn: 'Weitermachen …',
  goOnWith: (budget) => `Weitermachen mit ${budget}`,
  changeLabel: 'Ändern',
  changeNamed: (budget) => `${budget} ändern`,
  remove: 'Entfernen',
  removeNamed: (budget) => `${budget} entfernen`,
  costsAreListPrice: 'Kosten entsprechen dem Listenpreis. Der Preis deines Plans ist ein anderer.',
  usedOf: (kind) => `${kind} von `,
  raisedBy: (kind) => ` · erhöht um ${kind}`,
  holdsSessions: (count, held) => (
    <>
      Hält {countOf(count, 'Sitzung', 'Sitzungen')} an: {held}
    </>
  ),
  heldSession: (text, sessionId, machineId) => (
    <>
      {text}
      {sessionId} auf {machineId}
    </>
  ),

  // budgets/go-on-dialog.tsx
  goOnWithQuoted: (name) => `Weitermachen mit „${name}“`,
  raiseLineOfThis: (text) => `Die Grenze dieses Zeitraums erhöhen um, in ${text}`,
  percent: 'Prozent',
  usdWord: 'USD',
  inHeldSessionsType: (text) => <>{text}In angehaltenen Sitzungen „go on“ eingeben.</>,
  theLineBecomesNext: (kind) => `Die Grenze wird ${kind}; der nächste Zeitraum hat wieder die alte. `,
  theLink: 'den Link',
  makeLink: 'Link erzeugen',
  goOnLabel: 'Weitermachen',

  // budgets/held-note.tsx
  heldByBudgetIs: (name, kind, link) => (
    <>
      Angehalten vom Budget „{name}“: {kind} sind aufgebraucht. {link}, dann „go on“ im Terminal eingeben.
    </>
  ),
  goOnInSettings: 'Weitermachen in den Einstellungen',

  // budgets/remove-budget-dialog.tsx
  removeQuestion: (budget) => `„${budget}“ entfernen?`,
  sessionsThatItHolds: 'Sitzungen, die es anhält, dürfen weitermachen, und seine Alarmregel wird entfernt.',
  removeBudget: 'Budget entfernen',
  eachDay: 'Jeder Tag',
  eachMonth: 'Jeder Monat',
  about: {
    project: (names) => `für ${names}`,
    machine: (names) => `auf ${names}`,
    model: (names) => `mit ${names}`,
    account: (names) => `von ${names}`,
  },
  usd: (amount) => `${amount.toLocaleString('de', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}\u00a0$`,
  share: (used) => `${used.toLocaleString('de')}\u00a0%`,
}
