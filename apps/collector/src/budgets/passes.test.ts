import { expect, it } from 'vitest'
import { Passes } from './passes.ts'

it('a session counts as in flight until its next call is known, it asks again, or ten minutes have passed', () => {
  const passes = new Passes()
  const calls = { a: 3, b: 5 }
  const callsOf = (session: string) => calls[session as 'a' | 'b']
  passes.add('a/', { session: 'a', calls: 3, at: 0 })
  passes.add('b/', { session: 'b', calls: 5, at: 0 })
  expect(passes.others('a/', callsOf, 1)).toEqual(['b'])
  calls.b = 6
  expect(passes.others('a/', callsOf, 1)).toEqual([])
  expect(passes.others('c/', callsOf, 1)).toEqual(['a'])
  passes.remove('a/')
  passes.add('b/x', { session: 'b', calls: 6, at: 0 })
  expect(passes.others('c/', callsOf, 600_000)).toEqual(['b'])
  expect(passes.others('c/', callsOf, 600_001)).toEqual([])
})
