import { expect, test } from 'vitest'
import type { UsageRow } from '../hub/answer.ts'
import { toCsv } from './csv.ts'

function row(project: string, cost: number | null): UsageRow {
  const sums = {
    calls: 2,
    input: 1,
    output: 2,
    write_5m: 3,
    write_1h: 4,
    read: 5,
    total_tokens: 15,
    cost_usd: cost,
    unpriced_calls: cost === null ? 2 : 0,
    unfinished_calls: 0,
    odd_calls: 0,
  }
  return { project, ...sums, models: [] }
}

test('numbers are exact and an unknown cost is empty', () => {
  expect(toCsv('project', [row('/srv/loom', 1.23456789), row('/srv/engine', null)])).toBe(
    'project,calls,input,output,write_5m,write_1h,read,total_tokens,cost_usd,unpriced_calls,unfinished_calls,odd_calls\r\n' +
      '/srv/loom,2,1,2,3,4,5,15,1.23456789,0,0,0\r\n' +
      '/srv/engine,2,1,2,3,4,5,15,,2,0,0\r\n',
  )
})

test('commas and quotes stay inside their field, and a name is one line without control characters', () => {
  expect(toCsv('project', [row('a,"b"\nc\u001b', 0)]).split('\r\n')[1]).toBe('"a,""b"" c\\u001b",2,1,2,3,4,5,15,0,0,0,0')
})

test('a name that looks like a formula is escaped', () => {
  expect(toCsv('project', [row('=HYPERLINK("http://x")', 0)])).toContain(`"'=HYPERLINK(""http://x"")"`)
})
