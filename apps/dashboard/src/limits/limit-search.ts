export const historyRanges = ['5h', '7d', '30d', '400d'] as const
export type HistoryRange = (typeof historyRanges)[number]

/** What the address of the limits screen can say. */
export interface LimitSearch {
  range?: HistoryRange
}

/** What of an address makes sense; the rest of it is left out. */
export function readLimitSearch(search: Record<string, unknown>): LimitSearch {
  const range = historyRanges.find((name) => name === search.range)
  return range === undefined ? {} : { range }
}
