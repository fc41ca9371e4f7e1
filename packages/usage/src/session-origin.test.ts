import { expect, test } from 'vitest'
import { SessionOrigins } from './session-origin.ts'

const slices = [
  { session: 's', project: '/late', branch: 'late', machine: 'rack', first_at: 30 },
  { session: 's', project: '/early', branch: 'HEAD', machine: '', first_at: 10 },
  { session: 's', project: '', branch: 'first', machine: 'atlas', first_at: 20 },
  { session: 'tie', project: '/b', branch: 'b', machine: '', first_at: 5 },
  { session: 'tie', project: '/a', branch: 'c', machine: '', first_at: 5 },
  { session: '', project: '', branch: '', machine: '', first_at: 1 },
]

test('a session began in the project and on the machine of its first call and on its first branch, whatever the order of the slices', () => {
  for (const some of [slices, slices.toReversed()]) {
    const origins = new SessionOrigins()
    for (const slice of some) origins.add(slice, slice.project)
    expect(origins.of('s')).toEqual({ project: '/early', branch: 'first', machine: 'atlas' })
    expect(origins.of('tie')).toEqual({ project: '/a', branch: 'b' })
    expect(origins.of('')).toEqual({ project: '', branch: '' })
    expect(origins.of('unknown')).toEqual({ project: '', branch: '' })
  }
})
