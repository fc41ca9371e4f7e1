import { NOT_ITEMISED } from '@signalbox/usage/call'
import { addToSlice, QUARTER_HOUR_MS, type Slice, sliceKey } from '@signalbox/usage/slice'
import { DAY, zoneClock } from '@signalbox/usage/zone'
import type { NameFilter, SliceQuery, UsageFilter } from '../../usage.ts'

export function matches(slice: Slice, { machine, project, folders, branch, session, model, agent, notItemised }: UsageFilter): boolean {
  return (
    isNamed(slice.machine, machine) &&
    isNamed(slice.project, project) &&
    (folders === undefined || folders(slice.machine, slice.project)) &&
    isNamed(slice.branch, branch) &&
    isNamed(slice.session, session) &&
    isNamed(slice.model, model) &&
    isNamed(slice.agent, agent) &&
    (notItemised === undefined || (slice.source === NOT_ITEMISED) === (notItemised === 'only'))
  )
}

function isNamed(name: string, wanted: NameFilter): boolean {
  return wanted === undefined || (typeof wanted === 'string' ? name === wanted : wanted.includes(name))
}

/**
 * Sums slices over the names that a query does not keep, and over the quarters of a day of its zone.
 * @param slices oldest first
 * @param changes the quarters of price changes, over which nothing is summed
 */
export function sumUp(
  slices: readonly Slice[],
  { filter, keep, daysOf }: Pick<SliceQuery, 'filter' | 'keep' | 'daysOf'>,
  changes: readonly number[],
): Slice[] {
  const kept = new Set(keep)
  const pieceOf = daysOf === undefined ? (quarter: number) => quarter : pieces(daysOf, changes)
  const sums = new Map<string, Slice>()
  for (const slice of slices) {
    if (!matches(slice, filter)) continue
    const part: Slice = {
      ...slice,
      quarter: pieceOf(slice.quarter),
      machine: kept.has('machine') ? slice.machine : '',
      project: kept.has('project') ? slice.project : '',
      branch: kept.has('branch') ? slice.branch : '',
      session: kept.has('session') ? slice.session : '',
    }
    const key = sliceKey(part)
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, part)
    else addToSlice(sum, part)
  }
  return [...sums.values()]
}

/** Maps quarters, given oldest first, to the first quarter of their piece: a range within one day and between two price changes. */
function pieces(zone: string, changes: readonly number[]): (quarter: number) => number {
  const clock = zoneClock(zone)
  let first = Number.NaN
  let last = Number.NaN
  let day = Number.NaN
  let next = 0
  return (quarter) => {
    if (quarter === last) return first
    last = quarter
    const its = Math.floor((quarter * QUARTER_HOUR_MS + clock(quarter * QUARTER_HOUR_MS)) / DAY)
    let changed = its !== day
    while (next < changes.length && changes[next]! <= quarter) {
      next++
      changed = true
    }
    if (changed) [first, day] = [quarter, its]
    return first
  }
}
