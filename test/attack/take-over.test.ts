// In a file of its own: it waits for more than ten seconds, in which the others can run.
import { execFileSync } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { openLedger } from '@signalbox/ledger'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { collector } from './program.ts'

test('a collector takes over from one on a machine that is gone, and refuses beside one that works', async () => {
  const folder = tempFolder()
  const dataDir = path.join(folder, 'data')
  // A container that was killed: the next one has another name, and cannot ask for the process.
  const ledger = openLedger({ dataDir })
  ledger.close()
  const file = path.join(dataDir, 'ledger.db')
  writeLease(file, { token: 'x', pid: 1, host: `not-${os.hostname()}`, until: Date.now() + 60_000 })
  const first = collector(folder)
  await first.child.line(/another collector holds this DATA_DIR; waiting up to 10 s/)
  expect(await first.collecting).toBe(true)
  const second = collector(folder)
  second.collecting.catch(() => {})
  const { code, stderr } = await second.child.finished
  expect([code, stderr]).toEqual([1, expect.stringContaining('another collector already runs on this DATA_DIR')])
  expect((await first.child.stop()).code).toBe(0)
})

/** Not by the driver, which only the stores import. */
function writeLease(file: string, record: object): void {
  const write = `const Database = require('better-sqlite3')
    new Database(process.argv[1]).prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('collector', ?)").run(process.argv[2])`
  execFileSync(process.execPath, ['-e', write, file, JSON.stringify(record)], { cwd: repositoryRoot })
}
