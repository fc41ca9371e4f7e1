import type { LimitHistory, LimitPoint } from '@signalbox/contract/limit-history'
import { SAME_RESET_MS } from './limit-snapshot.ts'

/** A window of the plan with its last known value; instants are milliseconds. */
export interface ForecastWindow {
  readonly kind: LimitHistory['series'][number]['kind']
  readonly label: string
  /** Only a `known` value says anything about the window that runs now. */
  readonly state: 'known' | 'idle' | 'reset'
  /** 0–1000; from 100 on the limit is reached. */
  readonly percent: number
  readonly resetsAt?: number
  readonly readAt: number
}

/** Whether the window lasts until its reset. `unknown`: too little data. */
export type Forecast =
  | { readonly kind: 'on_track' }
  /** Milliseconds since 1970. */
  | { readonly kind: 'limit_reached'; readonly at: number }
  | { readonly kind: 'unknown' }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** An older value has no forecast: what was used since is not known. Also the age at which limits are shown as stale. */
export const FORECAST_MAX_AGE_MS = 15 * MINUTE
/** The recent past that a pace is computed from, and the minimum span its points must cover. */
const paceWindows = {
  session: { lookbackMs: HOUR, minSpanMs: 15 * MINUTE },
  weekly_all: { lookbackMs: 24 * HOUR, minSpanMs: 3 * HOUR },
  weekly_scoped: { lookbackMs: 24 * HOUR, minSpanMs: 3 * HOUR },
}

/** The points of the history series of a row. */
export function findSeriesPoints({ kind, label }: ForecastWindow, history: LimitHistory | undefined): readonly LimitPoint[] {
  const matchesLabel = (text: string) => text.toLowerCase() === label.toLowerCase()
  return history?.series.find((one) => one.kind === kind && (kind !== 'weekly_scoped' || matchesLabel(one.label)))?.points ?? []
}

/**
 * Extrapolates the recent pace: the line from the first recent point to the latest value.
 * Percentages are whole numbers, so each end may be off by half a percent; where that decides the result, it is `unknown`.
 * @param points of the row's series, oldest first
 */
export function forecastLimit(row: ForecastWindow, points: readonly LimitPoint[], now: number): Forecast {
  if (row.state !== 'known' || row.resetsAt === undefined || now - row.readAt > FORECAST_MAX_AGE_MS) return { kind: 'unknown' }
  if (row.percent >= 100) return { kind: 'limit_reached', at: row.readAt }
  const { lookbackMs, minSpanMs } = paceWindows[row.kind]
  const { resetsAt } = row
  const sinceReset = points.slice(
    Math.max(
      0,
      points.findLastIndex((point) => point.reset),
    ),
  )
  const recent = sinceReset
    .filter((point) => point.resetsAt === undefined || Math.abs(Date.parse(point.resetsAt) - resetsAt) < SAME_RESET_MS)
    .map((point) => ({ at: Date.parse(point.at), percent: point.percentageUsed }))
    .filter(({ at }) => at < row.readAt && at >= row.readAt - lookbackMs)
  const [first] = recent
  if (first === undefined || recent.length < 2 || row.readAt - first.at < minSpanMs) return { kind: 'unknown' }
  const span = row.readAt - first.at
  const used = row.percent - first.percent
  const fullAt = (percents: number) => (percents <= 0 ? Number.POSITIVE_INFINITY : row.readAt + ((100 - row.percent) * span) / percents)
  const [likely, soonest, latest] = [fullAt(used), fullAt(used + 1), fullAt(used - 1)]
  if (used <= 0 || soonest >= resetsAt) return { kind: 'on_track' }
  if (latest < resetsAt || used >= 5) return likely >= resetsAt ? { kind: 'on_track' } : { kind: 'limit_reached', at: likely }
  return { kind: 'unknown' }
}
