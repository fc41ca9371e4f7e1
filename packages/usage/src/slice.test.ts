import type { Call } from '@signalbox/contract/call'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addToSlice, QUARTER_HOUR_MS, type SliceKeyFields, sliceKey, toSlice } from './slice.ts'

const call: Call = {
  key: 'msg_1:req_1',
  at: '2026-10-06T09:14:59.999Z',
  model: 'claude-opus-5-5',
  session_id: 's',
  cwd: '/home/dev/work',
  git_branch: 'main',
  is_sidechain: false,
  input: 1,
  output: 2,
  write_5m: 3,
  write_1h: 4,
  read: 100_000,
  web_searches: 5,
  speed: 'fast',
  service_tier: 'standard',
  inference_geo: 'us',
}

test('a slice of a call has its quarter hour, its names, its band and its counts', () => {
  expect(toSlice(call, [100_000, 200_000], 'laptop')).toEqual({
    quarter: Date.parse('2026-10-06T09:00:00Z') / QUARTER_HOUR_MS,
    session: 's',
    project: '/home/dev/work',
    branch: 'main',
    machine: 'laptop',
    model: 'claude-opus-5-5',
    speed: 'fast',
    service_tier: 'standard',
    inference_geo: 'us',
    agent: '',
    outcome: '',
    source: '',
    band: 1,
    calls: 1,
    input: 1,
    output: 2,
    write_5m: 3,
    write_1h: 4,
    read: 100_000,
    web_searches: 5,
    unfinished: 0,
    odd: 0,
    first_at: Date.parse(call.at),
    last_at: Date.parse(call.at),
  })
})

test('a name that Claude Code did not write is the empty text', () => {
  const { session_id: _s, cwd: _c, git_branch: _b, web_searches: _w, speed: _p, service_tier: _t, inference_geo: _g, ...bare } = call
  expect(toSlice(bare, [])).toMatchObject({
    session: '',
    project: '',
    branch: '',
    machine: '',
    speed: '',
    service_tier: '',
    inference_geo: '',
    web_searches: 0,
    band: 0,
  })
})

test('two slices have the same key only when all their names are equal', () => {
  const name = fc.constantFrom('', 'a', 'b', 'ab', '1 ', ' 1', '0 0', '\n', '2 a')
  const place = fc.record({
    quarter: fc.nat(2),
    session: name,
    project: name,
    branch: name,
    machine: name,
    model: name,
    speed: name,
    service_tier: name,
    inference_geo: name,
    agent: name,
    outcome: name,
    source: name,
    band: fc.nat(2),
  })
  fc.assert(
    fc.property(place, place, (a, b) => {
      expect(sliceKey(a)).toBe(sliceKey({ ...a }))
      expect(sliceKey(a) === sliceKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
    { numRuns: 2_000 },
  )
})

test('moving a letter from one name to the next changes the key', () => {
  const names = [
    'session',
    'project',
    'branch',
    'machine',
    'model',
    'speed',
    'service_tier',
    'inference_geo',
    'agent',
    'outcome',
    'source',
  ] as const
  const place = { quarter: 1, band: 0, ...Object.fromEntries(names.map((name) => [name, 'aa'])) } as SliceKeyFields
  const keys = names.flatMap((from) => names.filter((to) => to !== from).map((to) => sliceKey({ ...place, [from]: 'a', [to]: 'aaa' })))
  expect(new Set(keys).size).toBe(names.length * (names.length - 1))
})

test('adding slices adds their counts and keeps the first and the last instant', () => {
  const early = toSlice({ ...call, at: '2026-10-06T09:00:00.000Z' }, [])
  const sum = toSlice(call, [])
  addToSlice(sum, early)
  expect(sum).toMatchObject({ calls: 2, input: 2, output: 4, write_5m: 6, write_1h: 8, read: 200_000, web_searches: 10 })
  expect([sum.first_at, sum.last_at]).toEqual([Date.parse('2026-10-06T09:00:00Z'), Date.parse(call.at)])
})
