import fs from 'node:fs'
import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { someCall } from '../../../test/call.ts'
import { WriteTimes } from '../write-times.ts'
import { openSqliteStore, type SqliteStore } from './open.ts'
import { Writer } from './writer.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')

function open(folder = tempFolder()): SqliteStore {
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  return store
}

/** Counts commits: the writer reports each to the connection. */
function commits(store: SqliteStore): () => number {
  const { connection } = store
  const committed = connection.committed.bind(connection)
  let seen = 0
  connection.committed = () => {
    seen++
    committed()
  }
  return () => seen
}

const calls = async (store: SqliteStore) =>
  (await store.usage.slices({ filter: {}, keep: [], now })).reduce((sum, slice) => sum + slice.calls, 0)

describe('writes', () => {
  it('that arrive in one turn share one commit', async () => {
    const store = open()
    // Preparing the statements takes a part of the time that a commit may work.
    await store.usage.ingest('first', [someCall()], { now })
    const count = commits(store)
    await Promise.all(Array.from({ length: 8 }, (_, n) => store.usage.ingest(`m${n}`, [someCall()], { now })))
    // One, or two where other programs take so much of the time that the first has taken no more work.
    const commitsOfAll = count()
    expect(commitsOfAll).toBeLessThanOrEqual(2)
    await store.usage.ingest('a', [someCall()], { now })
    expect(count()).toBe(commitsOfAll + 1)
  })

  it('of which one fails are stored without that one', async () => {
    const store = open()
    const results = await Promise.allSettled([
      store.usage.ingest('a', [someCall()], { now }),
      store.keys.revoke('unknown', undefined, { now }),
      store.usage.ingest('b', [someCall()], { now }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await calls(store)).toBe(2)
    expect((await store.events.bounds()).last).toBe(2)
  })

  it('fail together when the disk is full, publish nothing, and leave no names in the cache', async () => {
    const store = open()
    await store.usage.ingest('a', [someCall()], { now })
    let published = 0
    store.events.listen(() => published++)
    const { db } = store.connection
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`)
    const batch = () => Array.from({ length: 2_000 }, (_, n) => someCall({ session_id: `a session that is new ${n}` }))
    const results = await Promise.allSettled([
      store.usage.ingest('new', [someCall()], { now }),
      store.usage.ingest('new', batch(), { now }),
    ])
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'database_error', message: 'The disk is full', apiCode: 'STORAGE_WRITE_FAILED' },
      })
    }
    expect([published, await calls(store)]).toEqual([0, 1])
    await expect(store.check()).resolves.toBeUndefined()
    db.pragma('max_page_count = 1000000')
    // With the names of the failed write in the cache, these rows would refer to missing names.
    await store.usage.ingest('new', batch(), { now })
    const slices = await store.usage.slices({ filter: { machine: 'new' }, keep: ['session', 'machine'], now })
    expect(new Set(slices.map(({ session }) => session)).size).toBe(2_000)
    expect(published).toBe(1)
  })

  it('of another process are read, with their names', async () => {
    const folder = tempFolder()
    const [one, two] = [open(folder), open(folder)]
    for (let n = 0; n < 4; n++) {
      await one.usage.ingest('a', [someCall({ cwd: `one ${n}` })], { now })
      await two.usage.ingest('a', [someCall({ cwd: `two ${n}` })], { now })
    }
    for (const store of [one, two]) {
      const projects = (await store.usage.slices({ filter: {}, keep: ['project'], now })).map(({ project }) => project)
      expect(projects.sort()).toEqual(['one 0', 'one 1', 'one 2', 'one 3', 'two 0', 'two 1', 'two 2', 'two 3'])
    }
  })

  it('that meet a lock fail together with a reason, and later ones succeed', async () => {
    const store = open()
    store.connection.db.pragma('busy_timeout = 1')
    const other = new Database(path.join(path.dirname(store.connection.path), 'signalbox.db'))
    onTestFinished(() => void other.close())
    other.exec('BEGIN IMMEDIATE')
    const results = await Promise.allSettled([1, 2, 3].map(() => store.usage.ingest('a', [someCall()], { now })))
    for (const result of results) {
      expect(result).toMatchObject({ reason: { code: 'database_error', message: 'The hub database is locked by another program' } })
    }
    other.exec('ROLLBACK')
    await store.usage.ingest('a', [someCall()], { now })
    expect(await calls(store)).toBe(1)
  })

  it('that fail after they published an event leave no event', async () => {
    const store = open()
    const published: string[] = []
    const writer = new Writer(
      store.connection,
      (events) => published.push(...events.map(({ data }) => String(data.n))),
      () => {},
      new WriteTimes(),
    )
    const write = (n: number, fails: boolean) =>
      writer.write({ now }, (transaction) => {
        transaction.publish({ event: 'usage.updated', data: { n } })
        if (fails) throw new Error('no')
      })
    const results = await Promise.allSettled([write(1, false), write(2, true), write(3, false)])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(published).toEqual(['1', '3'])
    expect((await store.events.latest({ limit: 9 })).map(({ data }) => data.n)).toEqual([1, 3])
  })

  it('go to an older copy that replaced the file, by its own numbers', async () => {
    const store = open()
    const file = store.connection.path
    const id = store.id
    const ingest = (project: string) => store.usage.ingest('a', [someCall({ cwd: project })], { now })
    await ingest('first')
    store.connection.db.pragma('wal_checkpoint(TRUNCATE)')
    fs.copyFileSync(file, `${file}.copy`)
    await ingest('lost')
    for (const name of [file, `${file}-wal`, `${file}-shm`]) fs.rmSync(name, { force: true })
    fs.copyFileSync(`${file}.copy`, file)
    await ingest('new')
    await ingest('lost')
    const slices = await store.usage.slices({ filter: {}, keep: ['project'], now })
    expect(slices.map(({ project, calls }) => [project, calls]).sort()).toEqual([
      ['first', 1],
      ['lost', 1],
      ['new', 1],
    ])
    expect(store.id).toBe(id)
  })

  it('do not go to a file of a newer Signalbox that replaced it', async () => {
    const store = open()
    await store.usage.ingest('a', [someCall()], { now })
    const file = store.connection.path
    for (const name of [file, `${file}-wal`, `${file}-shm`]) fs.rmSync(name, { force: true })
    const newer = new Database(file)
    newer.pragma('user_version = 999')
    newer.close()
    for (let n = 0; n < 2; n++) {
      await expect(store.usage.ingest('a', [someCall()], { now })).rejects.toThrow('The hub database is of a newer Signalbox')
      await expect(store.check()).rejects.toThrow('The hub database is of a newer Signalbox')
    }
    fs.rmSync(file)
    await expect(store.check()).rejects.toThrow('The file of the hub database is gone')
  })

  it('that are queued when the store closes are stored', async () => {
    const folder = tempFolder()
    const store = openSqliteStore({ folder, prices: defaultPriceTable() })
    const write = store.usage.ingest('a', [someCall()], { now })
    await store.close()
    await write
    expect(await calls(open(folder))).toBe(1)
  })
})
