import type { LimitHistory } from '@signalbox/contract/limit-history'
import { type Forecast, type ForecastWindow, findSeriesPoints, LimitForecaster } from './limit-forecast.ts'

/** Forecasts the windows of a plan, each from the past windows of the same limit. */
export class PlanForecaster {
  readonly #ofLimits = new Map<string, LimitForecaster>()

  /** In the order of the windows. @param recent the series of `FORECAST_RECENT_MS` */
  forecast(windows: readonly ForecastWindow[], recent: LimitHistory['series'], now: number): Forecast[] {
    return windows.map((window) => {
      const forecaster = this.#ofLimits.get(keyOf(window)) ?? new LimitForecaster(window.kind)
      return forecaster.forecast(window, findSeriesPoints(window, recent), now)
    })
  }

  /** Learns from the past of each limit, with a stop after each window. */
  *learning(past: LimitHistory['series'], now: number): Generator<void> {
    for (const series of past) {
      const forecaster = this.#ofLimits.get(keyOf(series)) ?? new LimitForecaster(series.kind)
      this.#ofLimits.set(keyOf(series), forecaster)
      yield* forecaster.learning(series.points, now)
    }
  }
}

function keyOf({ kind, label }: Pick<ForecastWindow, 'kind' | 'label'>): string {
  return kind === 'weekly_scoped' ? `${kind} ${label.toLowerCase()}` : kind
}
