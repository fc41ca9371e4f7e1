import type { UsageReport } from '@signalbox/contract/usage'
import { expect, test } from 'vitest'
import { reportCsv } from './report-csv.ts'

const sums = {
  calls: 2,
  input: 1,
  output: 2,
  write_5m: 3,
  write_1h: 4,
  read: 5,
  total_tokens: 15,
  unpriced_calls: 0,
  unfinished_calls: 0,
  odd_calls: 0,
}
const opus = { model: 'claude-opus-5-5', ...sums, cost_usd: 0.5 }
const next = { model: 'claude-next', ...sums, cost_usd: null, unpriced_calls: 2 }

function report(group: UsageReport['group'], rows: UsageReport['rows']): UsageReport {
  return {
    group,
    timezone: 'UTC',
    rows,
    totals: { ...sums, cost_usd: null, models: [] },
    unpriced: [],
    price_table: { version: '1', date: '2026-11-21' },
  }
}

test('each row is a line, and an unknown cost an empty cell', () => {
  const rows = [
    { day: '2026-11-20', ...sums, cost_usd: 1.25, models: [opus] },
    { day: '2026-11-21', ...next, models: [next] },
  ]
  expect(reportCsv(report('day', rows))).toBe(
    'day,calls,input,output,write_5m,write_1h,read,total_tokens,cost_usd,unpriced_calls,unfinished_calls,odd_calls\r\n' +
      '2026-11-20,2,1,2,3,4,5,15,1.25,0,0,0\r\n' +
      '2026-11-21,2,1,2,3,4,5,15,,2,0,0\r\n',
  )
})

test('with perModel each model of each row is a line', () => {
  const rows = [{ day: '2026-11-20', ...sums, cost_usd: 1.25, models: [opus, next] }]
  expect(reportCsv(report('day', rows), true).split('\r\n').slice(0, 3)).toEqual([
    'day,model,calls,input,output,write_5m,write_1h,read,total_tokens,cost_usd,unpriced_calls,unfinished_calls,odd_calls,not_itemised',
    '2026-11-20,claude-opus-5-5,2,1,2,3,4,5,15,0.5,0,0,0,',
    '2026-11-20,claude-next,2,1,2,3,4,5,15,,2,0,0,',
  ])
})

test('names with commas, quotes and formulas are escaped', () => {
  const named = (project: string) => ({ project, ...sums, cost_usd: 1, models: [] })
  const text = reportCsv(report('project', ['/a,b', '/a"b', '=cmd()', ''].map(named)))
  expect(
    text
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.replace(/,2,1,2,.*$/, '')),
  ).toEqual(['"/a,b"', '"/a""b"', "'=cmd()", ''])
})

test('blocks have columns of their own, and rows with first and last call have these', () => {
  const block = {
    start: '2026-11-21T09:00:00.000Z',
    end: '2026-11-21T14:00:00.000Z',
    is_active: true,
    is_gap: false,
    measured: false,
    ...sums,
    cost_usd: 1,
    models: [],
    first_call_at: '2026-11-21T09:01:00.000Z',
    last_call_at: '2026-11-21T10:00:00.000Z',
  }
  expect(reportCsv(report('block', [block]))).toBe(
    'start,end,is_active,is_gap,measured,calls,input,output,write_5m,write_1h,read,total_tokens,cost_usd,unpriced_calls,unfinished_calls,odd_calls,first_call_at,last_call_at\r\n' +
      '2026-11-21T09:00:00.000Z,2026-11-21T14:00:00.000Z,true,false,false,2,1,2,3,4,5,15,1,0,0,0,2026-11-21T09:01:00.000Z,2026-11-21T10:00:00.000Z\r\n',
  )
})

test('a name that Claude Code wrote is one line without control characters', () => {
  const name = '/home/u/\u001b[2J\u202e\nfake,1'
  const [, line, end] = reportCsv(report('project', [{ project: name, ...sums, cost_usd: 0.5, models: [opus] }])).split('\r\n')
  expect([line, end]).toEqual(['"/home/u/\\u001b[2J\\u202e fake,1",2,1,2,3,4,5,15,0.5,0,0,0', ''])
})
