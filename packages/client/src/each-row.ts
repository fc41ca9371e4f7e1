import type { ListOptions, NextPage } from './call-options.ts'

/** Where a page begins, and how many rows it may have. */
export interface PageRequest extends NextPage {
  readonly limit: number
}

/** Fetches one page of a list. */
export type FetchPage<Row> = (page: PageRequest, options: ListOptions) => Promise<readonly Row[]>

export interface EachRowOptions extends Pick<ListOptions, 'signal' | 'onTotal'> {
  /** The most rows that are wanted; all when absent. */
  readonly maxRows?: number
}

/** The hub's upper limit for one response. */
const PAGE_ROWS = 100

/**
 * The rows of a list, one after the other, fetched by page. A row that is there all the while comes once, whatever is added,
 * removed or changed between two pages.
 */
export async function* eachRow<Row>(
  fetchPage: FetchPage<Row>,
  { maxRows = Number.POSITIVE_INFINITY, signal, onTotal }: EachRowOptions = {},
): AsyncGenerator<Row, void, undefined> {
  let next: NextPage | undefined = {}
  let left = maxRows
  while (next !== undefined && left > 0) {
    let following: NextPage | undefined
    const options: ListOptions = {
      signal,
      onTotal,
      onNext: (page) => {
        following = page
      },
    }
    const rows = await fetchPage({ ...next, limit: Math.min(PAGE_ROWS, left) }, options)
    yield* rows
    left -= rows.length
    next = following
  }
}
