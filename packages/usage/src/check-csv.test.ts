import type { SessionCheck } from '@signalbox/contract/usage-check'
import { expect, test } from 'vitest'
import { checkCsv } from './check-csv.ts'

test('a session is a line, with empty cells where a source has nothing', () => {
  const sums = { input: 1, output: 2, write: 3, read: 4, web_searches: 0, cost_usd: 0.5 }
  const check: SessionCheck = {
    session: 's',
    project: '/home/u/a, b',
    first_call_at: '2026-11-20T10:00:00.000Z',
    last_call_at: null,
    calls: 2,
    unfinished_calls: 1,
    open_calls: 0,
    telemetry_calls: 0,
    rows: sums,
    recorded: { ...sums, output: 20, cost_usd: null },
    telemetry: null,
    difference: null,
    telemetry_difference: null,
    not_itemised: sums,
    counted: sums,
    reasons: [{ reason: 'unfinished', calls: 1 }, { reason: 'background' }, { reason: 'restored', session: 't' }],
    models: [],
  }
  const [head, line] = checkCsv([check]).split('\r\n')
  expect(head).toMatch(
    /^session,project,first_call_at,last_call_at,calls,.*,rows_input,rows_output,.*,recorded_cost_usd,telemetry_input,.*,reasons$/,
  )
  expect(line).toBe(
    's,"/home/u/a, b",2026-11-20T10:00:00.000Z,,2,1,0,0,1,2,3,4,0,0.5,1,20,3,4,0,,,,,,,,1,2,3,4,0,0.5,1,2,3,4,0,0.5,unfinished 1; background; restored t',
  )
})
