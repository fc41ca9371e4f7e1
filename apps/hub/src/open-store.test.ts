import fs from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { readConfig } from './config.ts'
import { openStore } from './open-store.ts'
import { formatStartError } from './start-error.ts'

const silent = { info: () => {}, warn: () => {} }

/** The line that a hub with this DATA_DIR prints when it does not start. */
async function refusal(dataDir: string): Promise<string | undefined> {
  const env = { DATA_DIR: dataDir }
  return openStore(readConfig(env), silent).then(
    () => 'it starts',
    (error: unknown) => formatStartError(error, env),
  )
}

it('the folder of another hub is refused until that hub ends', async () => {
  const folder = tempFolder()
  const { store, releaseLock } = await openStore(readConfig({ DATA_DIR: folder }), silent)
  expect(await refusal(folder)).toContain(`Another hub uses ${folder} already`)
  await store.close()
  releaseLock()
  const again = await openStore(readConfig({ DATA_DIR: folder }), silent)
  await again.store.close()
  again.releaseLock()
})

it('a folder that is a file, or below one, is refused', async () => {
  const file = path.join(tempFolder(), 'file')
  fs.writeFileSync(file, '')
  expect(await refusal(file)).toContain('is not a folder')
  expect(await refusal(path.join(file, 'below'))).toContain('is not a folder')
})

// root may write everywhere.
it.skipIf(process.getuid?.() === 0)('a folder that is not writable is refused', async () => {
  const closed = tempFolder()
  fs.chmodSync(closed, 0o500)
  expect(await refusal(closed)).toMatch(/DATA_DIR/)
})

it('a full disk is named as such, also by the database', () => {
  const db = new Database(path.join(tempFolder(), 'hub.lock'))
  db.pragma('max_page_count = 1')
  const error = (() => {
    try {
      db.exec('CREATE TABLE one (a); CREATE TABLE two (a)')
    } catch (error) {
      return error
    } finally {
      db.close()
    }
  })()
  expect(formatStartError(error, {})).toBe('The disk that holds DATA_DIR is full. Free some space, or set DATA_DIR to another folder.')
})

it('a store that is damaged is refused', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'signalbox.db'), 'this is not a database, and long enough to be sure of it'.repeat(100))
  expect(await refusal(folder)).toMatch(/The file is not a hub database\. .*copy/)
})

it('an address of another machine is named with its setting', async () => {
  const error = await new Promise((resolve) => createServer().on('error', resolve).listen(0, '192.0.2.1'))
  expect(formatStartError(error, { HOST: '192.0.2.1' })).toMatch(/HOST is 192\.0\.2\.1, which is no address of this machine/)
})
