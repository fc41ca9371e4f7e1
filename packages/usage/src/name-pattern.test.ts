import { expect, it } from 'vitest'
import { matchesAny, matchesFilter, matchesPattern } from './name-pattern.ts'

it.each([
  ['shop', 'shop', true],
  ['shop', 'Shop', true],
  ['shop', 'shop-api', false],
  ['shop*', 'shop-api', true],
  ['*opus*', 'claude-opus-5-5', true],
  ['*', '', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a?c', 'a💡c', true],
  ['a.c', 'abc', false],
  ['(a+)+', 'aaa', false],
  ['github.com/acme/*', 'github.com/acme/shop', true],
  [`${'*a'.repeat(90)}*b`, 'a'.repeat(200), false],
  ['*a*b', 'xaxbxab', true],
  ['a*', '', false],
  ['', '', true],
])('the pattern %s and the name %s: %s', (pattern, name, matches) => {
  expect(matchesPattern(pattern, name)).toBe(matches)
})

it('takes one of several patterns, and every name where there are none', () => {
  expect([
    matchesAny(['a', 'b*'], 'box'),
    matchesAny(['a'], 'box'),
    matchesAny(undefined, 'box'),
    matchesAny(undefined, undefined),
  ]).toEqual([true, false, true, true])
})

it('a name that is not known matches no pattern', () => {
  expect(matchesFilter({ model: ['*'] }, { project_id: 'shop' })).toBe(false)
  expect(matchesFilter({ model: ['*'] }, { model: null })).toBe(false)
})

it('all fields of a filter have to match', () => {
  const filter = { project_id: ['shop'], machine_id: ['box-*'] }
  expect(matchesFilter(filter, { project_id: 'shop', machine_id: 'box-1' })).toBe(true)
  expect(matchesFilter(filter, { project_id: 'shop', machine_id: 'laptop' })).toBe(false)
})
