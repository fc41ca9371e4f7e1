import { BLOCK } from '@signalbox/usage/block'
import { QUARTER } from '@signalbox/usage/slice'
import type { UsageFilter } from '../../store.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { filterOf, ofSlices } from './read.ts'

const BLOCK_QUARTERS = BLOCK / QUARTER
const HOUR_QUARTERS = 4
/** So far back it is looked for five hours of silence, in quarters; a fleet that never sleeps has none. */
const SOME_DAYS = 14 * 24 * HOUR_QUARTERS

/**
 * Follows the blocks, each by one look for the first call after the one before. Without a measured window both ends of a
 * block are whole hours, so no quarter is in two.
 * @returns the start of the last block that begins at or before `at`; undefined when no call was made by then
 */
export function blockStart(connection: Connection, names: Names, at: number, filter: UsageFilter): number | undefined {
  const known = filterOf(names, filter)
  if (known === undefined) return undefined
  const { sql, values } = ofSlices(known)
  const nextStatement = connection.rows(`SELECT min(quarter) FROM slice WHERE quarter >= ?${sql}`)
  const beforeStatement = connection.rows(`SELECT max(quarter) FROM slice WHERE quarter < ?${sql}`)
  const next = (quarter: number) => (nextStatement.get(quarter, ...values) as [number | null])[0] ?? undefined
  const before = (quarter: number) => (beforeStatement.get(quarter, ...values) as [number | null])[0] ?? undefined
  const end = Math.floor(at / QUARTER)
  const last = before(end + 1)
  if (last === undefined) return undefined
  let start = 0
  let quarter = next(afterSilence(before, last))
  while (quarter !== undefined && quarter <= end) {
    start = Math.floor(quarter / HOUR_QUARTERS) * HOUR_QUARTERS
    quarter = next(start + BLOCK_QUARTERS)
  }
  return start * QUARTER
}

/** A quarter after five hours without a call: whatever block there was before it is over. 0 when none is near. */
function afterSilence(before: (quarter: number) => number | undefined, last: number): number {
  let quarter = last
  while (quarter > last - SOME_DAYS) {
    const earlier = before(quarter)
    if (earlier === undefined || quarter - earlier > BLOCK_QUARTERS + 1) return quarter
    quarter = earlier
  }
  return 0
}
