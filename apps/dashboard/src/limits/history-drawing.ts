import type { LimitHistory } from '../hub/answer.ts'

/** One window as it is drawn; instants are seconds since 1970, as uPlot has them. */
export interface DrawnWindow {
  readonly label: string
  /** At each x: percent; null breaks the line, undefined says nothing and lets it pass. */
  readonly values: readonly (number | null | undefined)[]
  /** When what was used before was gone. */
  readonly resets: readonly number[]
  /** Places in `values` of readings with no line to either side. */
  readonly lone: readonly number[]
}

export interface HistoryDrawing {
  readonly xs: readonly number[]
  readonly windows: readonly DrawnWindow[]
  readonly since: number
  readonly until: number
}

const HOUR = 3_600_000

/** Between readings further apart than this nobody knows what was. On a longer reach a longer silence is a short one. Milliseconds. */
const silenceOf = (reach: number) => Math.max(HOUR, Math.min(36 * HOUR, reach / 24))

/** Lines over one common axis. A line ends at a reset and at a silence: what was not read is not drawn. */
export function drawingOf(history: LimitHistory): HistoryDrawing {
  const [since, until] = [Date.parse(history.since), Date.parse(history.until)]
  const silence = silenceOf(until - since)
  const drawn = history.series.map((series) => {
    const values = new Map<number, number | null>()
    const resets: number[] = []
    let last: { readonly at: number; readonly resetsAt: number } | undefined
    for (const point of series.points) {
      const at = Date.parse(point.at)
      const reset = point.reset === true
      if (last !== undefined && (reset || at - last.at > silence)) values.set((last.at + 1) / 1000, null)
      if (reset) resets.push((last !== undefined && last.resetsAt > last.at && last.resetsAt <= at ? last.resetsAt : at) / 1000)
      values.set(at / 1000, point.percentageUsed)
      last = { at, resetsAt: Date.parse(point.resetsAt ?? '') }
    }
    return { label: series.label, values, resets }
  })
  const xs = [...new Set(drawn.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b)
  return {
    xs,
    windows: drawn.map(({ label, values, resets }) => {
      const aligned = xs.map((x) => values.get(x))
      return { label, resets, values: aligned, lone: loneIn(aligned) }
    }),
    since: since / 1000,
    until: until / 1000,
  }
}

function loneIn(values: readonly (number | null | undefined)[]): number[] {
  const said = values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]))
  return said
    .filter(({ value }, at) => value !== null && said[at - 1]?.value == null && said[at + 1]?.value == null)
    .map(({ index }) => index)
}

/** What each window was at, at this x: the last that was read before it, unless its line has ended since. */
export function valuesAt({ windows }: HistoryDrawing, index: number): (number | undefined)[] {
  return windows.map(({ values }) => {
    for (let at = index; at >= 0; at--) {
      const value = values[at]
      if (value !== undefined) return value ?? undefined
    }
    return undefined
  })
}
