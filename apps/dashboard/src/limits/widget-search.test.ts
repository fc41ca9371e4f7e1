import { expect, test } from 'vitest'
import { readWidgetSearch } from './widget-search.ts'

test('a widget has the cards of its address, each once, and the limits without any', () => {
  expect(readWidgetSearch('')).toEqual({ chosen: ['limits'], account: undefined })
  expect(readWidgetSearch('?cards=month,%20limits,month,nothing&account=a')).toEqual({ chosen: ['month', 'limits'], account: 'a' })
  expect(readWidgetSearch('?cards=nothing').chosen).toEqual(['limits'])
})
