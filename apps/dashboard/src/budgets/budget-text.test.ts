import { expect, it } from 'vitest'
import { amountText, filterText, patternsOf } from './budget-text.ts'

it('says what a budget is about, and its amounts in its unit', () => {
  expect(filterText({ filter: { project_id: ['shop-*', 'shop'], machine_id: ['laptop'] } })).toBe('for shop-*, shop on laptop')
  expect(filterText({ account: 'Work' })).toBe('of Work')
  expect([amountText('day', 12.5), amountText('five_hour', 90.04)]).toEqual(['$12.50', '90%'])
  expect([patternsOf(' shop , ,x'), patternsOf(' ')]).toEqual([['shop', 'x'], undefined])
})
