import type { LimitHistory, LimitPoint } from '@signalbox/contract/limit-history'
import { Calibration, type TrackRecord } from './forecast-calibration.ts'
import { type GrowthFeatures, GrowthModel } from './forecast-growth.ts'
import { type LimitPath, percentAt, reachedAt, splitIntoPaths } from './limit-path.ts'

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

/** How a window may end: with a percentage at its reset, or at its limit before. */
export type ForecastEnd = { readonly percent: number } | { readonly reachedAt: number }

/** Where the usage is at an instant of the rest of the window, in percent; from 100 on the limit is reached. */
export interface ForecastBandPoint {
  readonly at: number
  readonly low: number
  readonly high: number
}

/**
 * Whether the window lasts until its reset: in nine of ten cases it ends between `low` and `high`, which are rounded.
 * `unknown`: too little data.
 */
export type Forecast =
  | {
      /** `on_track`: not even `high` reaches the limit. `limit_reached`: even `low` does. `may_be_reached`: `high` does, `low` does not. */
      readonly kind: 'on_track' | 'may_be_reached' | 'limit_reached'
      readonly low: ForecastEnd
      readonly high: ForecastEnd
      readonly likely: ForecastEnd
      readonly band: readonly ForecastBandPoint[]
      /** How often such a range was right in the past of this account; undefined while it has too little past. */
      readonly record: TrackRecord | undefined
    }
  | { readonly kind: 'unknown' }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** An older value has no forecast: what was used since is not known. Also the age at which limits are shown as stale. */
export const FORECAST_MAX_AGE_MS = 15 * MINUTE
/** The length of a window, the recent past that a pace is computed from, and the minimum span its points must cover. */
const kinds = {
  session: { length: 5 * HOUR, lookback: HOUR, minSpan: 15 * MINUTE },
  weekly_all: { length: 7 * DAY, lookback: DAY, minSpan: 3 * HOUR },
  weekly_scoped: { length: 7 * DAY, lookback: DAY, minSpan: 3 * HOUR },
}
/** The past that a forecast is calibrated on: some hundred windows of five hours, and a year of weeks. */
export const FORECAST_PAST_MS = { session: 40 * DAY, weekly_all: 400 * DAY, weekly_scoped: 400 * DAY }
/** The latest points that a forecast of a running window needs: the recent pace, and the point before it. */
export const FORECAST_RECENT_MS = DAY + HOUR
/** So many points of a limit are enough for the course of all its past windows, and of the recent past. */
export const FORECAST_PAST_POINTS = 5_000
export const FORECAST_RECENT_POINTS = 300
/** The shares of a finished window at which a forecast is made and compared with what became of it. */
const CHECKPOINTS = [0.08, 0.2, 0.32, 0.44, 0.56, 0.68, 0.8, 0.92]
const BAND_STEPS = 24

/** Forecasts the windows of one limit of an account. It has learned from those of its past. */
export class LimitForecaster {
  readonly #kind: ForecastWindow['kind']
  readonly #growth: GrowthModel
  readonly #calibration = new Calibration()
  #learnedUntil = Number.NEGATIVE_INFINITY

  constructor(kind: ForecastWindow['kind']) {
    this.#kind = kind
    this.#growth = new GrowthModel(kinds[kind].length)
  }

  /** Learns from the windows that have ended and are later than those it has learned from. @param points of the series, oldest first */
  learn(points: readonly LimitPoint[], now: number): void {
    for (const _ of this.learning(points, now));
  }

  /** The same, with a stop after each window: a year of them takes a tenth of a second. */
  *learning(points: readonly LimitPoint[], now: number): Generator<void> {
    for (const path of splitIntoPaths(points, kinds[this.#kind].length)) {
      if (path.end > now || path.end <= this.#learnedUntil || path.points.length < 2) continue
      this.#learnFrom(path)
      this.#learnedUntil = path.end
      yield
    }
  }

  #learnFrom(path: LimitPath): void {
    const full = reachedAt(path)
    const until = full ?? path.end
    const final = percentAt(path, path.end)
    const cases: { readonly share: number; readonly features: GrowthFeatures; readonly growth: number }[] = []
    for (const share of CHECKPOINTS) {
      const at = path.start + share * (path.end - path.start)
      if (at >= until || path.points[0]!.at > at) continue
      const state = { start: path.start, end: path.end, at, percent: percentAt(path, at), pace: this.#paceOf(path, at) }
      const expected = this.#growth.expect(state)
      const growth = full === undefined ? final - state.percent : 100 - state.percent
      this.#calibration.add({ share, multiple: growth / expected.growthUntil(until), isStill: growth <= 0 })
      cases.push({ share, features: this.#growth.features(state, until), growth })
    }
    this.#calibration.endWindow()
    this.#growth.learn(path, cases)
  }

  /** Percent per millisecond of the recent past; undefined where it is too short. */
  #paceOf(path: LimitPath, at: number): number | undefined {
    const { lookback, minSpan } = kinds[this.#kind]
    const from = Math.max(at - lookback, path.points[0]!.at, path.start)
    return at - from < minSpan ? undefined : (percentAt(path, at) - percentAt(path, from)) / (at - from)
  }

  /** @param points of the row's series, oldest first; the recent ones are enough */
  forecast(row: ForecastWindow, points: readonly LimitPoint[], now: number): Forecast {
    if (row.state !== 'known' || row.resetsAt === undefined || now - row.readAt > FORECAST_MAX_AGE_MS) return { kind: 'unknown' }
    const { resetsAt, readAt, percent } = row
    if (percent >= 100) {
      const end = {
        reachedAt: reachedAt(runningPath(splitIntoPaths(points, kinds[this.#kind].length), row, kinds[this.#kind].length)) ?? readAt,
      }
      return { kind: 'limit_reached', low: end, high: end, likely: end, band: [], record: undefined }
    }
    const { length } = kinds[this.#kind]
    const path = runningPath(splitIntoPaths(points, length), row, length)
    const pace = this.#paceOf(path, readAt)
    if (pace === undefined && !this.#growth.hasLearned) return { kind: 'unknown' }
    const expected = this.#growth.expect({ start: path.start, end: resetsAt, at: readAt, percent, pace })
    const { low, likely, high } = this.#calibration.range((readAt - path.start) / (resetsAt - path.start))
    const endOf = (multiple: number): ForecastEnd => {
      const total = percent + multiple * expected.growthUntil(resetsAt)
      return total < 100 ? { percent: total } : { reachedAt: Math.round(expected.reaches((100 - percent) / multiple)) }
    }
    const ends = rounded(endOf(low), endOf(high), percent)
    const band = Array.from({ length: BAND_STEPS + 1 }, (_, step) => {
      const at = Math.round(readAt + ((resetsAt - readAt) * step) / BAND_STEPS)
      const growth = step === 0 ? 0 : expected.growthUntil(at)
      return { at, low: percent + low * growth, high: percent + high * growth }
    })
    return {
      kind: 'reachedAt' in ends.low ? 'limit_reached' : 'reachedAt' in ends.high ? 'may_be_reached' : 'on_track',
      ...ends,
      likely: endOf(likely),
      band,
      record: this.#calibration.record,
    }
  }
}

/** The points of the history series of a row. */
export function findSeriesPoints(
  { kind, label }: Pick<ForecastWindow, 'kind' | 'label'>,
  series: LimitHistory['series'],
): readonly LimitPoint[] {
  const matchesLabel = (text: string) => text.toLowerCase() === label.toLowerCase()
  return series.find((one) => one.kind === kind && (kind !== 'weekly_scoped' || matchesLabel(one.label)))?.points ?? []
}

/** The window of a row with its points up to the row's own value. */
function runningPath(paths: readonly LimitPath[], row: ForecastWindow, length: number): LimitPath {
  const end = row.resetsAt!
  const found = paths.findLast((path) => Math.abs(path.end - end) < MINUTE)
  const earlier = found?.points.filter(({ at }) => at < row.readAt) ?? []
  return { start: found?.start ?? end - length, end, points: [...earlier, { at: row.readAt, percent: row.percent }] }
}

/** Rounds to a grid that is as coarse as the range is wide, so that a new value rarely moves it. */
function rounded(low: ForecastEnd, high: ForecastEnd, used: number): { low: ForecastEnd; high: ForecastEnd } {
  const step = stepOf(('percent' in high ? high.percent : 100) - ('percent' in low ? low.percent : 100))
  const grid = gridOf('reachedAt' in low && 'reachedAt' in high ? low.reachedAt - high.reachedAt : 4 * HOUR)
  // Outwards; by a coarse step only where that is not much, for it would make the range right too often.
  const slack = step < 5 ? 0 : 0.3
  const down = (value: number, unit: number) => Math.floor(value / unit + slack) * unit
  const up = (value: number, unit: number) => Math.ceil(value / unit - slack) * unit
  return {
    low: 'percent' in low ? { percent: Math.min(99, Math.max(used, down(low.percent, step))) } : { reachedAt: up(low.reachedAt, grid) },
    high: 'percent' in high ? { percent: Math.min(99, Math.max(used, up(high.percent, step))) } : { reachedAt: down(high.reachedAt, grid) },
  }
}

const stepOf = (width: number) => (width < 6 ? 1 : width < 15 ? 2 : 5)
const gridOf = (width: number) => (width < HOUR ? 5 * MINUTE : width < 6 * HOUR ? 15 * MINUTE : HOUR)
