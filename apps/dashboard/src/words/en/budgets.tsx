import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const budgets = {
  // budgets/budget-dialog.tsx
  newBudget: 'New budget',
  change: (budget: string) => `Change “${budget}”`,
  name: 'Name',
  period: 'Period',
  hardLineInPercent: 'Hard line, in percent of the limit',
  hardLineInUsd: 'Hard line, in USD at list price',
  softLineInPercent: 'Soft line, in percent of the hard line (empty for none)',
  accountEmptyForEvery: 'Account (empty for every account)',
  projectsSuchAsShop: 'Projects, such as shop, shop-* (empty for all)',
  machinesEmptyForAll: 'Machines (empty for all)',
  holdSessionsAtHard: 'Hold sessions at the hard line, and alert at the soft one',
  howFullLimitIs:
    'How full the limit is, only snapshots say: sessions are held at the newest one, minutes late perhaps, and not to the call.',
  cancel: 'Cancel',
  createBudget: 'Create budget',
  save: 'Save',

  // budgets/budget-text.ts
  eachWeek: 'Each week',
  fiveHourLimit: '5-hour limit',
  weeklyLimit: 'Weekly limit',
  open: 'Open',
  overSoftLine: 'Over the soft line',
  spentSessionsAreHeld: 'Spent: sessions are held',
  notKnownNothingIs: 'Not known: nothing is held',
  off: 'Off',

  // budgets/budgets-panel.tsx
  budgets: 'Budgets',
  loadingBudgets: 'Loading budgets',
  noBudgetYet: 'No budget yet. At its soft line an alert opens; at its hard line sessions are held between two calls.',
  sessionsAreHeldOn: (code: ReactNode) => <>Sessions are held on machines where {code} was run.</>,
  signInToRaise: (code: ReactNode) => (
    <>To raise a line from here, sign this browser in with a key of the scope answer; on the hub's own machine: {code}.</>
  ),
  goOn: 'Go on …',
  goOnWith: (budget: string) => `Go on with ${budget}`,
  changeLabel: 'Change',
  changeNamed: (budget: string) => `Change ${budget}`,
  remove: 'Remove',
  removeNamed: (budget: string) => `Remove ${budget}`,
  costsAreListPrice: "Costs are list-price equivalents. Your plan's price is different.",
  usedOf: (kind: string) => `${kind} of `,
  raisedBy: (kind: string) => ` · raised by ${kind}`,
  holdsSessions: (count: number, held: ReactNode) => (
    <>
      Holds {countOf(count, 'session')}: {held}
    </>
  ),
  heldSession: (text: ReactNode, sessionId: ReactNode, machineId: string) => (
    <>
      {text}
      {sessionId} on {machineId}
    </>
  ),

  // budgets/go-on-dialog.tsx
  goOnWithQuoted: (name: string) => `Go on with “${name}”`,
  raiseLineOfThis: (text: string) => `Raise the line of this period by, in ${text}`,
  percent: 'percent',
  usdWord: 'USD',
  inHeldSessionsType: (text: ReactNode) => <>{text}In held sessions, type “go on”.</>,
  theLineBecomesNext: (kind: string) => `The line becomes ${kind}; the next period has the old one again. `,
  theLink: 'the link',
  makeLink: 'Make a link',
  goOnLabel: 'Go on',

  // budgets/held-note.tsx
  heldByBudgetIs: (name: string, kind: string, link: ReactNode) => (
    <>
      Held by the budget “{name}”: {kind} is spent. {link}, then type “go on” in the terminal.
    </>
  ),
  goOnInSettings: 'Go on in Settings',

  // budgets/remove-budget-dialog.tsx
  removeQuestion: (budget: string) => `Remove “${budget}”?`,
  sessionsThatItHolds: 'Sessions that it holds may go on, and its alert rule is removed.',
  removeBudget: 'Remove budget',
  eachDay: 'Each day',
  eachMonth: 'Each month',
  about: {
    project: (names: string) => `for ${names}`,
    machine: (names: string) => `on ${names}`,
    model: (names: string) => `with ${names}`,
    account: (names: string) => `of ${names}`,
  },
  usd: (amount: number) => `$${amount.toFixed(2)}`,
  share: (used: number) => `${used}%`,
}
