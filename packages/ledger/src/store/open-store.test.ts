import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { run } from '../../../../test/support/child.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openLedger } from '../ledger.ts'
import { LedgerError, toLedgerError } from '../ledger-error.ts'
import { callLine, ledgerFixture, lines } from '../ledger-fixture.ts'
import { openLedgerStore } from './ledger-store.ts'
import { openStore } from './open-store.ts'

function errorOf(work: () => unknown): LedgerError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(LedgerError)
    return error as LedgerError
  }
  throw new Error('there was no error')
}

test('a missing folder is created, readable for this user only', () => {
  const dataDir = path.join(tempFolder(), 'some/where')
  openLedger({ dataDir }).close()
  expect(existsSync(path.join(dataDir, 'ledger.db'))).toBe(true)
  if (process.platform !== 'win32') expect(statSync(dataDir).mode & 0o077).toBe(0)
})

test('a folder without write permission gives an error with a suggestion', async () => {
  const folder = tempFolder()
  mkdirSync(path.join(folder, 'locked'), { mode: 0o555 })
  chmodSync(folder, 0o755)
  const dataDir = path.join(folder, 'locked/data')
  const program = `
    // Root can write everywhere, so the test runs as another user.
    if (process.getuid?.() === 0) process.setuid(65534)
    const { openLedger } = await import(${JSON.stringify(path.join(import.meta.dirname, '../index.ts'))})
    try { openLedger({ dataDir: ${JSON.stringify(dataDir)} }) } catch ({ name, code, message, suggestion }) {
      console.log(JSON.stringify({ name, code, message, suggestion }))
    }`
  if (process.platform === 'win32') return
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program])
  const { name, code, message, suggestion } = JSON.parse(stdout)
  expect({ name, code }).toEqual({ name: 'LedgerError', code: 'no_permission' })
  expect(message).toContain(path.join(dataDir, 'ledger.db'))
  expect(suggestion).toContain('DATA_DIR')
})

test('an error of the disk says that it is full where it is', () => {
  const error = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_SHMSIZE' })
  expect(toLedgerError(error, '/d/ledger.db', () => 4096)).toMatchObject({
    code: 'disk_full',
    message: expect.stringContaining('No space'),
  })
  expect(toLedgerError(error, '/d/ledger.db', () => 2 ** 30).code).toBe('failed')
  expect(toLedgerError(error, '/d/ledger.db', () => undefined).code).toBe('failed')
})

test('a folder that cannot be created gives an error with a suggestion', () => {
  const error = Object.assign(new Error('ENOENT: no such file or directory, mkdir'), { code: 'ENOENT' })
  expect(toLedgerError(error, '/d/ledger.db')).toMatchObject({ code: 'no_permission', suggestion: expect.stringContaining('DATA_DIR') })
})

test('a ledger that is a folder, or below a file, gives an error', () => {
  const folder = tempFolder()
  mkdirSync(path.join(folder, 'ledger.db'))
  expect(errorOf(() => openLedger({ dataDir: folder })).code).toBe('no_permission')
  writeFileSync(path.join(folder, 'file'), '')
  expect(errorOf(() => openLedger({ dataDir: path.join(folder, 'file/data') })).message).toContain('ledger.db')
})

test('a file that is not a ledger stays unchanged, and the error has a suggestion', () => {
  const dataDir = tempFolder()
  const file = path.join(dataDir, 'ledger.db')
  writeFileSync(file, 'this is not a database, it is a letter to my grandmother'.repeat(40))
  const before = readFileSync(file)
  const { code, message, suggestion } = errorOf(() => openLedger({ dataDir }))
  expect(code).toBe('damaged')
  expect(message).toContain(file)
  expect(suggestion).toMatch(/Do not delete it.*Rename it/s)
  expect(readFileSync(file).equals(before)).toBe(true)
})

test("another program's database stays unchanged", () => {
  const dataDir = tempFolder()
  const other = new Database(path.join(dataDir, 'ledger.db'))
  other.exec('CREATE TABLE recipes (name TEXT)')
  other.close()
  expect(errorOf(() => openLedger({ dataDir })).code).toBe('damaged')
  const again = new Database(path.join(dataDir, 'ledger.db'), { readonly: true })
  expect(again.prepare('SELECT name FROM sqlite_master').pluck().all()).toEqual(['recipes'])
  again.close()
})

test('damage in the middle of a ledger gives an error when it is read', async () => {
  const { write, refresh, dataDir, reopen, ledger } = ledgerFixture()
  write('s.jsonl', lines(...Array.from({ length: 3_000 }, (_, nth) => callLine({ id: `msg_m${nth}` }))))
  await refresh()
  ledger.close()
  const file = path.join(dataDir, 'ledger.db')
  const bytes = readFileSync(file)
  bytes.fill(0x5a, 8_192)
  writeFileSync(file, bytes)
  const error = errorOf(() => {
    const damaged = reopen()
    damaged.status()
    damaged.report({ group: 'day', timezone: 'UTC' })
  })
  expect(error.code).toBe('damaged')
})

test('a ledger of a newer version stays unchanged', () => {
  const dataDir = tempFolder()
  openLedger({ dataDir }).close()
  const file = path.join(dataDir, 'ledger.db')
  const newer = new Database(file)
  newer.pragma('user_version = 999')
  newer.close()
  const { code, message, suggestion } = errorOf(() => openLedger({ dataDir }))
  expect(code).toBe('newer')
  expect(message).toContain('999')
  expect(suggestion).toContain('Update')
})

test('a full disk gives an error and rolls the transaction back; with space again nothing is missing', async () => {
  const { write, append, refresh, dataDir, ledger, content } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_first' })))
  await refresh()
  ledger.close()
  const before = content()
  append('s.jsonl', lines(...Array.from({ length: 3_000 }, (_, nth) => callLine({ id: `msg_m${nth}` }))))
  // The page limit of SQLite gives the same error as a full disk, in the same place.
  const store = openLedgerStore(dataDir)
  store.db.pragma(`max_page_count = ${(store.db.pragma('page_count', { simple: true }) as number) + 4}`)
  const { refresh: refreshStore } = await import('../refresh.ts')
  const roots = [path.join(dataDir, '../projects')]
  await expect(refreshStore(store, { roots }, Date.now)).rejects.toMatchObject({ name: 'LedgerError', code: 'disk_full' })
  await expect(refreshStore(store, { roots, threads: 2 }, Date.now)).rejects.toMatchObject({ code: 'disk_full' })
  expect(content()).toEqual(before)
  store.db.pragma('max_page_count = 100000')
  // The same store continues to work: ids that were rolled back are not cached.
  expect(await refreshStore(store, { roots }, Date.now)).toMatchObject({ calls_new: 3_000 })
  store.close()
})

test('a write waits for another process that is writing', async () => {
  const { dataDir, refresh, write } = ledgerFixture()
  write('s.jsonl', lines(callLine()))
  const other = openStore(path.join(dataDir, 'ledger.db'))
  other.exec('BEGIN IMMEDIATE')
  // The other writer is in this process, so it has to finish before the wait begins.
  other.exec('COMMIT')
  expect(await refresh()).toMatchObject({ calls_new: 1 })
  other.close()
})
