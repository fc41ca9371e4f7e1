import { expect, test } from 'vitest'
import { groupOf, isFiltered, readSessionSearch, withoutFilters } from './session-search.ts'

test('valid query parameters are kept, invalid ones are dropped', () => {
  expect(readSessionSearch({ status: 'attention', machine: 'atlas', project: '/home/ada/engine' })).toEqual({
    status: 'attention',
    machine: 'atlas',
    project: '/home/ada/engine',
  })
  expect(readSessionSearch({ status: 'sleepy', machine: '', project: 7, range: '7d' })).toEqual({})
})

test('a link with the former name of the attention filter still opens it', () => {
  expect(readSessionSearch({ status: 'person' })).toEqual({ status: 'attention' })
})

test('view, grouping and order are kept where the view has them', () => {
  expect(readSessionSearch({ view: 'table', group: 'branch', sort: '-cost', ended: 'all', dismissed: 'show', find: 'crank' })).toEqual({
    view: 'table',
    group: 'branch',
    sort: '-cost',
    ended: 'all',
    dismissed: 'show',
    find: 'crank',
  })
  expect(readSessionSearch({ view: 'board', group: 'machine', sort: '-cost', ended: 'all' })).toEqual({})
  expect(readSessionSearch({ view: 'kanban', group: 'machine', sort: 'cost' })).toEqual({ view: 'kanban', group: 'machine' })
  expect(readSessionSearch({ view: 'table', sort: '-shoe size' })).toEqual({ view: 'table' })
})

test('clearing the filters keeps the view', () => {
  const search = { view: 'table', group: 'project', status: 'failed', find: 'x' } as const
  expect(isFiltered(search)).toBe(true)
  expect(withoutFilters(search)).toEqual({ view: 'table', group: 'project' })
  expect(isFiltered(withoutFilters(search))).toBe(false)
  expect([groupOf({}), groupOf({ view: 'table' }), groupOf({ view: 'kanban', group: 'project' })]).toEqual(['machine', 'none', 'project'])
})
