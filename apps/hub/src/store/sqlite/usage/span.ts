import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { DAY, zoneClock } from '@signalbox/usage/zone'
import { DAY_QUARTERS, dayOf, startOf } from './day.ts'

/** A range of time that is read in one way. In quarter hours, `to` exclusive. */
export type Span =
  /** Whole days of one offset, which are rolled up. */
  | { readonly by: 'day'; readonly offset: number; readonly fromDay: number; readonly toDay: number }
  /** A range within one day of the zone and between two price changes: it may be summed up to one slice. */
  | { readonly by: 'piece'; readonly from: number; readonly to: number }
  | { readonly by: 'quarter'; readonly from: number; readonly to: number }

/**
 * Cuts [from, to) into runs of whole days without a clock change, and pieces of the rest: the days of a clock change, and
 * the parts of days at both ends. Oldest first, without a gap.
 */
export function spansOf(zone: string, from: number, to: number, changes: readonly number[]): Span[] {
  const spans: Span[] = []
  let at = from
  let since = from
  for (const { offset, until } of offsetsBetween(zone, from, to)) {
    // A day that began at another offset is not whole at this one.
    const firstDay = dayOf(since + DAY_QUARTERS - 1, offset)
    const endDay = dayOf(until, offset)
    since = until
    if (endDay <= firstDay) continue
    spans.push(...piecesOf(zone, at, startOf(firstDay, offset), changes))
    spans.push({ by: 'day', offset, fromDay: firstDay, toDay: endDay })
    at = startOf(endDay, offset)
  }
  spans.push(...piecesOf(zone, at, to, changes))
  return spans
}

/** The days whose roll-ups are read at once, and the quarters whose slices are: of a busy fleet that is some ten thousand rows. */
const DAYS_AT_ONCE = 30
const QUARTERS_AT_ONCE = DAY_QUARTERS

/** Cuts a span into such as are read in a few milliseconds. */
export function shortSpans(span: Span): Span[] {
  if (span.by === 'piece') return [span]
  if (span.by === 'quarter') return cut(span.from, span.to, QUARTERS_AT_ONCE).map(([from, to]) => ({ ...span, from, to }))
  return cut(span.fromDay, span.toDay, DAYS_AT_ONCE).map(([fromDay, toDay]) => ({ ...span, fromDay, toDay }))
}

function cut(from: number, to: number, length: number): (readonly [from: number, to: number])[] {
  return Array.from({ length: Math.ceil((to - from) / length) }, (_, nth) => [from + nth * length, Math.min(to, from + (nth + 1) * length)])
}

/** Cuts [from, to) at every midnight of the zone and at every price change. */
export function piecesOf(zone: string, from: number, to: number, changes: readonly number[]): Span[] {
  const clock = zoneClock(zone)
  const dayAt = (quarter: number) => Math.floor((quarter * QUARTER_HOUR_MS + clock(quarter * QUARTER_HOUR_MS)) / DAY)
  const pieces: Span[] = []
  let begin = from
  for (let quarter = from + 1; quarter <= to; quarter++) {
    if (quarter < to && dayAt(quarter) === dayAt(begin) && !changes.includes(quarter)) continue
    pieces.push({ by: 'piece', from: begin, to: quarter })
    begin = quarter
  }
  return pieces
}

/** The zone's offsets from UTC in [from, to), in quarters, each with its exclusive end. */
function* offsetsBetween(zone: string, from: number, to: number): Generator<{ offset: number; until: number }> {
  const clock = zoneClock(zone)
  const offsetAt = (quarter: number) => Math.floor(clock(quarter * QUARTER_HOUR_MS) / QUARTER_HOUR_MS)
  let offset = offsetAt(from)
  let at = from
  while (at < to) {
    // No zone changes its clocks twice within two days.
    const next = Math.min(to, at + DAY / QUARTER_HOUR_MS)
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
