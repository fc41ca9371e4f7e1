import type { UsageQuery } from '@signalbox/client'
import type { UsageUpdated } from '@signalbox/contract/event'

/** A day is somewhere on earth for this long before and after it is in UTC, in milliseconds. */
const ZONE_REACH = 15 * 3_600_000
const DAY = 24 * 3_600_000

/** False only when a change cannot have altered the answer kept under this key. Never wrong in the other direction. */
export function touches(queryKey: readonly unknown[], change: UsageUpdated): boolean {
  const [noun, kind, query] = queryKey as readonly [string, string, UsageQuery | undefined]
  if (noun !== 'usage') return false
  if (kind !== 'report' || query === undefined) return true
  if (query.machine_id !== undefined && query.machine_id !== change.machine_id) {
    // A call belongs to the machine that reported it first, so a better record from another one may change it all the same.
    return change.improved > 0 && overlaps(query, change)
  }
  return overlaps(query, change)
}

/** Whether a reading of the plan limits may alter the answer kept under this key: blocks, and the window of the summary. */
export function hangsOnPlan(queryKey: readonly unknown[]): boolean {
  const [noun, kind, query] = queryKey as readonly [string, string, UsageQuery | undefined]
  return noun === 'usage' && (kind === 'summary' || query?.group === 'block')
}

function overlaps({ since, until }: UsageQuery, change: UsageUpdated): boolean {
  const [from, to] = [Date.parse(change.since), Date.parse(change.until)]
  if (Number.isNaN(from) || Number.isNaN(to)) return true
  return (since === undefined || to >= earliest(since)) && (until === undefined || from <= latest(until))
}

function earliest(text: string): number {
  return isDayText(text) ? Date.parse(text) - ZONE_REACH : Date.parse(text)
}

function latest(text: string): number {
  return isDayText(text) ? Date.parse(text) + DAY + ZONE_REACH : Date.parse(text)
}

function isDayText(text: string): boolean {
  return text.length === 10
}
