import type { Call } from '@signalbox/contract/call'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { totalTokens } from './call.ts'
import { compareCalls, mergeCalls } from './call-merge.ts'

const base: Call = {
  key: 'msg_1:req_1',
  at: '2026-10-06T09:00:00.000Z',
  model: 'claude-opus-5-5',
  session_id: 'b',
  is_sidechain: false,
  input: 10,
  output: 100,
  write_5m: 20,
  write_1h: 30,
  read: 1_000,
}

/** Few values for each field, so that every kind of tie comes up. */
const few = fc.integer({ min: 0, max: 2 })
const name = fc.constantFrom('a', 'b')
const record: fc.Arbitrary<Call> = fc
  .record(
    {
      key: fc.constant('msg_1:req_1'),
      at: fc.integer({ min: 0, max: 2 }).map((hour) => `2026-10-06T0${hour}:00:00.000Z`),
      model: name,
      is_sidechain: fc.boolean(),
      input: few,
      output: few,
      write_5m: few,
      write_1h: few,
      read: few,
      session_id: name,
      cwd: name,
      git_branch: name,
      version: name,
      agent_id: name,
      web_searches: few,
      speed: name,
      service_tier: name,
      inference_geo: name,
    },
    { requiredKeys: ['key', 'at', 'model', 'is_sidechain', 'input', 'output', 'write_5m', 'write_1h', 'read'] },
  )
  .map((call) => ({ ...call }))

/** Records that differ in a field or two: the last ties. */
const twins = fc
  .record({ one: record, other: record, fields: fc.subarray(Object.keys(base) as (keyof Call)[], { minLength: 1, maxLength: 2 }) })
  .map(({ one, other, fields }): [Call, Call] => {
    const twin: Partial<Call> = { ...one }
    for (const field of fields) {
      if (other[field] === undefined) delete twin[field]
      else Object.assign(twin, { [field]: other[field] })
    }
    // One token less here is one more there, so that the totals stay equal.
    return [one, { ...(twin as Call), read: twin.read! + one.input - twin.input! }]
  })

function keep(records: readonly Call[]): Call {
  return records.reduce(mergeCalls)
}

describe('the merged record of a call', () => {
  test('is the record with the most output', () => {
    const poorer = { ...base, output: 99, input: 90_000, read: 90_000, write_5m: 1, model: 'claude-other', cwd: '/elsewhere' }
    expect(mergeCalls(base, poorer)).toEqual(base)
    expect(mergeCalls(poorer, base)).toEqual(base)
  })

  test('is, of equal outputs, the record with the most tokens', () => {
    const more = { ...base, read: 1_001 }
    expect(mergeCalls(base, more)).toEqual(more)
    expect(mergeCalls(more, base)).toEqual(more)
  })

  test('is, of equal totals, the record that is not a sidechain', () => {
    const side = { ...base, is_sidechain: true, agent_id: 'a1', input: 20, read: 990 }
    expect(mergeCalls(base, side)).toEqual(base)
    expect(mergeCalls(side, base)).toEqual(base)
  })

  test('has the time and the session of the earliest record, even if that is not the better one', () => {
    const early = { ...base, output: 1, at: '2026-10-05T23:59:59.999Z', session_id: 'z' }
    expect(mergeCalls(base, early)).toEqual({ ...base, at: early.at, session_id: 'z' })
    expect(mergeCalls(early, base)).toEqual({ ...base, at: early.at, session_id: 'z' })
  })

  test('has the smaller session id of two records at the same time', () => {
    const copy = { ...base, session_id: 'a' }
    expect(mergeCalls(base, copy).session_id).toBe('a')
    expect(mergeCalls(copy, base).session_id).toBe('a')
  })

  test('has no session when the earliest record has none', () => {
    const { session_id: _, ...early } = { ...base, at: '2026-10-01T00:00:00.000Z', output: 1 }
    expect(mergeCalls(base, early)).not.toHaveProperty('session_id')
    expect(mergeCalls(early, base)).toEqual(mergeCalls(base, early))
  })

  test('is the record itself when the other adds nothing', () => {
    expect(mergeCalls(base, { ...base })).toBe(base)
    expect(mergeCalls(base, { ...base, output: 1, at: '2026-10-07T00:00:00.000Z' })).toBe(base)
    const better = { ...base, output: 101 }
    expect(mergeCalls(base, better)).toBe(better)
  })

  test('is the same for every order, every split and any number of copies', () => {
    const shuffled = fc.array(record, { minLength: 1, maxLength: 8 }).chain((records) =>
      fc.record({
        records: fc.constant(records),
        again: fc.shuffledSubarray([...records, ...records, ...records], { minLength: records.length }),
        cut: fc.nat(records.length * 3),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ records, again, cut }) => {
        const kept = keep(records)
        // All records again in another order, some of them several times, merged in two parts.
        const other = [...again, ...[...records].reverse()]
        const parts = [other.slice(0, cut), other.slice(cut)].filter((part) => part.length > 0).map(keep)
        expect(keep(parts)).toEqual(kept)
        expect(keep([...parts].reverse())).toEqual(kept)
      }),
      { numRuns: 500 },
    )
  })

  test('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(record, record, record, (a, b, c) => {
        expect(mergeCalls(a, b)).toEqual(mergeCalls(b, a))
        expect(mergeCalls(mergeCalls(a, b), c)).toEqual(mergeCalls(a, mergeCalls(b, c)))
        expect(mergeCalls(a, { ...a })).toBe(a)
        const ab = mergeCalls(a, b)
        expect(mergeCalls(ab, b)).toBe(ab)
        expect(mergeCalls(ab, a)).toBe(ab)
      }),
      { numRuns: 1_000 },
    )
  })

  test('is the same in both orders when two records differ in one field', () => {
    fc.assert(
      fc.property(twins, ([a, b]) => {
        expect(mergeCalls(a, b)).toEqual(mergeCalls(b, a))
        expect(keep([a, b, a, b])).toEqual(keep([b, a]))
      }),
      { numRuns: 2_000 },
    )
  })

  test('is at least as good as every record, and its fields come from one record', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), (records) => {
        const kept = keep(records)
        const rank = (call: Call) => [call.output, totalTokens(call), call.is_sidechain ? 0 : 1]
        const best = records.map(rank).sort((a, b) => b[0]! - a[0]! || b[1]! - a[1]! || b[2]! - a[2]!)[0]
        expect(rank(kept)).toEqual(best)
        const plain = ({ at: _at, session_id: _session, ...rest }: Call) => rest
        expect(records.map(plain)).toContainEqual(plain(kept))
        const starts = records.map(({ at, session_id }) => `${at} ${session_id ?? '~'}`).sort()
        expect(`${kept.at} ${kept.session_id ?? '~'}`).toBe(starts[0])
      }),
      { numRuns: 500 },
    )
  })

  test('is decided by a total order: equal exactly when all compared fields are equal', () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        expect(Math.sign(compareCalls(a, b))).toBe(-Math.sign(compareCalls(b, a)) + 0)
        const plain = ({ at: _at, session_id: _session, ...rest }: Call) => rest
        if (compareCalls(a, b) === 0) expect(plain(a)).toEqual(plain(b))
      }),
      { numRuns: 500 },
    )
  })
})
