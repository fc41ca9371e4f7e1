import type { LimitHistory, LimitPoint } from '../hub/answer.ts'
import type { WindowRow } from '../hub/limit-row.ts'
import { STALE_AFTER } from './card-state.ts'

/** Whether what is left will do. `unknown`: what was read says too little. */
export type Forecast =
  | { readonly kind: 'lasts' }
  /** Milliseconds since 1970. */
  | { readonly kind: 'full'; readonly at: number }
  | { readonly kind: 'unknown' }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Two reset times less than this apart are of the same window. */
const SAME_RESET = MINUTE

/** How far back is recent, and over how long a stretch something must have been read; milliseconds. */
const recent = {
  session: { reach: HOUR, least: 15 * MINUTE },
  weekly_all: { reach: 24 * HOUR, least: 3 * HOUR },
  weekly_scoped: { reach: 24 * HOUR, least: 3 * HOUR },
}

/** The points of the series that speaks of this row. */
export function pointsOf({ kind, label }: WindowRow, history: LimitHistory | undefined): readonly LimitPoint[] {
  const same = (text: string) => text.toLowerCase() === label.toLowerCase()
  return history?.series.find((one) => one.kind === kind && (kind !== 'weekly_scoped' || same(one.label)))?.points ?? []
}

/**
 * Where the pace of late leads: the line from the beginning of the recent past to the last reading, drawn on.
 * Percentages come in whole numbers, so each end may be half of one off; where that decides the answer, there is none.
 * @param points of the row's series, oldest first
 */
export function forecastOf(row: WindowRow, points: readonly LimitPoint[], now: number): Forecast {
  if (row.state !== 'known' || row.resetsAt === undefined || now - row.readAt > STALE_AFTER) return { kind: 'unknown' }
  if (row.percent >= 100) return { kind: 'full', at: row.readAt }
  const { reach, least } = recent[row.kind]
  const { resetsAt } = row
  const own = points.slice(
    Math.max(
      0,
      points.findLastIndex((point) => point.reset),
    ),
  )
  const read = own
    .filter((point) => point.resetsAt === undefined || Math.abs(Date.parse(point.resetsAt) - resetsAt) < SAME_RESET)
    .map((point) => ({ at: Date.parse(point.at), percent: point.percentageUsed }))
    .filter(({ at }) => at < row.readAt && at >= row.readAt - reach)
  const [first] = read
  if (first === undefined || read.length < 2 || row.readAt - first.at < least) return { kind: 'unknown' }
  const span = row.readAt - first.at
  const used = row.percent - first.percent
  const fullAt = (percents: number) => (percents <= 0 ? Number.POSITIVE_INFINITY : row.readAt + ((100 - row.percent) * span) / percents)
  const [likely, soonest, latest] = [fullAt(used), fullAt(used + 1), fullAt(used - 1)]
  if (used <= 0 || soonest >= resetsAt) return { kind: 'lasts' }
  if (latest < resetsAt || used >= 5) return likely >= resetsAt ? { kind: 'lasts' } : { kind: 'full', at: likely }
  return { kind: 'unknown' }
}
