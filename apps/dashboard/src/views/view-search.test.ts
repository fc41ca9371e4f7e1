import { expect, test } from 'vitest'
import { searchOf, textOf } from './view-search.ts'

test('parameters come back as they were saved, and equal ones have equal texts in any order', () => {
  const search = { range: '7d', split: 'project', project: 'a&b ?', with_estimates: true } as const
  const text = textOf('usage', search)
  expect(searchOf('usage', text)).toEqual(search)
  expect(textOf('usage', { with_estimates: true, project: 'a&b ?', split: 'project', range: '7d' })).toBe(text)
  expect(textOf('sessions', searchOf('sessions', 'view=table&status=waiting'))).toBe('view=table&status=waiting')
  expect(textOf('usage', {})).toBe('')
})

test('what the screen no longer knows is dropped', () => {
  expect(searchOf('usage', 'range=1000y&model=opus&colour=red')).toEqual({ model: 'opus' })
})
