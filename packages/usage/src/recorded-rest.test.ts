import type { Call } from '@signalbox/contract/call'
import { expect, test } from 'vitest'
import { moreThanRows, takeItemised } from './recorded-rest.ts'

const recorded: Call = {
  key: 'cost-state:s:claude-opus-5-5:1',
  at: '2026-11-30T10:00:00.000Z',
  model: 'claude-opus-5-5[1m]',
  session_id: 's',
  source: 'cost-state',
  is_sidechain: false,
  input: 30,
  output: 900,
  write_5m: 100,
  write_1h: 400,
  read: 5_000,
  web_searches: 2,
  as_of: '2026-11-30T11:00:00.000Z',
}
const call = { model: 'claude-opus-5-5', input: 10, output: 300, write_5m: 0, write_1h: 250, read: 3_000 }

test('what telemetry itemises is taken off what was recorded for its model, class by class', () => {
  expect(takeItemised([recorded], [call])).toEqual([{ ...recorded, input: 20, output: 600, write_1h: 150, read: 2_000 }])
  const more = [call, { ...call, output: 9_999, write_5m: 900, web_searches: 1 }, { ...call, model: 'claude-haiku-5-5' }]
  expect(takeItemised([recorded], more)).toEqual([
    { ...recorded, input: 10, output: 0, write_5m: 0, write_1h: 0, read: 0, web_searches: 1 },
  ])
})

test('all writes count together, and no more for an hour are left than were recorded', () => {
  const forMinutes = { ...call, write_5m: 450, write_1h: 0 }
  expect(takeItemised([recorded], [forMinutes])[0]).toMatchObject({ write_5m: 0, write_1h: 50 })
})

test('of several records of a model the earlier one is explained first, and none below nothing', () => {
  const later = { ...recorded, key: 'cost-state:s:claude-opus-5-5:2', at: '2026-12-01T10:00:00.000Z' }
  const outputs = (output: number) => takeItemised([later, recorded], [{ ...call, output }]).map((record) => record.output)
  expect([outputs(500), outputs(1_000), outputs(5_000)]).toEqual([
    [400, 900],
    [0, 800],
    [0, 0],
  ])
})

test('a record from which nothing is taken is itself', () => {
  expect(takeItemised([recorded], [])[0]).toBe(recorded)
  expect(takeItemised([recorded], [{ ...call, input: 0, output: 0, write_1h: 0, read: 0 }])[0]).toBe(recorded)
})

test('a finished call itemises what its rows lacked', () => {
  expect(moreThanRows({ ...call, output: 300 }, { ...call, output: 1, input: 12 })).toEqual({
    model: 'claude-opus-5-5',
    input: 0,
    output: 299,
    write_5m: 0,
    write_1h: 0,
    read: 0,
  })
})
