import { expect, test } from 'vitest'
import { readSettingsSearch, sectionOf } from './settings-section.ts'

test('a panel opens its section, whichever section the address names', () => {
  expect(sectionOf('budgets', {})).toBe('costs')
  expect(sectionOf('keys', { section: 'alerts' })).toBe('access')
})

test('without a panel the named section opens, else the first', () => {
  expect(sectionOf('', { section: 'machines' })).toBe('machines')
  expect(sectionOf('constructor', {})).toBe('general')
})

test('a section that is none is dropped', () => {
  expect(readSettingsSearch({ section: 'alerts' })).toEqual({ section: 'alerts' })
  expect(readSettingsSearch({ section: 'everything' })).toEqual({})
})
