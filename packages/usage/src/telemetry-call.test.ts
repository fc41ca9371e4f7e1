import type { Call } from '@signalbox/contract/call'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeCalls } from './call-merge.ts'
import { finishCall, requestKey, telemetryKey } from './telemetry-call.ts'

const rows: Call = {
  key: 'msg_1',
  at: '2026-11-30T10:49:04.805Z',
  model: 'claude-opus-4-8',
  session_id: 's',
  cwd: '/home/dev/shop',
  request_id: 'req_1',
  is_sidechain: true,
  input: 11,
  output: 1,
  write_5m: 120,
  write_1h: 130,
  read: 3_000,
  unfinished: true,
}
const event: Call = {
  key: 'request:req_1',
  at: '2026-11-30T10:49:04.823Z',
  model: 'claude-opus-4-8',
  session_id: 's',
  request_id: 'req_1',
  source: 'telemetry',
  is_sidechain: true,
  input: 11,
  output: 777,
  write_5m: 250,
  write_1h: 0,
  read: 3_000,
  unfinished: false,
}

test('telemetry gives a call its final output, and the rows keep its names, its time and the kinds of its cache writes', () => {
  expect(finishCall(rows, event)).toEqual({ ...rows, output: 777, unfinished: false })
  const { unfinished: _, ...unknown } = rows
  expect(finishCall(unknown, event)).toEqual({ ...rows, output: 777, unfinished: false })
})

test('rows that are final stay as they are, and nothing is final by a refusal alone', () => {
  const final = { ...rows, output: 40, unfinished: false }
  expect(finishCall(final, event)).toBe(final)
  const refusal: Call = { ...event, input: 0, output: 0, write_5m: 0, read: 0, outcome: 'refused', unfinished: true }
  expect(finishCall(rows, refusal)).toBe(rows)
})

test('where the final prompt is another one than that of the rows, it counts whole', () => {
  const more = { ...event, input: 12, write_5m: 300, write_1h: 5 }
  expect(finishCall({ ...rows, odd: true }, more)).toEqual({
    ...rows,
    input: 12,
    output: 777,
    write_5m: 300,
    write_1h: 5,
    unfinished: false,
  })
})

test('a call belongs to the telemetry of its request, unless it is inside another call or the request is of a relay', () => {
  expect(telemetryKey(rows)).toBe(requestKey('req_1'))
  expect(telemetryKey({ ...rows, key: 'msg_1#2' })).toBeUndefined()
  expect(telemetryKey({ ...rows, request_id: '7' })).toBeUndefined()
  expect(telemetryKey(event)).toBeUndefined()
})

test('a refusal and the figures of its request are one call that costs nothing, unless it had output, in any order', () => {
  const refusal: Call = { ...event, input: 0, output: 0, write_5m: 0, read: 0, outcome: 'refused', unfinished: true }
  const refused = { ...event, output: 0 }
  expect(mergeCalls(refusal, refused)).toEqual({ ...refused, outcome: 'refused' })
  expect(mergeCalls(refusal, event)).toEqual(event)
  const some = fc.constantFrom(refusal, refused, event, { ...refused, version: '2.1.332' }, { ...event, output: 5, version: '2.1.200' })
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      expect(mergeCalls(a, b)).toEqual(mergeCalls(b, a))
      expect(mergeCalls(mergeCalls(a, b), c)).toEqual(mergeCalls(a, mergeCalls(b, c)))
      const ab = mergeCalls(a, b)
      expect(mergeCalls(ab, b)).toBe(ab)
    }),
    { numRuns: 500 },
  )
})
