import { countOf, plural } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const today = {
  // today/ask-line.tsx
  askQuestion: 'Ask a question',
  askPlaceholder: 'Ask: what did I spend today?',

  // today/block-track.tsx
  fiveHourBlocks: '5-hour blocks',

  // today/current-block-panel.tsx
  fiveHourBlock: '5-hour block',
  noActiveBlock: 'No active block',
  loading: 'Loading …',
  theNextCallStarts: 'The next call starts one.',
  calls: 'Calls',
  tokens: 'Tokens',
  burnRate: 'Burn rate',
  perHour: (money: ReactNode) => <>{money} per hour</>,
  tokensPerMinute: 'Tokens per minute',
  projected: 'Projected',
  measured: 'Measured',
  estimated: 'Estimated',
  atListPriceSo: 'at list price so far',
  toLeft: (clock: ReactNode, clock2: ReactNode, end: string) => (
    <>
      {clock} to {clock2}, {end} left
    </>
  ),

  // today/models-panel.tsx
  models: (short: string) => `Models · ${short}`,
  shareOf: (text: string) => `Share of ${text}`,
  costShare: 'cost',
  tokenShare: 'tokens',
  noUsage: (text: string) => `No usage ${text}.`,
  todayYet: 'today yet',
  inRange: (long: string) => `in ${long}`,
  noPrice: 'no price',
  andMore: (count: number) => `and ${count} more`,

  // today/month-panel.tsx
  loadingMonth: 'Loading the month',
  monthToDate: 'Month to date',
  atListPrice: 'at list price',
  costAtListPrice: 'Cost at list price',
  averagePerActiveDay: 'Average per active day',

  // today/no-usage.tsx
  noUsageAndLastCall: (text: string, rest: ReactNode) => (
    <>
      No usage {text}.{rest}
    </>
  ),
  theLastCallWas: (ago: ReactNode, moment: ReactNode) => (
    <>
      {' '}
      The last call was {ago}, on {moment}.
    </>
  ),
  seeThatDay: 'See that day',

  // today/overview-links.tsx
  overview: 'Overview',
  usage: 'Usage',
  limits: 'Limits',
  sessions: 'Sessions',
  machines: 'Machines',
  events: 'Events',
  settings: 'Settings',
  nothingTodayYet: 'Nothing today yet',
  usageToday: (count: ReactNode, text: ReactNode) => (
    <>
      {count}
      {text} today
    </>
  ),
  tokensUnit: ' tokens',
  noPlanLimitsKnown: 'No plan limits known',
  resetsIn: (resetsInMs: string) => `, resets in ${resetsInMs}`,
  limitUsed: (percent: string, limit: string, reset: string) => `${percent} of the ${limit}${reset}`,
  noneYet: 'None yet',
  noneActive: 'None active',
  active: (active: number) => `${active} active`,
  machinesOnline: (count: number) => `${countOf(count, 'machine')} online`,
  ofMachinesOnline: (online: number, count: number) => `${online} of ${countOf(count, 'machine')} online`,
  lastOne: (latest: string) => `Last one ${latest}`,
  openWithoutKey: 'Open, without a key',
  signedInAs: (who: string) => `Signed in as ${who}`,
  aKey: 'a key',

  // today/range-chart.tsx
  tokensInCallsBy: (
    money: ReactNode,
    text: ReactNode,
    count: ReactNode,
    totalTokens: number,
    count2: ReactNode,
    calls: number,
    text2: string,
    text3: string,
    group: string,
  ) => (
    <>
      {money}
      {text} {count} {plural(totalTokens, 'token')} in {count2} {plural(calls, 'call')}
      {text2}, {text3} by {group}
    </>
  ),
  costUnknown: 'Cost unknown,',
  todayBehind: ' today',
  inRangeBehind: (long: string) => ` in ${long}`,

  // today/range-choice.tsx
  timeRangeOfCharts: 'Time range of the charts',

  // today/today-range.ts
  theLast5Minutes: 'the last 5 minutes',
  theLast15Minutes: 'the last 15 minutes',
  theLastHour: 'the last hour',
  theLast6Hours: 'the last 6 hours',
  today: 'Today',
  theLast7Days: 'the last 7 days',
  theLast30Days: 'the last 30 days',
  fromTo: (at: string, at2: string) => `${at} to ${at2}`,

  // today/today-sentence.tsx
  noUsageCountedToday: 'No usage counted today yet.',
  noUsageTodayYet: 'No usage today yet.',
  tokensToday: (count: ReactNode, tokens: number) => (
    <>
      {count} {plural(tokens, 'token')} today
    </>
  ),
  todayAtListPrice: (money: ReactNode) => <>{money} today at list price</>,
  ofIt: (text: string, model: ReactNode) => (
    <>
      , {text} of it {model}
    </>
  ),
  all: 'all',
  inSessions: (usedIn: ReactNode, usedIn2: number) => (
    <>
      , in {usedIn} {plural(usedIn2, 'session')}
    </>
  ),
  callHassNoKnown: (count: ReactNode, unpricedCalls: number) => (
    <>
      {' '}
      {count} {plural(unpricedCalls, 'call has', 'calls have')} no known price and {plural(unpricedCalls, 'is', 'are')} not included.
    </>
  ),
  ofUsed: (percent: ReactNode, label: string, text: ReactNode, text2: ReactNode) => (
    <>
      {percent} of the {label}
      {text} used{text2}.
    </>
  ),

  // today/today.tsx
  todaysUpdate: 'Today’s update',
  lastCall: (ago: ReactNode) => <>Last call {ago}</>,
  loadingToday: 'Loading today',
  listPriceEquivalentYour: (link: ReactNode) => <>List-price equivalent. Your plan’s price is different. Details in {link}.</>,

  // today/usage-bars.tsx
  aBarForEach: (name: string, group: string) => `${name}, a bar for each ${group}`,
  noUsageIn: (title: string) => `${title}: no usage`,
  costUnknownLabel: 'cost unknown',
  mostOfIt: (first: string) => `, most of it ${first}`,
  groupNames: { minute: 'minute', hour: 'hour', day: 'day' },
  activeDays: (count: number) => countOf(count, 'active day'),
  needAttention: (active: string, count: number) => `${active}, ${count} ${plural(count, 'needs', 'need')} attention`,
  barText: (title: string, cost: string, tokens: string, tokenCount: number, calls: string, callCount: number, most: string) =>
    `${title}: ${cost}, ${tokens} ${plural(tokenCount, 'token')}, ${calls} ${plural(callCount, 'call')}${most}`,
  todayInside: 'today',
  sevenDays: '7 d',
  oneMonth: '1 mo',
  limitInSentence: (label: string) => `${label.charAt(0).toLowerCase()}${label.slice(1)}`.replace(' · ', ' for '),
  costBy: 'cost',
  tokensBy: 'tokens',
}
