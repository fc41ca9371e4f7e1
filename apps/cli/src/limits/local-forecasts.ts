import type { WindowForecast } from '@signalbox/contract/limit-forecast'
import type { Ledger } from '@signalbox/ledger'
import { forecastWindows } from '@signalbox/usage/forecast-window'
import { FORECAST_PAST_MS, FORECAST_PAST_POINTS, FORECAST_RECENT_MS, FORECAST_RECENT_POINTS } from '@signalbox/usage/limit-forecast'
import type { MergedLimits } from '@signalbox/usage/limit-merge'
import { PlanForecaster } from '@signalbox/usage/plan-forecaster'
import { SnapshotSeries } from '@signalbox/usage/snapshot-series'
import { toWindowForecast } from '@signalbox/usage/window-forecast'
import { HOUR } from '@signalbox/usage/zone'

export interface LocalForecasts {
  readonly windows: readonly WindowForecast[]
  /** How long ago the first snapshot was captured, in milliseconds. */
  readonly past: number
}

/** Forecasts as the hub makes them, from the snapshots that this machine has stored. @param accounts `''`: those that name none @throws LedgerError */
export function readLocalForecasts(ledger: Ledger, limits: MergedLimits, accounts: readonly string[], now: number): LocalForecasts {
  const since = { week: now - FORECAST_PAST_MS.weekly_all, session: now - FORECAST_PAST_MS.session, recent: now - FORECAST_RECENT_MS }
  const series = {
    week: new SnapshotSeries(since.week),
    session: new SnapshotSeries(since.session),
    recent: new SnapshotSeries(since.recent),
  }
  let first = now
  ledger.snapshots.forEachSince(since.week, accounts, (snapshot) => {
    first = Math.min(first, snapshot.capturedAt)
    for (const name of ['week', 'session', 'recent'] as const) if (snapshot.capturedAt >= since[name]) series[name].add(snapshot)
  })
  const forecaster = new PlanForecaster()
  const past = [
    ...series.week.thinned(FORECAST_PAST_POINTS, HOUR).filter(({ kind }) => kind !== 'session'),
    ...series.session.thinned(FORECAST_PAST_POINTS, 1).filter(({ kind }) => kind === 'session'),
  ]
  for (const _ of forecaster.learning(past, now));
  const windows = forecastWindows(limits, now)
  const forecasts = forecaster.forecast(windows, series.recent.thinned(FORECAST_RECENT_POINTS, 1), now)
  return { windows: windows.map((window, n) => toWindowForecast(window, forecasts[n]!)), past: now - first }
}
