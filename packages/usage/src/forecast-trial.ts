import type { LimitPoint } from '@signalbox/contract/limit-history'
import { type Forecast, type ForecastEnd, type ForecastWindow, LimitForecaster } from './limit-forecast.ts'
import { type LimitPath, percentAt, reachedAt, splitIntoPaths } from './limit-path.ts'

/** A forecast that was made in the past, and what became of it. */
export interface Trial {
  /** The elapsed share of the window when it was made. */
  readonly share: number
  readonly forecast: Exclude<Forecast, { readonly kind: 'unknown' }>
  readonly isRight: boolean
  /** How wide the range is: of percent at the reset, and of the rest of the time where it reaches the limit; 0–2. */
  readonly width: number
}

/**
 * Makes the forecasts that would have been shown at regular instants of a past, each from what was known then, and compares
 * them with what became of the windows.
 * @param every milliseconds between two forecasts
 */
export function tryForecasts(
  kind: ForecastWindow['kind'],
  points: readonly LimitPoint[],
  { every, windowLength }: { every: number; windowLength: number },
): Trial[] {
  const trials: Trial[] = []
  const forecaster = new LimitForecaster(kind)
  const ofWindow = Map.groupBy(points, ({ resetsAt }) => (resetsAt === undefined ? undefined : Math.round(Date.parse(resetsAt) / 60_000)))
  for (const path of splitIntoPaths(points, windowLength)) {
    const own = (ofWindow.get(Math.round(path.end / 60_000)) ?? []).filter(({ at }) => Date.parse(at) >= path.start)
    for (let at = path.start + every; at < path.end; at += every) {
      const made = tryForecast(forecaster, kind, own, path, at)
      if (made !== undefined) trials.push(made)
    }
    forecaster.learn(own, path.end)
  }
  return trials
}

function tryForecast(
  forecaster: LimitForecaster,
  kind: ForecastWindow['kind'],
  own: readonly LimitPoint[],
  path: LimitPath,
  at: number,
): Trial | undefined {
  const known = own.filter((point) => Date.parse(point.at) <= at)
  const last = known.at(-1)
  if (last === undefined || last.percentageUsed >= 100) return undefined
  // A collector that runs has read the last value again just now.
  const row = { kind, label: '', state: 'known', percent: last.percentageUsed, resetsAt: path.end, readAt: at } as const
  const forecast = forecaster.forecast(row, known, at)
  if (forecast.kind === 'unknown') return undefined
  return {
    share: (at - path.start) / (path.end - path.start),
    forecast,
    isRight: isRight(forecast, path),
    width: rankOf(forecast.high, at, path.end) - rankOf(forecast.low, at, path.end),
  }
}

/** Whether a window ended within a forecast. */
export function isRight({ low, high }: Pick<Trial['forecast'], 'low' | 'high'>, path: LimitPath): boolean {
  const full = reachedAt(path)
  const percent = percentAt(path, path.end)
  const isAbove = 'percent' in low ? full !== undefined || percent >= low.percent : full !== undefined && full <= low.reachedAt
  const isBelow = 'percent' in high ? full === undefined && percent <= high.percent : full === undefined || full >= high.reachedAt
  return isAbove && isBelow
}

/** One scale for both ends: 0–1 for percent at the reset, from 1 to 2 the earlier the limit is reached. */
function rankOf(end: ForecastEnd, at: number, resetsAt: number): number {
  return 'percent' in end ? end.percent / 100 : 1 + (resetsAt - end.reachedAt) / (resetsAt - at)
}
