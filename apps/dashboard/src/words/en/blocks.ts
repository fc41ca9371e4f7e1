export const blocks = {
  // usage/block-text.ts
  noCalls: 'no calls',
  costUnknown: 'cost unknown',
  fiveHourBlockFrom: (start: string, text: string, cost: string) => `5-hour block from ${start}, ${text}: ${cost}`,
  measured: 'measured',
  estimated: 'estimated',

  // usage/range.ts
  today: 'Today',
  last7Days: 'Last 7 days',
  last30Days: 'Last 30 days',
  last90Days: 'Last 90 days',
  allTime: 'All time',
  thisMonth: 'This month',
  last365Days: 'Last 365 days',
}
