import type { StoreSize } from '@signalbox/contract/store-copy'
import type Database from 'better-sqlite3'

/** The number of rows by kind, of any connection to a hub's database. */
export function countRows(db: Database.Database): StoreSize {
  const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
  return {
    keys: count('key'),
    audit: count('audit'),
    machines: count('machine'),
    sessions: count('session'),
    calls: count('call'),
    readings: count('reading'),
    series: count('limit_day'),
    plans: count('limit_account'),
    collectors: count('collector'),
    alerts: count('alert') + count('channel'),
    events: count('event'),
    answers: count('once'),
  }
}
