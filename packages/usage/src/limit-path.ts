import type { LimitPoint } from '@signalbox/contract/limit-history'
import { SAME_RESET_MS } from './limit-snapshot.ts'

/** The usage of one window over time; instants are milliseconds. */
export interface LimitPath {
  /** When it began, or was set back to zero. */
  readonly start: number
  readonly end: number
  /** Oldest first. */
  readonly points: readonly { readonly at: number; readonly percent: number }[]
}

/**
 * Splits the series of a limit into its windows, oldest first. Points of idle windows belong to none.
 * @param length of a window, in milliseconds
 */
export function splitIntoPaths(points: readonly LimitPoint[], length: number): LimitPath[] {
  const paths: { start: number; end: number; points: { at: number; percent: number }[] }[] = []
  for (const point of points) {
    if (point.resetsAt === undefined) continue
    const [at, end] = [Date.parse(point.at), Date.parse(point.resetsAt)]
    const last = paths.at(-1)
    const isSame = last !== undefined && Math.abs(last.end - end) < SAME_RESET_MS
    // A late value of the window before.
    if (last !== undefined && !isSame && end < last.end) continue
    if (isSame && point.reset !== true) last.points.push({ at, percent: point.percentageUsed })
    else paths.push({ start: isSame ? at : end - length, end, points: [{ at, percent: point.percentageUsed }] })
  }
  return paths
}

/** The last value up to an instant; 0 before the first. */
export function percentAt({ points }: LimitPath, at: number): number {
  let [low, high] = [0, points.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (points[middle]!.at <= at) low = middle + 1
    else high = middle
  }
  return points[low - 1]?.percent ?? 0
}

/** When it reached 100 %; undefined where it did not. */
export function reachedAt({ points }: LimitPath): number | undefined {
  return points.find(({ percent }) => percent >= 100)?.at
}
