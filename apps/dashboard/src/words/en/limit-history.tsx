import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const limitHistory = {
  // limits/forecast-panel.tsx
  forecast: 'Forecast',
  theShadedRangeHolds:
    'The shaded range holds in nine of ten cases. It is learned from this account: from its pace, and from how its windows of the past went on.',
  used: (percent: string) => `${percent} used`,
  reset: (end: string) => `Reset ${end}`,
  limitReached: 'Limit reached',
  notEnoughDataFor: 'Not enough data for a forecast',
  tooFewWindowsHave: 'Too few windows have ended to say how often such forecasts are right.',

  // limits/history-drawing.ts
  fiveHourLimit: '5-hour limit',
  weeklyLimits: 'Weekly limits',

  // limits/history-panel.tsx
  noPointSelected: 'No point selected',
  noData: 'no data',
  history: 'History',
  historyOf: (history: string) => `History · ${history}`,
  time: 'Time',
  loadingHistory: 'Loading the history',
  noDataInLast: (range: string) => `No data in the last ${range}. The history starts with the first update of the limits.`,
  overTime: (name: string) => `${name} over time`,
  lines: 'Lines',
  howFullEachWindow: 'How full each window was when it ended; of the 5-hour windows, the fullest of each day.',
  trianglesOnAxisAnd: 'Triangles on the axis and breaks in a line are resets.',

  // limits/history-rows.ts
  from: (key: string) => `from ${key}`,
  weekOf: (key: string) => `week of ${key}`,
  day: 'Day',
  week: 'Week',

  // limits/history-table.tsx
  historyTable: 'History table',
  resetLabel: 'reset',
  resets: (resets: number) => `${resets} resets`,

  // limits/limits.tsx
  limits: 'Limits',
  account: 'Account',

  // limits/no-snapshot-yet.tsx
  startHubAndCollector: 'Start the hub and the collector',
  theStartCommand: 'the start command',
  whatEachSourceSays: 'What each source says',
  theCommandThatShows: 'the command that shows the sources',
  takeThemFromClaude: "Take them from Claude Code's status line",
  theCommandThatInstalls: 'the command that installs the status line',
  signInToUsage: 'Sign in to the usage page once',
  theSignInCommand: 'the sign-in command',
  waitingForData: 'Waiting for data',
  butNoSourceHas: (rest: ReactNode, text: ReactNode) => (
    <>
      {rest}, but no source has read plan limits yet.{text}
    </>
  ),
  theCollectorOnIs: (collectors: ReactNode) => <>The collector on {collectors} is connected</>,
  collectorsAreConnected: (count: number) => `${count} collectors are connected`,
  addOneOfThese: ' Add one of these where you use Claude Code:',
  noPlanLimitsHave: 'No plan limits have been received yet. The collector reads them on the machines where Claude Code runs.',

  // limits/versions-panel.tsx
  versions: 'Versions',
  stored: (total: string) => `${total} stored`,
  twoVersionsSideBy: 'Two versions side by side',
  window: 'Window',
  earlier: 'Earlier',
  later: 'Later',
  difference: 'Difference',
  olderVersion: (name: string) => `${name}: older version`,
  newerVersion: (name: string) => `${name}: newer version`,
  versionOf: (current: string, total: string, source: string) => `${current} of ${total}, ${source}`,
  anotherWindow: 'another window',
  none: 'none',
  notInIt: 'not in it',
  notRunning: 'not running',
  resetsAt: (resetsAt: string) => `resets ${resetsAt}`,

  // limits/who-panel.tsx
  whoUsedIt: 'Who used it',
  onlyMachinesOfAccount: (name: string) => `Several accounts report to this hub: only calls of machines that had ${name} are counted.`,
  loadingWhoUsedIt: 'Loading who used it …',
  noCallOfThis: 'No call of this window has reached the hub.',
  sessions: 'Sessions',
  projects: 'Projects',
  machines: 'Machines',
  atListPrice: (money: ReactNode) => <>{money} at list price</>,
  usedCallsThatHub: (percent: ReactNode, cost: ReactNode, rest: ReactNode) => (
    <>
      {percent} used; the calls that the hub knows of it cost {cost}. {rest}
    </>
  ),
  whichPartIsFrom: 'Which part is from elsewhere is not known yet: that takes some days of usage.',
  usedAboutFromHere: (percent: ReactNode, fromHere: ReactNode, cost: ReactNode, elsewhere: ReactNode) => (
    <>
      {percent} used: about {fromHere} from here ({cost}), about {elsewhere} not from here.
    </>
  ),
  estimatedFromHowMuch:
    'Estimated from how much of the limit a dollar of calls used at other times. What is not from here is Claude in a browser or app, or a machine without a collector.',
  andMore: (count: number) => `and ${count} more`,

  // limits/widget.tsx
  claudePlanSignalbox: 'Claude plan · Signalbox',
  signalbox: 'Signalbox',
  claudePlanLimits: 'Claude plan limits',

  // limits/window-calendar.tsx
  calendarOfWindowsOf: 'Calendar of the windows of 400 days',
  howFullWindowsWere: 'How full the windows were, a column for each week',
  scaleToLimit: (text: ReactNode, i: ReactNode) => (
    <>
      0%{text}99%{i} limit reached
    </>
  ),
  row: 'Row',
  weekFrom: (start: string) => `Week of ${start}`,
  noDataOn: (day: string) => `${day}: no data`,
  inFullestOfWindows: (day: string, text: string, windows: number) => `${day}: ${text} in the fullest of ${countOf(windows, 'window')}`,
  weekOfNoData: (week: string) => `Week of ${week}: no data`,
  endedInWeekOf: (week: string, text: string) => `Ended in the week of ${week}: ${text}`,
  ranges: { '5h': '5 hours', '7d': '7 days', '30d': '30 days', '400d': '400 days' },
  minutes15: '15 minutes',
}
