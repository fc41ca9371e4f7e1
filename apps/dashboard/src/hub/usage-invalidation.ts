import type { UsageQuery } from '@signalbox/client'
import type { UsageUpdated } from '@signalbox/contract/event'

/** A local day may start this long before, and end this long after, the UTC day of the same date. */
const MAX_ZONE_OFFSET_MS = 15 * 3_600_000
const DAY_MS = 24 * 3_600_000

/** Whether a change may have altered the data under this key. False only when it certainly has not. */
export function isUsageAffected(queryKey: readonly unknown[], change: UsageUpdated): boolean {
  const [noun, kind, query] = queryKey as readonly [string, string, UsageQuery | undefined]
  if (noun !== 'usage') return false
  if (kind !== 'report' || query === undefined) return true
  if (query.machine_id !== undefined && query.machine_id !== change.machine_id) {
    // A call belongs to the machine that reported it first, so an improved record from another machine may change it too.
    return change.improved > 0 && overlaps(query, change)
  }
  return overlaps(query, change)
}

/** Whether a snapshot of the plan limits may alter the data under this key: blocks, the window of the summary, and whose calls are those of a machine. */
export function dependsOnLimits(queryKey: readonly unknown[]): boolean {
  const [noun, kind, query] = queryKey as readonly [string, string, UsageQuery | undefined]
  return (
    noun === 'usage' &&
    (kind === 'summary' ||
      query?.group === 'block' ||
      query?.group === 'person' ||
      query?.split === 'person' ||
      query?.person !== undefined)
  )
}

function overlaps({ since, until }: UsageQuery, change: UsageUpdated): boolean {
  const [from, to] = [Date.parse(change.since), Date.parse(change.until)]
  if (Number.isNaN(from) || Number.isNaN(to)) return true
  return (since === undefined || to >= earliest(since)) && (until === undefined || from <= latest(until))
}

function earliest(text: string): number {
  return isDayText(text) ? Date.parse(text) - MAX_ZONE_OFFSET_MS : Date.parse(text)
}

function latest(text: string): number {
  return isDayText(text) ? Date.parse(text) + DAY_MS + MAX_ZONE_OFFSET_MS : Date.parse(text)
}

function isDayText(text: string): boolean {
  return text.length === 10
}
