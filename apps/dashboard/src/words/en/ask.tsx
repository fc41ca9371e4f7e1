import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const ask = {
  // ask/ask-panel.tsx
  ask: 'Ask',
  question: 'Question',
  askPlaceholder: 'Ask in words …',
  send: 'Ask',
  close: 'Close',
  answers: 'Questions and answers',
  askAbout: 'Ask about sessions, usage, limits, machines and what happened. Follow up with “and last week?” or “per model”.',
  byWordsAlone: 'By words alone, from this hub: no model is asked, and nothing leaves it.',
  suggestions: 'Suggestions',

  // ask/answer.tsx
  asking: 'Asking the hub',
  notUnderstood: 'That was not understood.',
  meansNothingHere: (words: string, count: number) => `${words} ${count === 1 ? 'means' : 'mean'} nothing here.`,
  leftOut: (words: string) => `Left out: ${words}.`,
  didYouMean: 'Did you mean:',
  notSent: 'Not sent: the hub does not respond. The question is in the field again.',
  keyMayNotRead: (link: ReactNode) => <>This browser’s key may not read. Sign in with a key that has the scope “read”: {link}.</>,
  severalSessions: (count: number) => `${countOf(count, 'session')} may be meant. Which one?`,
  noSuchSession: 'No session matches.',
  openedScreen: (name: string) => `Opened ${name}.`,
  themeChosen: 'The theme is changed.',
  rulesAreOn: (link: ReactNode) => <>The assistant sets no rules. What is worth an alert is a rule: {link}.</>,
  alertRules: 'Alert rules',
  unknownCard: 'This answer needs a newer page. Reload it.',
  readAgain: 'A new snapshot of the limits takes a moment: press Refresh on the card.',
  cannotTerm: 'No help on that yet.',
  screenNames: {
    today: 'Today',
    sessions: 'Sessions',
    usage: 'Usage',
    limits: 'Limits',
    settings: 'Settings',
  },
  help: {
    assistant:
      'Ask about sessions, tasks, machines, usage and cost, plan limits, and what happened. For example: what did I spend yesterday?',
    stalled: 'A session is stalled when its heartbeat is overdue. Its next heartbeat restores its former status.',
    block: 'A block is five hours of usage, from the first call on. Its burn rate is the cost and the tokens of its time so far.',
    'burn rate': 'The burn rate is what the active block uses per hour, by its calls so far.',
    'list price': 'Costs are list-price equivalents: what the same calls cost at the price of the API. Your plan’s price is different.',
    slot: 'A slot is a numbered place for one session on a machine.',
    collector: 'The collector runs on every machine, reads transcripts and plan limits, and sends them to the hub.',
    hub: 'The hub keeps sessions, usage and limits of all machines, and serves this page.',
    connect: 'On Machines, “Add a machine” gives you one line to run on the other machine.',
    keys: 'In Settings, API keys: “Create key” makes one with the scopes you choose.',
  },

  // ask/pin-button.tsx
  pinToToday: 'Pin to Today',
  pinned: 'Pinned to Today',
  unpin: 'Unpin',
  unpinNamed: (question: string) => `Unpin “${question}”`,
  pinsAreFull: (count: number) => `Today has ${count} pinned cards, which is the most. Unpin one first.`,

  // ask/pinned-cards.tsx
  pinnedCards: 'Pinned cards',

  // ask/proposal.tsx
  nothingIsDoneYet: 'Nothing is done yet.',
  proposal: 'Proposal',
  needsScope: (scope: string, link: ReactNode) => (
    <>
      This browser’s key has no scope “{scope}”, which this needs. Sign in with one that has it: {link}.
    </>
  ),
  notPossibleNow: 'In its present status that cannot be done.',
  sessionOnMachine: (session: ReactNode, machine: string) => (
    <>
      {session} on {machine}
    </>
  ),
  actNow: (action: string) => `${action} …`,
  done: 'Done.',
  machineActions: {
    maintenance: 'Put into maintenance',
    online: 'Set online',
    offline: 'Set offline',
  },
  marksTheMachine: (machine: string) => `Marks ${machine}. What runs there goes on: Signalbox stops no process.`,
  noNewSessions: 'Programs that ask for a free machine are not given this one.',
  onlineAgain: 'Programs that ask for a free machine may be given this one.',
  pauseMessages: 'Pause all messages',
  holdsAllMessages: (until: ReactNode) => <>Holds all messages of the hub until {until}.</>,
  alertsStillOpen: 'Alerts open and close as before, and are listed here. Only their messages wait.',
  resumeMessages: 'Send messages again',
  messagesGoOutAgain: 'Ends the pause: messages are sent again. What was held is sent, too, where it still holds.',
  cancel: 'Cancel',

  // ask/ranges.ts
  ranges: {
    today: 'Today',
    yesterday: 'Yesterday',
    this_week: 'This week',
    last_week: 'Last week',
    this_month: 'This month',
    last_month: 'Last month',
    this_year: 'This year',
    last_night: 'Last night',
    since_visit: 'Since your last visit',
    all: 'All time',
  },
  lastMinutes: (count: number) => `Last ${countOf(count, 'minute')}`,
  lastHours: (count: number) => `Last ${countOf(count, 'hour')}`,
  lastDays: (count: number) => `Last ${countOf(count, 'day')}`,
  fromTo: (from: string, to: string) => `${from} – ${to}`,

  // ask/cards
  usageOf: (range: string, of: string) => `Usage · ${range}${of === '' ? '' : ` · ${of}`}`,
  loading: 'Loading the answer',
  atListPrice: 'at list price',
  tokens: 'tokens',
  calls: 'calls',
  openUsage: 'Open Usage',
  openSessions: 'Open Sessions',
  openMachines: 'Open Machines',
  openEvents: 'Open Events',
  openLimits: 'Open Limits',
  openSession: 'Open the session',
  noUsageIn: (range: string) => `No usage: ${range}.`,
  moreRows: (count: number) => `and ${countOf(count, 'more row')}`,
  callsWithoutPrice: (count: number) => `${countOf(count, 'call')} without a known price count as no cost.`,
  by: {
    hour: 'By hour',
    day: 'By day',
    week: 'By week',
    month: 'By month',
    session: 'By session',
    project: 'By project',
    model: 'By model',
    machine: 'By machine',
    person: 'By person',
    branch: 'By branch',
    agent: 'By agent',
  },
  compared: (range: string, of: string) => `Why · ${range}${of === '' ? '' : ` · ${of}`}`,
  comparedWith: (range: string, of: string) => `Compared · ${range}${of === '' ? '' : ` · ${of}`}`,
  moreThan: (amount: ReactNode, share: string, what: ReactNode) => (
    <>
      {amount}
      {share} more than {what}.
    </>
  ),
  lessThan: (amount: ReactNode, share: string, what: ReactNode) => (
    <>
      {amount}
      {share} less than {what}.
    </>
  ),
  asMuchAs: (what: ReactNode) => <>as much as {what}.</>,
  baseline: {
    usual_working_day: 'a usual working day',
    usual_weekend_day: 'a usual weekend day',
    same_time_before: 'the same time before',
  },
  untilSameTime: (range: string) => `${range}, until the same time`,
  notUnusual: 'That was not unusual.',
  moreThanOnDays: (beyond: number, days: number) => `More than on ${beyond} of the last ${days} such days.`,
  lessThanOnDays: (beyond: number, days: number) => `Less than on ${beyond} of the last ${days} such days.`,
  tooFewDays: 'There are too few days of its kind to say what is usual.',
  moreTokens: 'More tokens',
  fewerTokens: 'Fewer tokens',
  dearerTokens: 'Dearer tokens',
  cheaperTokens: 'Cheaper tokens',
  aMillion: (tokens: ReactNode, price: ReactNode) => (
    <>
      {tokens} tokens at {price} a million
    </>
  ),
  now: 'Now',
  before: 'Before',
  split: 'What the difference is made of',
  reasonBy: {
    project: 'Most of it by project',
    model: 'Most of it by model',
    machine: 'Most of it by machine',
    person: 'Most of it by person',
    agent: 'Most of it by agent',
  },
  noSingleReason: 'No single project, model, machine, person or agent explains it.',
  sessions: 'Sessions',
  sessionStates: {
    person: 'Need attention',
    waiting: 'Waiting',
    active: 'Active',
    paused: 'Paused',
    stalled: 'Stalled',
    failed: 'Failed',
    completed: 'Completed',
  },
  sessionsOf: (state: string, of: string) => `${state}${of === '' ? '' : ` · ${of}`}`,
  place: 'of the answer',
  noneMatch: 'None.',
  tasksOf: (of: string) => `Tasks${of === '' ? '' : ` · ${of}`}`,
  noTasks: 'No task matches.',
  machines: 'Machines',
  machinesFree: 'Machines with a free slot',
  noMachineMatches: 'No machine matches.',
  eventsOf: (range: string) => `Events · ${range}`,
  nothingHappened: 'Nothing happened.',
  health: 'Health',
  hub: 'Hub',
  ok: 'ok',
  unavailable: 'unavailable',
  database: (state: string, version: string) => `${state}, version ${version}`,
  collectorOn: (machine: string) => `Collector on ${machine}`,
  connected: 'connected',
  behind: 'connected, but behind',
  notConnected: 'not connected',
  noCollector: 'No collector has sent a heartbeat to this hub.',
  planLimits: 'Plan limits',
  lastCalls: 'Last calls',
  noneYet: 'none yet',
}
