import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { Connection } from './connection.ts'
import { RowWriter } from './row.ts'

it('rows whose properties are in different orders are updated in their own columns', () => {
  const connection = new Connection(path.join(tempFolder(), 'rows.db'), () => {})
  onTestFinished(() => connection.close())
  connection.db.exec("CREATE TABLE thing (id TEXT, a, b, c); INSERT INTO thing VALUES ('x', 1, 1, 1), ('y', 1, 1, 1)")
  const writer = new RowWriter(connection, 'thing', 'id')
  for (let value = 2; value < 4; value++) {
    writer.update({ id: 'x', a: value - 1, b: value - 1, c: 1 }, { id: 'x', a: value, b: value, c: 1 })
    writer.update({ id: 'y', c: value - 1, a: value - 1, b: 1 }, { id: 'y', c: value, a: value, b: 1 })
  }
  expect(connection.prepare('SELECT * FROM thing ORDER BY id').all()).toEqual([
    { id: 'x', a: 3, b: 3, c: 1 },
    { id: 'y', a: 3, b: 1, c: 3 },
  ])
})
