import { expect, test } from 'vitest'
import type { LimitHistory, LimitPoint } from '../hub/answer.ts'
import { drawingOf, valuesAt } from './history-drawing.ts'

const noon = Date.parse('2026-10-06T12:00:00Z')
const HOUR = 3_600_000
const iso = (hours: number) => new Date(noon + hours * HOUR).toISOString()
const seconds = (hours: number) => (noon + hours * HOUR) / 1000

const history = (...series: (readonly (Omit<LimitPoint, 'at'> & { hour: number })[])[]): LimitHistory => ({
  since: iso(0),
  until: iso(10),
  series: series.map((points, index) => ({
    kind: index === 0 ? 'session' : 'weekly_all',
    label: `window ${index}`,
    points: points.map(({ hour, ...point }) => ({ at: iso(hour), ...point })),
  })),
})

test('windows that were read at different moments share one axis, and neither interrupts the other', () => {
  const { xs, windows } = drawingOf(
    history(
      [
        { hour: 0, percentageUsed: 1 },
        { hour: 1, percentageUsed: 3 },
      ],
      [{ hour: 0.5, percentageUsed: 2 }],
    ),
  )
  expect(xs).toEqual([seconds(0), seconds(0.5), seconds(1)])
  expect(windows.map(({ values }) => values)).toEqual([
    [1, undefined, 3],
    [undefined, 2, undefined],
  ])
})

test('a line ends at a reset, which is marked where the window was over', () => {
  const { windows } = drawingOf(
    history([
      { hour: 1, percentageUsed: 88, resetsAt: iso(1.25) },
      { hour: 1.5, percentageUsed: 2, resetsAt: iso(6.25), reset: true },
    ]),
  )
  expect(windows[0]?.values).toEqual([88, null, 2])
  expect(windows[0]?.resets).toEqual([seconds(1.25)])
})

test('a reset whose instant is not known is marked at the first reading after it', () => {
  const { windows } = drawingOf(
    history([
      { hour: 1, percentageUsed: 88 },
      { hour: 1.5, percentageUsed: 2, reset: true },
    ]),
  )
  expect(windows[0]?.resets).toEqual([seconds(1.5)])
})

test('nothing is drawn over a silence', () => {
  const { windows } = drawingOf(
    history([
      { hour: 1, percentageUsed: 10 },
      { hour: 1.9, percentageUsed: 12 },
      { hour: 4, percentageUsed: 50 },
    ]),
  )
  expect(windows[0]?.values).toEqual([10, 12, null, 50])
})

test('a point is read as what was known at that moment', () => {
  const drawing = drawingOf(
    history(
      [
        { hour: 0, percentageUsed: 1 },
        { hour: 1, percentageUsed: 3 },
        { hour: 8, percentageUsed: 5 },
      ],
      [{ hour: 0.5, percentageUsed: 2 }],
    ),
  )
  const at = (hour: number) => valuesAt(drawing, drawing.xs.indexOf(seconds(hour)))
  expect(at(0)).toEqual([1, undefined])
  expect(at(0.5)).toEqual([1, 2])
  expect(at(8)).toEqual([5, 2])
  expect(valuesAt(drawing, 3)).toEqual([undefined, 2])
})

test('a reading that stands alone is a dot, one at the end of a line is not', () => {
  const { windows } = drawingOf(
    history([
      { hour: 0, percentageUsed: 10 },
      { hour: 0.5, percentageUsed: 12 },
      { hour: 4, percentageUsed: 50 },
      { hour: 9, percentageUsed: 1, reset: true },
    ]),
  )
  expect(windows[0]?.values).toEqual([10, 12, null, 50, null, 1])
  expect(windows[0]?.lone).toEqual([3, 5])
})

test('what is a silence in five hours is none in a year', () => {
  const points = [0, 30, 60].map((hour) => ({ hour, percentageUsed: hour }))
  expect(drawingOf({ ...history(points), until: iso(400 * 24) }).windows[0]?.lone).toEqual([])
})

test('no readings make no lines', () => {
  expect(drawingOf(history([])).xs).toEqual([])
})
