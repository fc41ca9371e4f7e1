import { expect, test } from 'vitest'
import type { LimitHistory, LimitPoint } from '../hub/answer.ts'
import { buildHistoryDrawing, percentSplits, readValuesAt } from './history-drawing.ts'

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

test('windows with points at different times share one axis without interrupting each other', () => {
  const { xs, windows } = buildHistoryDrawing(
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

test('a line ends at a reset, which is marked at the end of the window', () => {
  const { windows } = buildHistoryDrawing(
    history([
      { hour: 1, percentageUsed: 88, resetsAt: iso(1.25) },
      { hour: 1.5, percentageUsed: 2, resetsAt: iso(6.25), reset: true },
    ]),
  )
  expect(windows[0]?.values).toEqual([88, null, 2])
  expect(windows[0]?.resets).toEqual([seconds(1.25)])
})

test('a reset without a known instant is marked at the first point after it', () => {
  const { windows } = buildHistoryDrawing(
    history([
      { hour: 1, percentageUsed: 88 },
      { hour: 1.5, percentageUsed: 2, reset: true },
    ]),
  )
  expect(windows[0]?.resets).toEqual([seconds(1.5)])
})

test('a gap breaks the line', () => {
  const { windows } = buildHistoryDrawing(
    history([
      { hour: 1, percentageUsed: 10 },
      { hour: 1.9, percentageUsed: 12 },
      { hour: 4, percentageUsed: 50 },
    ]),
  )
  expect(windows[0]?.values).toEqual([10, 12, null, 50])
})

test('the value at a point is the last one known at that time', () => {
  const drawing = buildHistoryDrawing(
    history(
      [
        { hour: 0, percentageUsed: 1 },
        { hour: 1, percentageUsed: 3 },
        { hour: 8, percentageUsed: 5 },
      ],
      [{ hour: 0.5, percentageUsed: 2 }],
    ),
  )
  const at = (hour: number) => readValuesAt(drawing, drawing.xs.indexOf(seconds(hour)))
  expect(at(0)).toEqual([1, undefined])
  expect(at(0.5)).toEqual([1, 2])
  expect(at(8)).toEqual([5, 2])
  expect(readValuesAt(drawing, 3)).toEqual([undefined, 2])
})

test('an isolated point is a dot, the end of a line is not', () => {
  const { windows } = buildHistoryDrawing(
    history([
      { hour: 0, percentageUsed: 10 },
      { hour: 0.5, percentageUsed: 12 },
      { hour: 4, percentageUsed: 50 },
      { hour: 9, percentageUsed: 1, reset: true },
    ]),
  )
  expect(windows[0]?.values).toEqual([10, 12, null, 50, null, 1])
  expect(windows[0]?.isolated).toEqual([3, 5])
})

test('a gap in five hours is none in a year', () => {
  const points = [0, 30, 60].map((hour) => ({ hour, percentageUsed: hour }))
  expect(buildHistoryDrawing({ ...history(points), until: iso(400 * 24) }).windows[0]?.isolated).toEqual([])
})

test('an empty history has no lines', () => {
  expect(buildHistoryDrawing(history([])).xs).toEqual([])
})

test.each([
  [88, 100, [0, 20, 40, 60, 80, 100]],
  [100, 100, [0, 20, 40, 60, 80, 100]],
  [101, 120, [0, 20, 40, 60, 80, 100, 120]],
  [163, 175, [0, 25, 50, 75, 100, 125, 150, 175]],
  [390, 400, [0, 50, 100, 150, 200, 250, 300, 350, 400]],
  [1000, 1000, [0, 100, 200, 400, 600, 800, 1000]],
])('with at most %i %% the axis ends at %i %%', (highest, top, splits) => {
  const drawing = buildHistoryDrawing(history([{ hour: 0, percentageUsed: 4 }], [{ hour: 1, percentageUsed: highest }]))
  expect(drawing.top).toBe(top)
  expect(percentSplits(drawing.top)).toEqual(splits)
})
