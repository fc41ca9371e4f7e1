import type { LimitHistory } from '../hub/answer.ts'
import { t } from '../words/limit-history.ts'

/** One window as the chart draws it; instants are seconds since 1970, as uPlot expects. */
export interface DrawnWindow {
  readonly kind: LimitHistory['series'][number]['kind']
  readonly label: string
  /** Percent at each x: null breaks the line, undefined is no point and does not. */
  readonly values: readonly (number | null | undefined)[]
  /** Instants of resets. */
  readonly resets: readonly number[]
  /** Indices of points without a line to either side. */
  readonly isolated: readonly number[]
}

export interface HistoryDrawing {
  readonly xs: readonly number[]
  readonly windows: readonly DrawnWindow[]
  readonly since: number
  readonly until: number
  /** The percentage at the top of the axis: 100, or more where a window is over its limit. */
  readonly top: number
}

const HOUR_MS = 3_600_000

/** Points further apart than this are not connected. Grows with the length of the history. */
const maxGapMs = (lengthMs: number) => Math.max(HOUR_MS, Math.min(36 * HOUR_MS, lengthMs / 24))

/** Lines over one shared axis. A line breaks at a reset and at a gap. */
export function buildHistoryDrawing(history: LimitHistory): HistoryDrawing {
  const [since, until] = [Date.parse(history.since), Date.parse(history.until)]
  const maxGap = maxGapMs(until - since)
  const drawn = history.series.map((series) => {
    const values = new Map<number, number | null>()
    const resets: number[] = []
    let last: { readonly at: number; readonly resetsAt: number } | undefined
    for (const point of series.points) {
      const at = Date.parse(point.at)
      const reset = point.reset === true
      if (last !== undefined && (reset || at - last.at > maxGap)) values.set((last.at + 1) / 1000, null)
      if (reset) resets.push((last !== undefined && last.resetsAt > last.at && last.resetsAt <= at ? last.resetsAt : at) / 1000)
      values.set(at / 1000, point.percentageUsed)
      last = { at, resetsAt: Date.parse(point.resetsAt ?? '') }
    }
    return { kind: series.kind, label: series.label, values, resets }
  })
  const xs = [...new Set(drawn.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b)
  return {
    xs,
    windows: drawn.map(({ kind, label, values, resets }) => {
      const aligned = xs.map((x) => values.get(x))
      return { kind, label, resets, values: aligned, isolated: findIsolatedPoints(aligned) }
    }),
    since: since / 1000,
    until: until / 1000,
    top: topOf(Math.max(100, ...history.series.flatMap(({ points }) => points.map(({ percentageUsed }) => percentageUsed)))),
  }
}

/** Windows of one length, which share a scale. */
export interface HistoryLane {
  readonly name: string
  /** Positions of its windows in the drawing of all. */
  readonly indices: readonly number[]
  readonly drawing: HistoryDrawing
}

/** A lane for the windows of five hours, and one for those of a week. Their x are the same. */
export function lanesOf(drawing: HistoryDrawing): HistoryLane[] {
  const lane = (name: string, isIn: (window: DrawnWindow) => boolean): HistoryLane => {
    const indices = drawing.windows.flatMap((window, index) => (isIn(window) ? [index] : []))
    const windows = indices.map((index) => drawing.windows[index]!)
    const highest = Math.max(100, ...windows.flatMap(({ values }) => values.filter((value) => typeof value === 'number')))
    return { name, indices, drawing: { ...drawing, windows, top: topOf(highest) } }
  }
  return [lane(t.fiveHourLimit, ({ kind }) => kind === 'session'), lane(t.weeklyLimits, ({ kind }) => kind !== 'session')].filter(
    ({ indices }) => indices.length > 0,
  )
}

/** The step between two marks of the axis, in percent: five to eight of them. */
function stepOf(highest: number): number {
  return [20, 25, 50, 100, 200].find((step) => highest / step <= 8) ?? 500
}

const topOf = (highest: number) => Math.ceil(highest / stepOf(highest)) * stepOf(highest)

/** The marks of the axis, of which one is always 100. */
export function percentSplits(top: number): number[] {
  const step = stepOf(top)
  const splits = Array.from({ length: Math.floor(top / step) + 1 }, (_, at) => at * step)
  return splits.includes(100) ? splits : [...splits, 100].sort((a, b) => a - b)
}

function findIsolatedPoints(values: readonly (number | null | undefined)[]): number[] {
  const present = values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]))
  return present
    .filter(({ value }, at) => value !== null && present[at - 1]?.value == null && present[at + 1]?.value == null)
    .map(({ index }) => index)
}

/** Value of each window at this x: its last point up to there, unless its line has ended since. */
export function readValuesAt({ windows }: HistoryDrawing, index: number): (number | undefined)[] {
  return windows.map(({ values }) => {
    for (let at = index; at >= 0; at--) {
      const value = values[at]
      if (value !== undefined) return value ?? undefined
    }
    return undefined
  })
}
