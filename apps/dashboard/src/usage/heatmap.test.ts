import { expect, test } from 'vitest'
import { buildHeatmapWeeks } from './heatmap.ts'

test('the calendar ends with the current week, without its future days', () => {
  const weeks = buildHeatmapWeeks(new Map(), '2026-11-11', 53)
  expect(weeks).toHaveLength(53)
  expect(weeks.at(-1)?.map((day) => day?.day)).toEqual([
    '2026-11-09',
    '2026-11-10',
    '2026-11-11',
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(weeks[0]?.[0]?.day).toBe('2025-11-10')
})

test('days without usage have level 0, active days levels 1 to 4', () => {
  const values = new Map(Array.from({ length: 8 }, (_, index) => [`2026-11-0${index + 1}`, (index + 1) ** 3]))
  const days = buildHeatmapWeeks(values, '2026-11-09', 3).flat()
  const level = (day: string) => days.find((candidate) => candidate?.day === day)?.level
  expect(level('2026-11-09')).toBe(0)
  expect(['2026-11-01', '2026-11-08'].map(level)).toEqual([1, 4])
  expect(new Set(days.map((day) => day?.level))).toEqual(new Set([0, 1, 2, 3, 4, undefined]))
})

test('a single active day has level 1', () => {
  const [week] = buildHeatmapWeeks(new Map([['2026-11-09', 5]]), '2026-11-09', 1)
  expect(week?.[0]?.level).toBe(1)
})
