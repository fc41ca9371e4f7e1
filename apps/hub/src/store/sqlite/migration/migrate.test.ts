import fs from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../../../test/support/temp.ts'
import { migrate } from './migrate.ts'

function empty(): Database.Database {
  const db = new Database(':memory:')
  onTestFinished(() => void db.close())
  return db
}
const version = (db: Database.Database) => db.pragma('user_version', { simple: true })
const tables = (db: Database.Database) => db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all()

it('a file is migrated step by step, each step once', () => {
  const db = empty()
  migrate(db, ['CREATE TABLE a (x)'])
  migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x); INSERT INTO b VALUES (1)'])
  migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x); INSERT INTO b VALUES (1)'])
  expect([version(db), tables(db), db.prepare('SELECT count(*) FROM b').pluck().get()]).toEqual([2, ['a', 'b'], 1])
})

it('a failed step leaves the file unchanged', () => {
  const db = empty()
  migrate(db, ['CREATE TABLE a (x)'])
  expect(() => migrate(db, ['', 'CREATE TABLE b (x)', 'CREATE TABLE oh no'])).toThrow()
  expect([version(db), tables(db)]).toEqual([1, ['a']])
})

it('a file of a newer Signalbox is refused and left unchanged', () => {
  const db = empty()
  migrate(db, ['CREATE TABLE a (x)', ''])
  expect(() => migrate(db, ['CREATE TABLE a (x)'])).toThrow('The hub database is of a newer Signalbox (its version is 2, this one knows 1)')
  expect(version(db)).toBe(2)
})

it('a file of an earlier version is kept as it was, once, and opens with that version', () => {
  const file = path.join(tempFolder(), 'signalbox.db')
  const db = new Database(file)
  onTestFinished(() => void db.close())
  db.pragma('journal_mode = WAL')
  const logged: string[] = []
  const log = (line: string) => void logged.push(line)
  migrate(db, ['CREATE TABLE a (x)'], log)
  db.exec('INSERT INTO a VALUES (7)')
  expect(fs.readdirSync(path.dirname(file)).filter((name) => name.includes('.v'))).toEqual([])
  migrate(db, ['CREATE TABLE a (x)', 'DELETE FROM a'], log)
  migrate(db, ['CREATE TABLE a (x)', 'DELETE FROM a'], log)
  const kept = new Database(`${file}.v1`)
  onTestFinished(() => void kept.close())
  migrate(kept, ['CREATE TABLE a (x)'])
  expect([kept.prepare('SELECT x FROM a').pluck().get(), version(kept), logged.length]).toEqual([7, 1, 1])
  expect(logged[0]).toContain(`${file}.v1`)
  if (process.platform !== 'win32') expect(fs.statSync(`${file}.v1`).mode & 0o777).toBe(0o600)
})

it('a second upgrade after the way back keeps what was written in between', () => {
  const file = path.join(tempFolder(), 'signalbox.db')
  const open = () => {
    const db = new Database(file)
    onTestFinished(() => void db.close())
    return db
  }
  const first = open()
  migrate(first, ['CREATE TABLE a (x)'])
  migrate(first, ['CREATE TABLE a (x)', 'DROP TABLE a'])
  first.close()
  fs.copyFileSync(`${file}.v1`, file)
  const second = open()
  migrate(second, ['CREATE TABLE a (x)'])
  second.exec('INSERT INTO a VALUES (8)')
  migrate(second, ['CREATE TABLE a (x)', 'DROP TABLE a'])
  const kept = new Database(`${file}.v1`)
  onTestFinished(() => void kept.close())
  expect(kept.prepare('SELECT x FROM a').pluck().get()).toBe(8)
  expect(fs.readdirSync(path.dirname(file)).filter((name) => name.includes('.v'))).toEqual(['signalbox.db.v1'])
})
