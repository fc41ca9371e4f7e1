import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SampleLine } from './sample-line.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const base = Date.parse('2026-10-01T00:00:00.000Z')

type Sample = readonly [minute: number, percent: number, resetsAt?: number]

function lineOf(samples: readonly Sample[]): SampleLine {
  const line = new SampleLine()
  for (const [minute, percent, reset] of samples)
    line.add(base + minute * MINUTE, percent, reset === undefined ? Number.NaN : base + reset * MINUTE)
  return line
}
const shown = (line: SampleLine, points = 5000, grain = 1) =>
  line.thinned(points, grain).map(({ at, percentageUsed, reset }) => [(Date.parse(at) - base) / MINUTE, percentageUsed, reset ?? false])

describe('a reset', () => {
  const resets = (...samples: Sample[]) => shown(lineOf(samples)).map(([, , reset]) => reset)

  it('is a reset time that is a minute later or more; less is the same window', () => {
    expect(resets([0, 50, 100], [1, 51, 100.99], [2, 52, 100.5])).toEqual([false, false, false])
    expect(resets([0, 50, 100], [110, 60, 101])).toEqual([false, true])
    expect(resets([0, 0, 100], [110, 0, 400])).toEqual([false, true])
  })

  it('is seen where the page tells no time, by a percentage that falls; rounding is none', () => {
    expect(resets([0, 50], [1, 49.2], [2, 51], [3, 20], [4, 0])).toEqual([false, false, false, true, true])
    expect(resets([0, 88, 60], [70, 0], [80, 1, 370])).toEqual([false, true, false])
    expect(resets([0, 88, 60], [30, 87.5], [35, 40])).toEqual([false, false, true])
  })

  it('is not made by somebody who was told of an older window', () => {
    expect(resets([0, 80, 60], [61, 3, 360], [62, 79, 60], [63, 4, 360], [400, 1, 660])).toEqual([false, true, false, false, true])
  })
})

describe('thinning', () => {
  it('is in the order of time, in whatever order samples come', () => {
    const samples: Sample[] = [
      [5, 2, 100],
      [1, 1, 100],
      [9, 3, 100],
    ]
    expect(shown(lineOf(samples)).map(([minute]) => minute)).toEqual([1, 5, 9])
  })

  it('keeps the highest of each stretch and both sides of each reset, and no more points than may be', () => {
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
        const whole = shown(lineOf(samples))
        const kept = shown(lineOf(samples), points, grain)
        expect(kept.length).toBeLessThanOrEqual(points)
        const known = new Map(whole.map((point) => [point[0], point]))
        for (const point of kept) expect(known.get(point[0])).toEqual(point)
        const highest = Math.max(...whole.map(([, percent]) => percent as number))
        expect(Math.max(...kept.map(([, percent]) => percent as number))).toBe(highest)
        const sides = whole.flatMap(([, , reset], n) => (reset ? [whole[n - 1]![0], whole[n]![0]] : []))
        if (sides.length + 2 <= (points * 3) / 4) {
          const there = new Set(kept.map(([at]) => at))
          expect(sides.filter((at) => !there.has(at))).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })
})
