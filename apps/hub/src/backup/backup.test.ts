import fs from 'node:fs'
import path from 'node:path'
import type { BackupStep } from '@signalbox/contract/backup'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import Database from 'better-sqlite3'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { someCall } from '../../test/call.ts'
import { openMongoStore } from '../store/mongo/open.ts'
import { lockFolder } from '../store/sqlite/lock.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import { checkBackup } from './check-backup.ts'
import { makeBackup } from './make-backup.ts'
import { listBackups } from './manifest.ts'
import { restoreBackup } from './restore-backup.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const prices = defaultPriceTable()
const now = Date.parse('2026-11-30T12:00:00Z')
const yes = () => Promise.resolve()

function openStore(folder: string) {
  const store = openSqliteStore({ folder, prices })
  onTestFinished(() => store.close())
  return store
}

/** A data folder with `count` calls in its store, which stays open, a key of secrets and a ledger. */
async function dataFolder(count = 3) {
  const folder = tempFolder()
  const store = openStore(folder)
  await store.usage.ingest(
    'box',
    Array.from({ length: count }, (_, n) => someCall({ key: `msg_${n}:`, output: 100 + n })),
    { now },
  )
  fs.writeFileSync(path.join(folder, 'secret.key'), 'first', { mode: 0o600 })
  const ledger = new Database(path.join(folder, 'ledger.db'))
  ledger.exec('CREATE TABLE x (y); INSERT INTO x VALUES (1)')
  ledger.close()
  return { folder, store }
}

const restore = (from: string, to: string) => restoreBackup({ from, to, confirm: yes, trial: false, lockWaitMs: 100 })
const backupOf = (dataDir: string, to: string, options: Partial<Parameters<typeof makeBackup>[0]> = {}) =>
  makeBackup({ source: { dataDir }, to, check: false, version: '1.2.3', ...options })

const tokensOf = async (store: ReturnType<typeof openStore>) =>
  buildReport({ group: 'month', timezone: 'UTC', table: prices, slices: await store.usage.slices({ filter: {}, keep: [], now }) }).totals
    .total_tokens

it('is made while the store is written, checked by a hub on a copy, and restored as one moment', async () => {
  const { folder, store } = await dataFolder()
  const to = path.join(tempFolder(), 'backups')
  let writing = true
  let written = 3
  const writer = (async () => {
    for (; writing; written++) await store.usage.ingest('box', [someCall({ key: `msg_${written}:`, output: 100 + written })], { now })
  })()
  const stopWriting = ({ what }: BackupStep) => {
    if (what === 'checking') writing = false
  }
  const made = await backupOf(folder, to, { check: true, onStep: stopWriting })
  await writer
  const { calls } = made.manifest.counts
  expect(calls).toBeGreaterThanOrEqual(3)
  expect(calls).toBeLessThanOrEqual(written)
  expect(made.manifest.totals.calls).toBe(calls)
  expect(made.manifest.files.map(({ name }) => name)).toEqual(['ledger.db', 'secret.key', 'signalbox.db'])
  expect(fs.readdirSync(to)).toEqual([path.basename(made.folder)])
  if (process.platform !== 'win32')
    for (const name of fs.readdirSync(made.folder)) expect(fs.statSync(path.join(made.folder, name)).mode & 0o77).toBe(0)

  await store.close()
  const restored = await restore(made.folder, folder)
  expect(restored.restored).toEqual(['signalbox.db'])
  expect(restored.kept).toEqual([path.join(folder, 'signalbox.db.before-restore')])
  const again = openStore(folder)
  expect((await again.copy.size()).calls).toBe(calls)
  expect(await tokensOf(again)).toBe(made.manifest.totals.tokens)
  expect(again.id).not.toBe(made.manifest.store_id)
})

it('of a new machine is restored with its ledger and its key of secrets', async () => {
  const { folder } = await dataFolder()
  const made = await backupOf(folder, tempFolder())
  const to = path.join(tempFolder(), 'new')
  const restored = await restore(made.folder, to)
  expect(restored).toMatchObject({ restored: ['ledger.db', 'secret.key', 'signalbox.db'], kept: [], left: [] })
  expect(fs.readFileSync(path.join(to, 'secret.key'), 'utf8')).toBe('first')
  expect((await openStore(to).copy.size()).calls).toBe(3)
})

it('keeps a file that it replaces, twice too, and says which it left', async () => {
  const { folder, store } = await dataFolder()
  const made = await backupOf(folder, tempFolder(), { source: { dataDir: folder, priceFile: priceFile() } })
  await store.close()
  fs.writeFileSync(path.join(folder, 'secret.key'), 'second')
  const first = await restore(made.folder, folder)
  expect(first.left.map(({ name }) => name)).toEqual(['ledger.db', 'prices.json'])
  expect(fs.readFileSync(path.join(folder, 'secret.key.before-restore'), 'utf8')).toBe('second')
  const second = await restore(made.folder, folder)
  expect(second.left.map(({ name }) => name)).toEqual(['ledger.db', 'prices.json', 'secret.key'])
  expect(second.kept).toEqual([path.join(folder, 'signalbox.db.before-restore-2')])
})

function priceFile(): string {
  const file = path.join(tempFolder(), 'mine.json')
  fs.writeFileSync(file, '{}')
  return file
}

it('is refused when a file of it is cut, changed or missing, and then nothing is replaced', async () => {
  const { folder, store } = await dataFolder()
  const made = await backupOf(folder, tempFolder())
  await store.close()
  const database = path.join(made.folder, 'signalbox.db')
  const whole = fs.readFileSync(database)
  const before = fs.readFileSync(path.join(folder, 'signalbox.db'))
  const attempt = () => restore(made.folder, folder)
  fs.writeFileSync(database, whole.subarray(0, whole.length - 100))
  await expect(attempt()).rejects.toThrow('its content has changed since')
  const flipped = Buffer.from(whole)
  flipped[whole.length - 50]! ^= 1
  fs.writeFileSync(database, flipped)
  await expect(attempt()).rejects.toThrow('its content has changed since')
  fs.rmSync(database)
  await expect(attempt()).rejects.toThrow('signalbox.db is missing')
  fs.writeFileSync(database, whole)
  fs.rmSync(path.join(made.folder, 'manifest.json'))
  await expect(attempt()).rejects.toThrow('is not a backup')
  expect(fs.readFileSync(path.join(folder, 'signalbox.db')).equals(before)).toBe(true)
})

it('of a newer Signalbox is refused', async () => {
  const { folder } = await dataFolder()
  const made = await backupOf(folder, tempFolder())
  const file = path.join(made.folder, 'manifest.json')
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as object
  fs.writeFileSync(file, JSON.stringify({ ...manifest, migration: 9_999 }))
  await expect(checkBackup(made.folder)).rejects.toThrow('Update Signalbox')
  fs.writeFileSync(file, JSON.stringify({ ...manifest, format: 2 }))
  await expect(checkBackup(made.folder)).rejects.toThrow('Update Signalbox')
  fs.writeFileSync(file, JSON.stringify({ ...manifest, totals: { calls: 3, tokens: 1 } }))
  await expect(checkBackup(made.folder, { trial: false })).rejects.toThrow('does not hold what its manifest says')
  fs.writeFileSync(file, JSON.stringify({ ...manifest, files: [{ name: '../signalbox.db', bytes: 1, sha256: '0'.repeat(64) }] }))
  await expect(checkBackup(made.folder)).rejects.toThrow('is damaged')
})

it('replaces nothing that a hub uses, and nothing that is not confirmed', async () => {
  const { folder, store } = await dataFolder()
  const made = await backupOf(folder, tempFolder())
  await store.close()
  const refuse = () => Promise.reject(new Error('no'))
  await expect(restoreBackup({ from: made.folder, to: folder, confirm: refuse, trial: false })).rejects.toThrow('no')
  expect(fs.readdirSync(folder).filter((name) => /restor/.test(name))).toEqual([])
  const release = await lockFolder(folder, () => {}, 0)
  await expect(restore(made.folder, folder)).rejects.toThrow(`A hub uses ${folder}`)
  release!()
})

it('restores a database file alone, as Litestream writes one, with an id of its own, and leaves nothing beside it', async () => {
  const { folder, store } = await dataFolder()
  const parent = tempFolder()
  const file = path.join(parent, 'then.db')
  await store.connection.db.backup(file)
  await store.usage.ingest('box', [someCall({ key: 'later:', output: 1 })], { now })
  await store.close()
  const { made_at, restored, kept } = await restore(file, folder)
  expect([restored, kept]).toEqual([['signalbox.db'], [path.join(folder, 'signalbox.db.before-restore')]])
  expect(Date.parse(made_at)).toBe(now)
  expect(fs.readdirSync(parent)).toEqual(['then.db'])
  const again = openStore(folder)
  expect((await again.copy.size()).calls).toBe(3)
  expect(again.id).not.toBe(store.id)
  fs.writeFileSync(file, 'rubbish that is no database, long enough to be read as a header of one, and longer still')
  await expect(restore(file, tempFolder())).rejects.toThrow('is not a hub database')
  expect(fs.readdirSync(parent)).toEqual(['then.db'])
})

it('restores over a damaged database, whose files stay', async () => {
  const { folder, store } = await dataFolder()
  const made = await backupOf(folder, tempFolder())
  await store.close()
  fs.writeFileSync(
    path.join(folder, 'signalbox.db'),
    'rubbish that is no database, long enough to be read as a header of one, and longer still',
  )
  fs.writeFileSync(path.join(folder, 'signalbox.db-wal'), 'rubbish')
  await restore(made.folder, folder)
  expect((await openStore(folder).copy.size()).calls).toBe(3)
  expect(fs.readdirSync(folder)).toContain('signalbox.db.before-restore')
})

it('of a damaged database is refused with its name, and leaves nothing', async () => {
  const { folder, store } = await dataFolder()
  await store.close()
  const to = tempFolder()
  const file = path.join(folder, 'signalbox.db')
  const whole = fs.readFileSync(file)
  const pages = whole.length / 4096
  for (const [from, end] of [
    [0, 1],
    [2, pages],
    [pages - 1, pages],
  ] as const) {
    fs.writeFileSync(file, Buffer.from(whole).fill(0xa5, from * 4096, end * 4096))
    await expect(backupOf(folder, to, { check: true })).rejects.toThrow(`${file} is damaged`)
  }
  expect(fs.readdirSync(to)).toEqual([])
  await expect(backupOf(folder, file)).rejects.toThrow(`${file} cannot be made a folder`)
})

it('removes what killed backups left a day ago, and nothing of one that goes on', async () => {
  const { folder } = await dataFolder()
  const to = tempFolder()
  const [killed, check, going] = ['20261130T010000Z.0123abcd.tmp', 'check-aB3xY9', '20261201T010000Z.0123abcd.tmp']
  for (const name of [killed, check, going]) fs.mkdirSync(path.join(to, `.signalbox-${name}`))
  const yesterday = new Date(Date.now() - 25 * 3_600_000)
  for (const name of [killed, check]) fs.utimesSync(path.join(to, `.signalbox-${name}`), yesterday, yesterday)
  const made = await backupOf(folder, to)
  expect(fs.readdirSync(to).sort()).toEqual([`.signalbox-${going}`, path.basename(made.folder)])
})

it('removes the oldest of more than are kept, and no folder of others', async () => {
  const { folder } = await dataFolder()
  const to = tempFolder()
  fs.mkdirSync(path.join(to, 'signalbox-20200101T000000Z'))
  fs.writeFileSync(path.join(to, 'notes.txt'), '')
  const folders = []
  for (let n = 0; n < 3; n++) folders.push((await backupOf(folder, to)).folder)
  expect(new Set(folders).size).toBe(3)
  const last = await backupOf(folder, to, { keep: 2 })
  expect(last.removed).toHaveLength(2)
  expect(listBackups(to)).toHaveLength(2)
  expect(fs.readdirSync(to)).toEqual(expect.arrayContaining(['signalbox-20200101T000000Z', 'notes.txt', path.basename(last.folder)]))
})

it.each(['copying', 'checking'] as const)('leaves nothing when it is stopped while %s', async (step) => {
  const { folder } = await dataFolder()
  const to = tempFolder()
  const stop = new AbortController()
  const onStep = ({ what }: BackupStep) => {
    if (what === step) stop.abort()
  }
  await expect(backupOf(folder, to, { check: true, signal: stop.signal, onStep })).rejects.toThrow('There is no backup')
  expect(fs.readdirSync(to)).toEqual([])
})

it('needs a hub database, and leaves nothing half-made', async () => {
  const to = tempFolder()
  await expect(backupOf(tempFolder(), to)).rejects.toThrow('There is no signalbox.db in')
  const { folder } = await dataFolder()
  fs.writeFileSync(path.join(folder, 'ledger.db'), 'rubbish that is no database at all')
  await expect(backupOf(folder, to)).rejects.toThrow()
  expect(fs.readdirSync(to)).toEqual([])
})

it('of a MongoDB is the same kind of folder, and goes back into a MongoDB', async () => {
  const uri = await databaseForStore()
  const store = await openMongoStore({ uri, prices })
  await store.usage.ingest('box', [someCall({ key: 'msg_1:', output: 7 })], { now })
  const made = await makeBackup({ source: { dataDir: tempFolder(), mongoUri: uri }, to: tempFolder(), check: false, version: '1.2.3' })
  expect(made.manifest).toMatchObject({ source: 'mongodb', store_id: store.id, totals: { calls: 1 } })
  await store.close()
  await expect(restoreBackup({ from: made.folder, to: 'mongodb://x', mongoUri: uri, confirm: yes, trial: false })).rejects.toThrow(
    'is not empty',
  )
  const other = await databaseForStore()
  await restoreBackup({ from: made.folder, to: 'mongodb://x', mongoUri: other, confirm: yes, trial: false })
  const restored = await openMongoStore({ uri: other, prices })
  onTestFinished(() => restored.close())
  expect((await restored.copy.size()).calls).toBe(1)
  // The backup is as it was.
  await checkBackup(made.folder, { trial: false })
})
