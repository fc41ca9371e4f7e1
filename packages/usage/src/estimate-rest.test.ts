import type { Call } from '@signalbox/contract/call'
import { expect, test } from 'vitest'
import { UnfinishedCalls } from './estimate-rest.ts'

const estimate: Call = {
  key: 'estimate:s:claude-opus-4-8:1',
  at: '2026-11-30T10:16:00.000Z',
  model: 'claude-opus-4-8',
  session_id: 's',
  source: 'estimate',
  is_sidechain: false,
  input: 0,
  output: 900,
  write_5m: 0,
  write_1h: 0,
  read: 0,
}

test('an estimate keeps the share of the calls that are not finished, of its session, model and quarter-hour', () => {
  const calls = new UnfinishedCalls()
  const at = '2026-11-30T10:29:59.999Z'
  expect(calls.restOf(estimate)).toBe(estimate)
  calls.add({ ...estimate, at }, false)
  calls.add(estimate, false)
  for (const other of [{ session_id: 't' }, { model: 'claude-opus-5-5' }, { at: '2026-11-30T10:30:00.000Z' }])
    calls.add({ ...estimate, ...other }, true)
  expect(calls.restOf(estimate)).toBe(estimate)
  calls.add({ ...estimate, at }, true)
  expect(calls.restOf(estimate)).toEqual({ ...estimate, output: 600 })
})

test('nothing is left when all calls are finished', () => {
  const calls = new UnfinishedCalls()
  calls.add(estimate, true)
  expect(calls.restOf(estimate).output).toBe(0)
})
