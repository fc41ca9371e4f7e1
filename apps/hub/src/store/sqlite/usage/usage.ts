import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { partsOf } from '../../usage/part.ts'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { SliceQuery, UsageStore } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import type { Writer } from '../writer.ts'
import { blockStart } from './block.ts'
import { rollUpMoreDays, startOf, storedOffset } from './day.ts'
import { filterOf, ofSlices } from './filter.ts'
import { partReader } from './in-turns.ts'
import { ingest } from './ingest.ts'
import { SliceReader } from './read.ts'
import { callRemoval } from './removal.ts'
import { readSessionRecords, readSessionReports } from './session-reports.ts'
import { piecesOf, type Span, shortSpans, spansOf } from './span.ts'

/** Shorter ranges are read from slices: rolling up days would cost more. */
const MIN_QUARTERS_FOR_DAYS = 3 * 96
/** The time for which one commit rolls up days; other requests wait for it. */
const MAX_ROLL_UP_MS = 30
const HOUR = 3_600_000
const MINUTE = 60_000
/** The offsets that are rolled up anew in a minute; reports by others read the slices until then. A zone has one or two. */
const MAX_NEW_OFFSETS = 6

export function usageStore(connection: Connection, writer: Writer, names: Names, cuts: PriceCuts): UsageStore {
  const readParts = partReader(connection)

  /** The range of quarters with calls, `to` exclusive. */
  const extent = (): { from: number; to: number } | undefined => {
    const [from, to] = connection.rows('SELECT (SELECT min(quarter) FROM slice), (SELECT max(quarter) FROM slice)').get() as (
      | number
      | null
    )[]
    return from === null || from === undefined ? undefined : { from, to: to! + 1 }
  }

  /** When offsets were first rolled up lately, in milliseconds. */
  let begun: number[] = []

  /** Replaces days of offsets that would have to be rolled up, once there were many of them: any reader can ask for any zone. */
  const withinBudget = (spans: readonly Span[], zone: string | undefined, now: number): readonly Span[] => {
    // A clock that was set back begins anew.
    begun = begun.filter((at) => at <= now && at > now - MINUTE)
    const fresh = new Set(
      spans.flatMap((span) => (span.by === 'day' && storedOffset(connection, span.offset) === undefined ? [span.offset] : [])),
    )
    if (fresh.size === 0) return spans
    if (zone === undefined || begun.length + fresh.size <= MAX_NEW_OFFSETS) {
      begun.push(...[...fresh].map(() => now))
      return spans
    }
    return spans.flatMap((span) =>
      span.by === 'day' && fresh.has(span.offset)
        ? piecesOf(zone, startOf(span.fromDay, span.offset), startOf(span.toDay, span.offset), cuts.changes)
        : [span],
    )
  }

  /** Rolls up the missing days of an offset, and records once an hour that it is in use. */
  const prepareDays = async (offset: number, fromDay: number, now: number): Promise<void> => {
    for (;;) {
      const stored = connection.read(() => storedOffset(connection, offset))
      if (stored !== undefined && stored.from <= fromDay && stored.usedAt > now - HOUR) return
      await writer.write({ now }, () => {
        const until = performance.now() + MAX_ROLL_UP_MS
        do rollUpMoreDays(connection, names, cuts, offset, fromDay, extent()?.to ?? 0, now)
        while (storedOffset(connection, offset)!.from > fromDay && performance.now() < until)
      })
    }
  }

  return {
    ...callRemoval(connection, writer, names, cuts),
    ingest(machine, calls, change) {
      return writer.write(change, (transaction) => ingest(connection, names, cuts, machine, calls, transaction))
    },
    async slices(query) {
      const reader = connection.read(() => new SliceReader(names, cuts, query))
      const plans = connection.read(() => {
        const all = extent()
        return partsOf(query).map((part) => {
          const plan = planOf({ ...part, daysOf: query.daysOf }, all, cuts.changes, reader.canUseDays)
          return { ...plan, spans: withinBudget(plan.spans, query.daysOf, query.now) }
        })
      })
      for (const span of plans.flatMap(({ spans }) => spans)) {
        if (span.by === 'day') await prepareDays(span.offset, span.fromDay, query.now)
      }
      const edges = (list: readonly Edge[]) => list.map(({ quarter, from, to }) => reader.edge(quarter, from, to))
      return readParts(
        plans.flatMap(({ before, spans, after }) => [
          ...edges(before),
          ...spans.flatMap(shortSpans).map((span) => reader.span(span)),
          ...edges(after),
        ]),
      )
    },
    async countSessions({ from, to, filter }) {
      return connection.read(() => {
        const known = filterOf(names, filter)
        if (known === undefined) return 0
        const { sql, values } = ofSlices(known)
        const [count] = connection
          .rows(`SELECT count(DISTINCT session) FROM slice WHERE quarter >= ? AND quarter < ?${sql}`)
          .get(quarterAt(from, 0), quarterAt(to, Number.MAX_SAFE_INTEGER), ...values) as [number]
        return count
      })
    },
    async blockStart(at, filter) {
      return connection.read(() => blockStart(connection, names, at, filter))
    },
    async lastCallAt(filter) {
      return connection.read(() => {
        const known = filterOf(names, filter)
        if (known === undefined) return undefined
        const { sql, values } = ofSlices(known)
        const last = `SELECT max(last_at) FROM slice WHERE quarter = (SELECT quarter FROM slice WHERE 1${sql} ORDER BY quarter DESC LIMIT 1)${sql}`
        return (
          (connection
            .prepare(last)
            .pluck()
            .get(...values, ...values) as number | null) ?? undefined
        )
      })
    },
    async recordsOf(sessions) {
      return connection.read(() => readSessionRecords(connection, names, sessions))
    },
    async reportsOf(session) {
      return connection.read(() => readSessionReports(connection, names, session))
    },
    async state() {
      const [revision, lastIngestAt] = connection.read(() => connection.rows('SELECT revision, last_ingest_at FROM usage_state').get()) as [
        number,
        number | null,
      ]
      return { revision, lastIngestAt: lastIngestAt ?? undefined }
    },
  }
}

interface Edge {
  readonly quarter: number
  readonly from: number
  readonly to: number
}

interface Plan {
  readonly before: readonly Edge[]
  readonly spans: readonly Span[]
  readonly after: readonly Edge[]
}

/** How a range is read: the cut quarters at both ends from their calls, the rest from slices or days. */
function planOf(
  query: Pick<SliceQuery, 'from' | 'to' | 'daysOf'>,
  extent: { from: number; to: number } | undefined,
  changes: readonly number[],
  canUseDays: boolean,
): Plan {
  if (extent === undefined) return { before: [], spans: [], after: [] }
  const from = Math.max(query.from ?? Number.NEGATIVE_INFINITY, extent.from * QUARTER_HOUR_MS)
  const to = Math.min(query.to ?? Number.POSITIVE_INFINITY, extent.to * QUARTER_HOUR_MS)
  if (from >= to) return { before: [], spans: [], after: [] }
  const first = Math.ceil(from / QUARTER_HOUR_MS)
  const end = Math.floor(to / QUARTER_HOUR_MS)
  // Both ends are within one quarter.
  if (first > end) return { before: [{ quarter: end, from, to }], spans: [], after: [] }
  const before = first * QUARTER_HOUR_MS === from ? [] : [{ quarter: first - 1, from, to: first * QUARTER_HOUR_MS }]
  const after = end * QUARTER_HOUR_MS === to ? [] : [{ quarter: end, from: end * QUARTER_HOUR_MS, to }]
  if (first === end) return { before, spans: [], after }
  const spans = (): Span[] => {
    if (query.daysOf === undefined) return [{ by: 'quarter', from: first, to: end }]
    return canUseDays && end - first > MIN_QUARTERS_FOR_DAYS
      ? spansOf(query.daysOf, first, end, changes)
      : piecesOf(query.daysOf, first, end, changes)
  }
  return { before, spans: spans(), after }
}

function quarterAt(ms: number | undefined, otherwise: number): number {
  return ms === undefined ? otherwise : Math.floor(ms / QUARTER_HOUR_MS)
}
