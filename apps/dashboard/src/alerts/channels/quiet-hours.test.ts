import { expect, test } from 'vitest'
import { formatDays, formatQuietHours } from './quiet-hours.ts'

test('quiet hours are one short text', () => {
  const night = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' }
  expect(formatQuietHours(night, 'Europe/Berlin')).toBe('22:00–07:00')
  expect(formatQuietHours({ ...night, days: ['monday', 'tuesday', 'wednesday'] }, 'UTC')).toBe('22:00–07:00 Mon–Wed (Europe/Berlin)')
  expect(formatQuietHours({ ...night, to: '22:00', days: ['saturday', 'sunday'] }, 'Europe/Berlin')).toBe('all day Sat, Sun')
  expect(formatDays(['monday', 'wednesday', 'friday', 'saturday', 'sunday'])).toBe('Mon, Wed, Fri–Sun')
  expect(formatDays(undefined)).toBeUndefined()
})
