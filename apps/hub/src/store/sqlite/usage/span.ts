import { QUARTER } from '@signalbox/usage/slice'
import { clockOf, DAY } from '@signalbox/usage/zone'
import { DAY_QUARTERS, dayOf, startOf } from './day.ts'

/** A run of time that is read in one way. In quarter hours, `to` exclusive. */
export type Span =
  | { readonly by: 'day'; readonly offset: number; readonly fromDay: number; readonly toDay: number }
  | { readonly by: 'quarter'; readonly from: number; readonly to: number }

/**
 * Cuts [from, to) into runs of whole days, in which the zone's clocks stay as they are, and the rest: the days of a
 * clock change and the beginnings and ends of days at the edges. Oldest first, without a gap.
 */
export function spansOf(zone: string, from: number, to: number): Span[] {
  const spans: Span[] = []
  let at = from
  let since = from
  for (const { offset, until } of offsetsBetween(zone, from, to)) {
    // A day that began under other clocks is not whole under these.
    const firstDay = dayOf(since + DAY_QUARTERS - 1, offset)
    const endDay = dayOf(until, offset)
    since = until
    if (endDay <= firstDay) continue
    addQuarters(spans, at, startOf(firstDay, offset))
    spans.push({ by: 'day', offset, fromDay: firstDay, toDay: endDay })
    at = startOf(endDay, offset)
  }
  addQuarters(spans, at, to)
  return spans
}

function addQuarters(spans: Span[], from: number, to: number): void {
  if (from < to) spans.push({ by: 'quarter', from, to })
}

/** The zone's offsets from UTC, in quarters, one after the other, each until (exclusive) when. */
function* offsetsBetween(zone: string, from: number, to: number): Generator<{ offset: number; until: number }> {
  const clock = clockOf(zone)
  const offsetAt = (quarter: number) => Math.floor(clock(quarter * QUARTER) / QUARTER)
  let offset = offsetAt(from)
  let at = from
  while (at < to) {
    // Zones do not change their clocks twice within two days.
    const next = Math.min(to, at + DAY / QUARTER)
    const after = offsetAt(Math.min(next, to - 1))
    if (after !== offset) {
      let same = at
      let changed = Math.min(next, to - 1)
      while (changed - same > 1) {
        const middle = (same + changed) >> 1
        if (offsetAt(middle) === offset) same = middle
        else changed = middle
      }
      yield { offset, until: changed }
      offset = after
    }
    at = next
  }
  yield { offset, until: to }
}
