import { expect, test } from 'vitest'
import { alertValueLabel, formatAlertValue as format, isInstant } from './alert-value.ts'

const formatAlertValue = (name: string, value: string | number | boolean) => format(name, value, (instant) => `at ${instant.slice(11, 16)}`)

test('a figure has the unit that its name ends with', () => {
  expect([alertValueLabel('stalled_for_ms'), formatAlertValue('stalled_for_ms', 300_400)]).toEqual(['Stalled for', '5 min'])
  expect([alertValueLabel('cost_usd'), formatAlertValue('cost_usd', 4.5)]).toEqual(['Cost', '$4.50'])
  expect([alertValueLabel('percent'), formatAlertValue('percent', 81.26)]).toEqual(['Percent', '81.3%'])
  expect(formatAlertValue('paused', true)).toBe('yes')
  expect(formatAlertValue('calls', 7)).toBe('7')
  expect(formatAlertValue('window', 'weekly')).toBe('weekly')
})

test('an instant is shown as the reader sees other times', () => {
  expect([alertValueLabel('stalled_since'), formatAlertValue('stalled_since', '2026-11-30T23:11:14.898Z')]).toEqual([
    'Stalled since',
    'at 23:11',
  ])
  expect([isInstant('2026-11-30'), isInstant(1_700_000_000_000), formatAlertValue('reason', 'since 2026-11-30T23:11:14.898Z')]).toEqual([
    false,
    false,
    'since 2026-11-30T23:11:14.898Z',
  ])
})
