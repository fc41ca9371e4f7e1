import { expect, test } from 'vitest'
import { createPersonMap } from './person-map.ts'

test('a call is of the person whose account its machine named next, and of the last one after that', () => {
  const map = createPersonMap([
    { machine: 'laptop', person: 'Ben', until: 200 },
    { machine: 'laptop', person: 'Anna', until: 100 },
    { machine: 'rack-1', person: 'Anna', until: 300 },
  ])
  expect([0, 100, 101, 200, 9_999].map((at) => map.personOf('laptop', at))).toEqual(['Anna', 'Anna', 'Ben', 'Ben', 'Ben'])
  expect([map.personOf('rack-1', 400), map.personOf('box', 50), map.personOf('', 50)]).toEqual(['Anna', '', ''])
  expect(map.people).toEqual(['Anna', 'Ben'])
})
