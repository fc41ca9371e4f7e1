import { countOf, plural } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const usage = {
  // usage/bar-chart.tsx
  noBarSelected: 'No bar selected',
  barsBy: (step: string) => `Bars by ${step}`,
  estimatedSums: (estimate: string, text: string) => `. ${estimate} estimated, ${text} the sums`,
  inTheSums: 'in',
  notInTheSums: 'not in',
  estimated: 'Estimated',

  // usage/blocks-panel.tsx
  fiveHourBlocks: '5-hour blocks',
  activeBlockMeasuredOthers: 'Active block measured, others estimated',
  estimatedFromCalls: 'Estimated from the calls',
  loadingBlocks: 'Loading blocks',
  noBlocksInThese: 'No blocks in these days.',
  blocks: 'Blocks',
  started: 'Started',
  cost: 'Cost',
  tokens: 'Tokens',
  calls: 'Calls',
  activeLeft: (text: ReactNode, end: string, rest: ReactNode) => (
    <>
      Active{text}, {end} left{rest}
    </>
  ),
  measured: ', measured',
  perHour: (money: ReactNode) => <>, {money} per hour</>,
  showFewer: 'Show fewer',
  showAll: (count: number) => `Show all ${count}`,

  // usage/calendar-panel.tsx
  activity: 'Activity',
  loadingYear: 'Loading the year',
  calendarOfLast53: 'Calendar of the last 53 weeks',
  byDayRowFor: (measure: string) => `${measure} by day, a row for each day of the week`,
  dayOfWeek: 'Day of the week',
  weekOf: (text: string) => `Week of ${text}`,
  noUsage: 'no usage',
  lessMore: (text: ReactNode) => <>Less{text}More</>,

  // usage/chart-legend.tsx
  total: 'Total',
  plusCallsWithoutKnown: 'plus calls without a known price',
  estimatedSeries: (text: string) => `Estimated, ${text}`,
  added: 'added',
  notAdded: 'not added',

  // usage/chart-panel.tsx
  model: 'Model',
  project: 'Project',
  machine: 'Machine',
  person: 'Person',
  branch: 'Branch',
  agent: 'Agent',
  week: 'Week',
  measureBy: (measure: string, text: string, step: string) => `${measure}${text} by ${step}`,
  atListPrice: ' at list price',
  show: 'Show',
  groupBy: 'Group by',
  splitBy: 'Split by',
  hoverBarForIts: 'Hover a bar for its values.',
  hoverBarForItsValues: (step: string) => `Hover a bar for its values; click it, or press Enter, to open that ${step}.`,
  tapBarForIts: 'Tap a bar for its values.',
  tapBarForItsValues: (step: string) => `Tap a bar for its values, tap again to open that ${step}.`,

  // usage/chart-table.tsx
  chartData: 'Chart data',
  ofItEstimated: 'Of it estimated',
  estimatedMore: 'Estimated more',

  // usage/estimate-text.ts
  estimatedOutputThatUnfinished:
    'Estimated: the output that unfinished calls may have beyond what is shown, from how much their answers hold, where no source has it',
  aboutEstimatedTokensOf: (text: string, output: string, output2: number, money: string) =>
    `${text} about ${output} estimated ${plural(output2, 'token')} of output${money}, of calls whose output no source has`,
  includes: 'Includes',
  without: 'Without',

  // usage/estimates-toggle.tsx
  withEstimates: 'With estimates',
  addsToSumsWhat: 'Adds to the sums what unfinished calls are estimated to have beyond what is shown',

  // usage/export-menu.tsx
  export: 'Export',
  rowsByAsIn: (count: number, group: string) => `${countOf(count, 'row')} by ${group}, as in the table`,
  csv: 'CSV',
  json: 'JSON',

  // usage/filter-bar.tsx
  filters: 'Filters',
  allModels: 'All models',
  allProjects: 'All projects',
  folder: 'Folder',
  allFolders: 'All folders',
  allMachines: 'All machines',
  allPeople: 'All people',
  clearFilters: 'Clear filters',

  // usage/group-name.ts
  noSession: 'No session',
  noProject: 'No project',
  noFolder: 'No folder',
  noMachine: 'No machine',
  noPerson: 'No person',
  noBranch: 'No branch',

  // usage/itemisation-picker.tsx
  callsOnly: 'Calls only',
  notItemisedOnly: 'Not itemised only',
  itemised: 'Itemised',
  everything: 'Everything',

  // usage/late-collectors-note.tsx
  asOf: (machine: ReactNode, ago: ReactNode) => (
    <>
      The usage of {machine} is as of {ago}: its collector is not in contact.
    </>
  ),
  callsWait: (exact: string, count: number, machine: ReactNode, ago: ReactNode) => (
    <>
      {exact} {plural(count, 'call')} of {machine} {plural(count, 'waits', 'wait')} there for the hub, the oldest queued {ago}.
    </>
  ),
  moreMachines: (count: number) => `${count} more machines`,

  // usage/period-before.ts
  asMuch: 'as much',
  unchanged: 'unchanged',
  timesAsMuch: (change: number) => `${change} times as much`,
  more: 'more',
  less: 'less',

  // usage/project-folders.tsx
  folders: 'Folders',
  moreFilterFolderHas: (count: number) => `${count} more; the filter Folder has all of them.`,

  // usage/range-label.tsx
  until: (to: string) => `until ${to}`,
  zoneAndTime: (zone: string, date: string) => ` · ${zone}, now ${date}`,

  // usage/range-picker.tsx
  now: 'now',
  time: 'Time',
  from: 'From',
  to: 'To',
  theStartDateMust: 'The start date must not be after the end date.',
  apply: 'Apply',

  // usage/table-panel.tsx
  models: 'Models',
  projects: 'Projects',
  sessions: 'Sessions',
  machines: 'Machines',
  people: 'People',
  branches: 'Branches',
  agents: 'Agents',
  session: 'Session',
  input: 'Input',
  output: 'Output',
  cacheWrites: 'Cache writes',
  cacheReads: 'Cache reads',
  groupRowsBy: 'Group rows by',
  loadingTable: 'Loading the table',
  usageBy: (group: string, text: string) => `Usage by ${group}${text}`,
  filteredBy: (find: string) => `, filtered by “${find}”`,
  share: 'Share',
  noUsageInThis: 'No usage in this period. Choose a longer one.',
  noRowMatches: (find: string) => `No row matches “${find}”.`,
  theseAreOfRows: (text: string, count: string, count2: string) =>
    `These are the ${text} ${count} of ${count2} rows. Choose a shorter period or a filter for the others.`,
  mostExpensive: 'most expensive',
  newest: 'newest',
  showMore: 'Show more',
  ofRows: (rowLimit: string, count: string) => `${rowLimit} of ${count} rows`,
  searchTable: 'Search the table',
  search: 'Search',

  // usage/table-row.tsx
  cacheWrites5Min: 'Cache writes, 5 min',
  cacheWrites1H: 'Cache writes, 1 h',
  callsWithoutPrice: 'Calls without a price',
  unfinishedCalls: 'Unfinished calls',
  callsWithOddNumber: 'Calls with an odd number',
  firstCall: 'First call',
  lastCall: 'Last call',
  openSession: 'Open the session',
  showThisDay: 'Show this day',
  showThisWeek: 'Show this week',
  showThisMonth: 'Show this month',
  showOnlyThisModel: 'Show only this model',
  showOnlyThis: (group: string) => `Show only this ${group}`,

  // usage/unusual-days-panel.tsx
  unusualDays: 'Unusual days',
  theFurthestFromUsual: (count: number, count2: number) => `the ${count} furthest from usual of ${count2}`,
  usually: (money: ReactNode, money2: ReactNode, rest: ReactNode) => (
    <>
      {money}, usually {money2}. {rest}
    </>
  ),
  mostOfRiseIs: (text: ReactNode, money: ReactNode, money2: ReactNode) => (
    <>
      Most of the rise is from {text}: {money}, usually {money2}.
    </>
  ),

  // usage/usage-totals.tsx
  totals: 'Totals',
  costAtListPrice: 'Cost at list price',
  excludesCallsOfWhich: (count: ReactNode, unpricedCalls: number, unpriced: string, count2: number) => (
    <>
      Excludes {count} {plural(unpricedCalls, 'call')} of {unpriced}, which {plural(count2, 'has', 'have')} no known price
    </>
  ),
  atLeastMeans: (atLeast: string) => `≥ is ${atLeast}`,
  includesWhatClaudeCode: 'Includes what Claude Code has recorded beyond its calls (not itemised)',
  cacheHitRate: (percent: string) => `${percent} hit rate`,
  theDayBefore: 'the day before',
  theDaysBefore: (days: number) => `the ${days} days before`,
  noUsageIn: (period: string) => `No usage in ${period}`,
  comparedWith: (cost: ReactNode, text: string, period: string, money: ReactNode, text2: ReactNode) => (
    <>
      {cost} {text} in {period} ({money}){text2}
    </>
  ),
  asMuchAs: 'as',
  moreThan: 'than',
  tokensChange: (tokens: string) => (tokens === 'as much' ? ', as many tokens' : `, tokens ${tokens}`),

  // usage/usage.tsx
  usage: 'Usage',
  loadingUsage: 'Loading usage',
  activeDays: (count: number) => countOf(count, 'active day'),
  others: (count: number) => countOf(count, 'other'),
  tokenWord: (count: number) => plural(count, 'token'),
  hour: 'Hour',
  day: 'Day',
  month: 'Month',
  groupNames: {
    minute: 'minute',
    hour: 'hour',
    day: 'day',
    week: 'week',
    month: 'month',
    session: 'session',
    project: 'project',
    folder: 'folder',
    model: 'model',
    machine: 'machine',
    person: 'person',
    branch: 'branch',
    agent: 'agent',
  },
}
