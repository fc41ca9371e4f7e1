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
 * Follows the blocks, each by one look for the first call after the one before. Both ends of a block are whole hours, so
 * no quarter is in two.
 * @returns the start of the block that holds `at`; undefined when none does
 */
export function blockStart(connection: Connection, names: Names, at: number, filter: UsageFilter): number | undefined {
  const known = filterOf(names, filter)
  if (known === undefined) return undefined
  const { sql, values } = ofSlices(known)
  const nextStatement = connection.rows(`SELECT min(quarter) FROM slice WHERE quarter >= ?${sql}`)
  const next = (quarter: number) => (nextStatement.get(quarter, ...values) as [number | null])[0] ?? undefined
  const end = Math.floor(at / QUARTER)
  let quarter = next(silenceBefore(connection, sql, values, end))
  while (quarter !== undefined) {
    const start = Math.floor(quarter / HOUR_QUARTERS) * HOUR_QUARTERS
    if (start > end) return undefined
    if (end < start + BLOCK_QUARTERS) return start * QUARTER
    quarter = next(start + BLOCK_QUARTERS)
  }
  return undefined
}

/** A quarter after five hours without a call: whatever block there was before it is over. 0 when none is near. */
function silenceBefore(connection: Connection, sql: string, values: readonly number[], end: number): number {
  const beforeStatement = connection.rows(`SELECT max(quarter) FROM slice WHERE quarter < ?${sql}`)
  let quarter = end + 1
  while (quarter > end - SOME_DAYS) {
    const [before] = beforeStatement.get(quarter, ...values) as [number | null]
    if (before === null || quarter - before > BLOCK_QUARTERS + 1) return quarter
    quarter = before
  }
  return 0
}
