import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SampleSeries } from './thin-samples.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const base = Date.parse('2026-10-01T00:00:00.000Z')

type Sample = readonly [minute: number, percent: number, resetsAt?: number]

function seriesOf(samples: readonly Sample[]): SampleSeries {
  const series = new SampleSeries()
  for (const [minute, percent, reset] of samples)
    series.add(base + minute * MINUTE, percent, reset === undefined ? Number.NaN : base + reset * MINUTE)
  return series
}
const thin = (series: SampleSeries, points = 5000, grain = 1) =>
  series.thinned(points, grain).map(({ at, percentageUsed, reset }) => [(Date.parse(at) - base) / MINUTE, percentageUsed, reset ?? false])

describe('a reset', () => {
  const resets = (...samples: Sample[]) => thin(seriesOf(samples)).map(([, , reset]) => reset)

  it('is a reset time at least a minute later; less is the same window', () => {
    expect(resets([0, 50, 100], [1, 51, 100.99], [2, 52, 100.5])).toEqual([false, false, false])
    expect(resets([0, 50, 100], [110, 60, 101])).toEqual([false, true])
    expect(resets([0, 0, 100], [110, 0, 400])).toEqual([false, true])
  })

  it('shows without reset times by a overdueTogether percentage; rounding does not count', () => {
    expect(resets([0, 50], [1, 49.2], [2, 51], [3, 20], [4, 0])).toEqual([false, false, false, true, true])
    expect(resets([0, 88, 60], [70, 0], [80, 1, 370])).toEqual([false, true, false])
    expect(resets([0, 88, 60], [30, 87.5], [35, 40])).toEqual([false, false, true])
  })

  it('is a fall within one window, which the provider has set back', () => {
    expect(resets([0, 60, 500], [1, 62, 500], [2, 2, 500], [3, 3, 500], [4, 2, 500])).toEqual([false, false, true, false, false])
    // Moved to an earlier time, it is the same window.
    expect(resets([0, 3, 500], [1, 5, 300], [2, 6, 300])).toEqual([false, false, false])
  })

  it('is not caused by a sample of an older window', () => {
    expect(resets([0, 80, 60], [61, 3, 360], [62, 79, 60], [63, 4, 360], [400, 1, 660])).toEqual([false, true, false, false, true])
  })
})

describe('thinning', () => {
  it('sorts by time, in whatever order samples are added', () => {
    const samples: Sample[] = [
      [5, 2, 100],
      [1, 1, 100],
      [9, 3, 100],
    ]
    expect(thin(seriesOf(samples)).map(([minute]) => minute)).toEqual([1, 5, 9])
  })

  it('keeps the highest of each interval and both sides of each reset, within the allowed number of points', () => {
    const windows = fc.array(fc.record({ most: fc.integer({ min: 2, max: 100 }), count: fc.integer({ min: 2, max: 40 }) }), {
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(windows, fc.integer({ min: 2, max: 300 }), fc.constantFrom(1, HOUR), (list, points, grain) => {
        const samples: Sample[] = []
        let minute = 0
        for (const { most, count } of list) {
          const reset = minute + 300
          for (let n = 0; n < count; n++) samples.push([minute + n * (290 / count), (most * (n + 1)) / count, reset])
          minute += 300
        }
        const whole = thin(seriesOf(samples))
        const thinned = thin(seriesOf(samples), points, grain)
        expect(thinned.length).toBeLessThanOrEqual(points)
        const known = new Map(whole.map((point) => [point[0], point]))
        for (const point of thinned) expect(known.get(point[0])).toEqual(point)
        const highest = Math.max(...whole.map(([, percent]) => percent as number))
        expect(Math.max(...thinned.map(([, percent]) => percent as number))).toBe(highest)
        const sides = whole.flatMap(([, , reset], n) => (reset ? [whole[n - 1]![0], whole[n]![0]] : []))
        if (sides.length + 2 <= (points * 3) / 4) {
          const present = new Set(thinned.map(([at]) => at))
          expect(sides.filter((at) => !present.has(at))).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })
})
