import type { Call } from '@signalbox/contract/call'
import type { CheckSums } from '@signalbox/contract/usage-check'
import { describe, expect, test } from 'vitest'
import { defaultPriceTable } from './price-table.ts'
import { checkSession, type SessionSources, withTelemetry } from './session-check.ts'

const table = defaultPriceTable()
const opus = 'claude-opus-5-5'

function call(change: Partial<Call>): Call {
  const nothing = { input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0 }
  return {
    ...nothing,
    key: 'msg_1',
    at: '2026-11-20T10:00:00.000Z',
    model: opus,
    is_sidechain: false,
    session_id: 's',
    cwd: '/home/u/app',
    ...change,
  }
}
const sums = (change: Partial<CheckSums>): CheckSums => ({
  input: 0,
  output: 0,
  write: 0,
  read: 0,
  web_searches: 0,
  cost_usd: 0,
  ...change,
})

const rows = call({ request_id: 'req_1', input: 10, output: 4, unfinished: true })
const event = call({ key: 'request:req_1', request_id: 'req_1', source: 'telemetry', input: 10, output: 900, unfinished: false })
const title = call({ key: 'request:req_2', request_id: 'req_2', source: 'telemetry', model: 'claude-haiku-4-5', input: 500, output: 20 })
const rest = call({ key: 'cost-state:s:m:1', source: 'cost-state', output: 896 })

function check(change: Partial<SessionSources>) {
  const sources = {
    session: 's',
    rows: [rows],
    recorded: null,
    notItemised: [],
    telemetry: [],
    placeOf: () => 'recorded' as const,
    openCalls: 0,
  }
  return checkSession({ ...sources, ...change }, table)
}

describe('the sources of a session', () => {
  test('say how many calls have an odd number', () => {
    expect(check({ rows: [call({ input: 5, odd: true })] }).reasons).toContainEqual({ reason: 'odd', calls: 1 })
  })

  test('are side by side, with what each has more than the rows, by model', () => {
    const found = check({
      recorded: [[`${opus}[1m]`, sums({ input: 10, output: 900, cost_usd: 0.01804 })]],
      notItemised: [rest],
      telemetry: [event, title],
    })
    expect(found).toMatchObject({
      session: 's',
      project: '/home/u/app',
      first_call_at: rows.at,
      calls: 1,
      unfinished_calls: 1,
      telemetry_calls: 2,
      rows: { input: 10, output: 4 },
      recorded: { output: 900 },
      telemetry: { input: 510, output: 920 },
      difference: { input: 0, output: 896 },
      telemetry_difference: { input: 500, output: 916 },
      not_itemised: { output: 896 },
      counted: { input: 10, output: 900, cost_usd: 0.01804 },
      reasons: [{ reason: 'unfinished', calls: 1 }, { reason: 'background' }],
      models: [
        { model: 'claude-haiku-4-5', rows: { output: 0 }, recorded: null, telemetry: { output: 20 } },
        { model: opus, rows: { output: 4 }, recorded: { output: 900 }, telemetry: { output: 900 } },
      ],
    })
  })

  test('have no reason where they are the same, and one where a source has nothing', () => {
    const final = { ...rows, unfinished: false }
    expect(check({ rows: [final], recorded: [[opus, sums({ input: 10, output: 4, cost_usd: 0.00012 })]] }).reasons).toEqual([])
    expect(check({ rows: [final] })).toMatchObject({
      recorded: null,
      difference: null,
      telemetry: null,
      reasons: [{ reason: 'not_recorded' }],
    })
    const other = { ...final, key: 'msg_2', request_id: 'req_9' }
    const found = check({ rows: [final, other], telemetry: [{ ...event, output: 4 }] })
    expect(found.reasons).toEqual([{ reason: 'not_recorded' }, { reason: 'not_in_telemetry', calls: 1 }])
  })

  test('name calls that no record has, another price, refusals and restored sums', () => {
    const recorded = [[opus, sums({ input: 10, output: 4, cost_usd: 7 })]] as const
    const reasons = (change: Partial<SessionSources>) => check({ recorded, ...change }).reasons.map(({ reason }) => reason)
    expect(reasons({})).toEqual(['price'])
    expect(reasons({ placeOf: () => 'killed' })).toEqual(['killed', 'price'])
    expect(reasons({ placeOf: () => 'interrupted' })).toEqual(['interrupted', 'price'])
    expect(reasons({ rows: [{ ...rows, outcome: 'refused' }], restored: ['t'] })).toEqual(['refused', 'restored'])
  })

  test('of a machine and of telemetry at its hub are joined', () => {
    const here = check({ openCalls: 1 })
    const atHub = check({ telemetry: [event, title] })
    expect(withTelemetry(here, atHub)).toMatchObject({
      telemetry: { output: 920 },
      telemetry_calls: 2,
      open_calls: 0,
      rows: { output: 4 },
      reasons: [{ reason: 'unfinished', calls: 1 }, { reason: 'not_recorded' }, { reason: 'background' }],
      models: [
        { model: 'claude-haiku-4-5', rows: { output: 0 }, recorded: null, telemetry: { output: 20 } },
        { model: opus, rows: { output: 4 }, telemetry: { output: 900 } },
      ],
    })
    expect(withTelemetry(here, check({}))).toEqual(here)
  })
})
