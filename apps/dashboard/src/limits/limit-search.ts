export const historyRanges = ['5h', '7d', '30d', '400d'] as const
export type HistoryRange = (typeof historyRanges)[number]

/** Query parameters of the limits screen. */
export interface LimitSearch {
  range?: HistoryRange
  /** The account whose history is shown; the first one in use without it. */
  account?: string
}

/** Reads the query parameters; invalid ones are dropped. */
export function readLimitSearch(search: Record<string, unknown>): LimitSearch {
  const range = historyRanges.find((name) => name === search.range)
  const { account } = search
  return {
    ...(range === undefined ? {} : { range }),
    ...(typeof account === 'string' && account !== '' && account.length <= 200 ? { account } : {}),
  }
}
