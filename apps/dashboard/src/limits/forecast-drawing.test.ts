import { expect, test } from 'vitest'
import type { WindowRow } from '../hub/limit-row.ts'
import { buildForecastDrawing } from './forecast-drawing.ts'

const HOUR = 3_600_000
const end = Date.parse('2026-10-06T12:00:00Z')
const iso = (at: number) => new Date(at).toISOString()
const row: WindowRow = {
  key: 'currentSession',
  kind: 'session',
  label: '5-hour limit',
  state: 'known',
  percent: 46,
  resetsAt: end,
  readAt: end - 2 * HOUR,
  older: false,
}
const series = [
  {
    kind: 'session' as const,
    label: '5-hour limit',
    points: [
      { at: iso(end - 6 * HOUR), percentageUsed: 80, resetsAt: iso(end - 5 * HOUR) },
      { at: iso(end - 5 * HOUR), percentageUsed: 0, resetsAt: iso(end), reset: true as const },
    ],
  },
]
const band = [
  { at: iso(end - 2 * HOUR), low: 46, high: 46 },
  { at: iso(end), low: 69, high: 230 },
]

test('draws the window from its start to its reset, with the range of what comes', () => {
  expect(buildForecastDrawing(row, { kind: 'session', label: '5-hour limit', forecast: 'may_be_reached', band }, series, 5 * HOUR)).toEqual(
    {
      start: end - 5 * HOUR,
      end,
      line: '0,100 60,60',
      // More than the top is cut.
      band: '60,60 100,0 100,40 60,60',
      nowX: 60,
      limitY: 13.04,
    },
  )
})

test('has no range where there is no forecast, and nothing without a reset', () => {
  const unknown = { kind: 'session', label: '5-hour limit', forecast: 'unknown' } as const
  expect(buildForecastDrawing(row, unknown, [], 5 * HOUR)).toMatchObject({ line: '60,60', band: '' })
  const { resetsAt: _, ...open } = row
  expect(buildForecastDrawing(open, unknown, series, 5 * HOUR)).toBeUndefined()
})
