import type { WindowForecast } from '@signalbox/contract/limit-forecast'
import type { Forecast, ForecastEnd, ForecastWindow } from './limit-forecast.ts'

/** A forecast as it goes over the wire. */
export function toWindowForecast({ kind, label }: ForecastWindow, forecast: Forecast): WindowForecast {
  if (forecast.kind === 'unknown') return { kind, label, forecast: 'unknown' }
  const { low, high, likely, band, record } = forecast
  return {
    kind,
    label,
    forecast: forecast.kind,
    low: toEnd(low),
    high: toEnd(high),
    likely: toEnd(likely),
    ...(band.length === 0
      ? {}
      : { band: band.map((point) => ({ at: instantOf(point.at), low: tenth(point.low), high: tenth(point.high) })) }),
    ...(record === undefined ? {} : { record }),
  }
}

function toEnd(end: ForecastEnd): NonNullable<WindowForecast['low']> {
  return 'percent' in end ? { percentageUsed: tenth(end.percent) } : { reachedAt: instantOf(Math.round(end.reachedAt)) }
}

const instantOf = (at: number) => new Date(at).toISOString()
const tenth = (percent: number) => Math.round(percent * 10) / 10
