import { expect, test } from 'vitest'
import { toLocalDay } from '../ui/time-format.ts'
import { endOfDay, hoursOfDay, startOfDay } from './day-start.ts'

test('a day starts at local midnight, in zones of whole, half and quarter hours', () => {
  const starts = ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'America/St_Johns'].map((zone) =>
    new Date(startOfDay('2026-11-09', zone)).toISOString(),
  )
  expect(starts).toEqual([
    '2026-11-09T00:00:00.000Z',
    '2026-11-08T18:30:00.000Z',
    '2026-11-08T18:15:00.000Z',
    '2026-11-08T10:00:00.000Z',
    '2026-11-09T03:30:00.000Z',
  ])
})

test('a day with a clock change has 23 or 25 hours', () => {
  expect(hoursOfDay('2026-10-25', 'Europe/Berlin')).toHaveLength(25)
  expect(hoursOfDay('2026-03-29', 'Europe/Berlin')).toHaveLength(23)
  expect(hoursOfDay('2026-11-09', 'Europe/Berlin')).toHaveLength(24)
})

test('where clocks change at midnight, the day starts at its first instant', () => {
  const start = startOfDay('2018-11-04', 'America/Sao_Paulo')
  expect(new Date(start).toISOString()).toBe('2018-11-04T03:00:00.000Z')
  expect(toLocalDay(start, 'America/Sao_Paulo')).toBe('2018-11-04')
  expect(toLocalDay(start - 1, 'America/Sao_Paulo')).toBe('2018-11-03')
  expect(endOfDay('2018-11-03', 'America/Sao_Paulo')).toBe(start)
})
