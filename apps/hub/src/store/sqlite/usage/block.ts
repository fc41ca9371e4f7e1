import { BLOCK_MS } from '@signalbox/usage/block'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import type { UsageFilter } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { filterOf, ofSlices } from './filter.ts'

const BLOCK_QUARTERS = BLOCK_MS / QUARTER_HOUR_MS
const HOUR_QUARTERS = 4
/** How far back a pause of five hours is searched for, in quarters; a fleet in constant use has none. */
const MAX_SEARCH_QUARTERS = 14 * 24 * HOUR_QUARTERS

/**
 * Follows the blocks, each by one query for the first call after the block before it. Without a measured window both ends of
 * a block are whole hours, so no quarter is in two blocks.
 * @returns the start of the latest block that begins at or before `at`; undefined when there is no call by then
 */
export function blockStart(connection: Connection, names: Names, at: number, filter: UsageFilter): number | undefined {
  const known = filterOf(names, filter)
  if (known === undefined) return undefined
  const { sql, values } = ofSlices(known)
  const nextStatement = connection.rows(`SELECT min(quarter) FROM slice WHERE quarter >= ?${sql}`)
  const beforeStatement = connection.rows(`SELECT max(quarter) FROM slice WHERE quarter < ?${sql}`)
  const next = (quarter: number) => (nextStatement.get(quarter, ...values) as [number | null])[0] ?? undefined
  const before = (quarter: number) => (beforeStatement.get(quarter, ...values) as [number | null])[0] ?? undefined
  const end = Math.floor(at / QUARTER_HOUR_MS)
  const last = before(end + 1)
  if (last === undefined) return undefined
  let start = 0
  let quarter = next(afterPause(before, last))
  while (quarter !== undefined && quarter <= end) {
    start = Math.floor(quarter / HOUR_QUARTERS) * HOUR_QUARTERS
    quarter = next(start + BLOCK_QUARTERS)
  }
  return start * QUARTER_HOUR_MS
}

/** The latest quarter that follows five hours without a call: any earlier block has ended by then. 0 when there is none near. */
function afterPause(before: (quarter: number) => number | undefined, last: number): number {
  let quarter = last
  while (quarter > last - MAX_SEARCH_QUARTERS) {
    const earlier = before(quarter)
    if (earlier === undefined || quarter - earlier > BLOCK_QUARTERS + 1) return quarter
    quarter = earlier
  }
  return 0
}
