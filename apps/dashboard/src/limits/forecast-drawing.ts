import type { LimitSeries, WindowForecast } from '../hub/answer.ts'
import type { WindowRow } from '../hub/limit-row.ts'

/** A window from its start to its reset in a square of 100 by 100; instants are milliseconds. */
export interface ForecastDrawing {
  readonly start: number
  readonly end: number
  /** Points of an SVG polyline: what was used so far. */
  readonly line: string
  /** Points of an SVG polygon: the range of what comes; empty where it is not known. */
  readonly band: string
  readonly nowX: number
  /** Where 100 % is. */
  readonly limitY: number
}

const SAME_WINDOW_MS = 60_000

/** @returns undefined while it is not known when the window ends */
export function buildForecastDrawing(
  { kind, label, resetsAt: end, readAt, percent }: WindowRow,
  { band = [] }: WindowForecast,
  series: readonly LimitSeries[],
  length: number,
): ForecastDrawing | undefined {
  if (end === undefined) return undefined
  const start = end - length
  const top = Math.max(115, percent + 15)
  const x = (at: number) => round(Math.min(100, Math.max(0, ((at - start) / length) * 100)))
  const y = (value: number) => round(100 - (Math.min(top, value) / top) * 100)
  const points = series.find((one) => one.kind === kind && one.label.toLowerCase() === label.toLowerCase())?.points ?? []
  const own = points.filter(
    ({ at, resetsAt }) => resetsAt !== undefined && Math.abs(Date.parse(resetsAt) - end) < SAME_WINDOW_MS && Date.parse(at) < readAt,
  )
  const used = [...own.map(({ at, percentageUsed }) => `${x(Date.parse(at))},${y(percentageUsed)}`), `${x(readAt)},${y(percent)}`]
  const upper = band.map(({ at, high }) => `${x(Date.parse(at))},${y(high)}`)
  const lower = band.map(({ at, low }) => `${x(Date.parse(at))},${y(low)}`)
  return { start, end, line: used.join(' '), band: [...upper, ...lower.reverse()].join(' '), nowX: x(readAt), limitY: y(100) }
}

const round = (value: number) => Math.round(value * 100) / 100
