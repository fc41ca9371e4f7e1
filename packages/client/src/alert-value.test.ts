import { expect, test } from 'vitest'
import { alertValueLabel, formatAlertValue } from './alert-value.ts'

test('a figure has the unit that its name ends with', () => {
  expect([alertValueLabel('stalled_for_ms'), formatAlertValue('stalled_for_ms', 300_400)]).toEqual(['Stalled for', '5 min'])
  expect([alertValueLabel('cost_usd'), formatAlertValue('cost_usd', 4.5)]).toEqual(['Cost', '$4.50'])
  expect([alertValueLabel('percent'), formatAlertValue('percent', 81.26)]).toEqual(['Percent', '81.3 %'])
  expect(formatAlertValue('paused', true)).toBe('yes')
  expect(formatAlertValue('calls', 7)).toBe('7')
  expect(formatAlertValue('window', 'weekly')).toBe('weekly')
})
