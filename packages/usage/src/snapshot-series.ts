import type { LimitHistory } from '@signalbox/contract/limit-history'
import { type LimitSnapshot, type PlanWindow, planOrder, windowKey, windowTime } from './limit-snapshot.ts'
import { coversWholePlan, supersedesWindow } from './limit-winner.ts'
import { SampleSeries } from './thin-samples.ts'

/** A series as it goes over the wire. */
type WireSeries = LimitHistory['series'][number]

/** The series of each window of a plan, by its key, from snapshots by the rules of the current limits. */
export class SnapshotSeries {
  readonly samples: Map<string, SampleSeries>
  readonly #from: number
  readonly #latest = new Map<string, { readonly window: PlanWindow; readonly at: number }>()

  /**
   * @param from a repeated value that is older has its sample already
   * @param samples those before it
   */
  constructor(from: number, samples = new Map<string, SampleSeries>()) {
    this.#from = from
    this.samples = samples
  }

  /** Adds a snapshot that was captured after those before it. */
  add(snapshot: LimitSnapshot): void {
    for (const window of snapshot.windows) {
      if (window.percentUsed === undefined) continue
      const key = windowKey(window)
      const before = this.#latest.get(key)
      const at = windowTime(window, snapshot)
      // A value that is repeated with its age has its sample already.
      if (window.asOf !== undefined) {
        if (at < this.#from || (before !== undefined && at <= before.at)) continue
      } else if (!coversWholePlan(snapshot) && before !== undefined && !supersedesWindow(window, at, before.window, before.at)) continue
      this.#latest.set(key, { window, at })
      seriesOf(this.samples, key).add(at, window.percentUsed, window.resetsAt ?? Number.NaN)
    }
  }

  /** Each window as the newest snapshot names it, thinned. */
  thinned(points: number, grain: number): WireSeries[] {
    return toWire(this.samples, new Map([...this.#latest].map(([key, { window }]) => [key, window])), (samples) =>
      samples.thinned(points, grain),
    )
  }
}

/** The series of a window, which is made where there is none. */
export function seriesOf(all: Map<string, SampleSeries>, key: string): SampleSeries {
  const existing = all.get(key)
  if (existing !== undefined) return existing
  const samples = new SampleSeries()
  all.set(key, samples)
  return samples
}

/** Series in the order of a plan, without those that are empty or have no name. */
export function toWire(
  all: ReadonlyMap<string, SampleSeries>,
  names: ReadonlyMap<string, Pick<WireSeries, 'kind' | 'scope' | 'label'>>,
  pointsOf: (samples: SampleSeries) => WireSeries['points'],
): WireSeries[] {
  return [...all]
    .flatMap(([key, samples]) => {
      const window = names.get(key)
      return window === undefined || samples.length === 0 ? [] : [{ window, samples }]
    })
    .sort((a, b) => planOrder(a.window) - planOrder(b.window) || (a.window.label < b.window.label ? -1 : 1))
    .map(({ window: { kind, scope, label }, samples }) => ({
      kind,
      ...(scope === undefined ? {} : { scope }),
      label,
      points: pointsOf(samples),
    }))
}
