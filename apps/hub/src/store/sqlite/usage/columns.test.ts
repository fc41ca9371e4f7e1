import { callFieldList, callFieldsOf } from '@signalbox/contract/call-field'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../../../test/support/temp.ts'
import { openSqliteStore } from '../open.ts'

/** A field of a call that is missing here needs a migration that adds its column; the store itself reads the table of fields. */
it('the tables of usage have a column for every field of a call', async () => {
  const { connection, close } = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
  const columns = (table: string) => connection.db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
  const slice = new Map(callFieldList.map(([name, field]) => [name as string, field.slice]))
  const placed = new Set(['session_id', 'cwd', 'git_branch'])
  const names = callFieldsOf('name').filter((name) => !placed.has(name))
  expect(columns('kind')).toEqual(['kind_id', ...names.filter((name) => slice.get(name) !== undefined)])
  const inCall = callFieldList.map(([name]) => name).filter((name) => !placed.has(name) && !columns('kind').includes(name))
  expect(columns('call').sort()).toEqual(['call_id', 'session', 'place', 'kind', ...inCall].sort())
  expect(columns('reported_call').sort()).toEqual(['session', 'place', 'kind', ...inCall].sort())
  const counts = callFieldsOf('count').filter((name) => slice.get(name) !== undefined)
  const sums = ['calls', ...callFieldsOf('tokens'), ...counts, ...callFieldsOf('mark'), 'first_at', 'last_at']
  for (const table of ['slice', 'day']) expect(columns(table), table).toEqual(expect.arrayContaining(sums))
  expect(columns('slice')).toHaveLength(5 + sums.length)
  expect(columns('day')).toHaveLength(7 + sums.length)
  expect(connection.db.prepare('EXPLAIN QUERY PLAN SELECT key FROM call WHERE request_id = ?').all('r')).toMatchObject([
    { detail: expect.stringContaining('call_by_request') },
  ])
  await close()
})
