import type { LimitReading } from '@signalbox/contract/limits'
import { withSamples } from '../../../limits/day-hours.ts'
import { readingId } from '../../../limits/version-file.ts'
import { samplesOf, type WindowSample } from '../../../limits/window-samples.ts'
import type { StoredReading } from '../../store.ts'
import type { Connection } from '../connection.ts'
import type { Transaction } from '../writer.ts'
import { accountOf, hearCollector } from './collector.ts'

/** Inside a transaction: the reading, the newest of its source, its account's counts and the thinned series, or nothing. */
export function putReading(connection: Connection, reading: LimitReading, transaction: Transaction): StoredReading {
  const { now, tell } = transaction
  const { machine_id: machine, account: named, collector: health } = reading
  const at = Date.parse(reading.lastUpdated)
  if (machine !== undefined) hearCollector(connection, { machine, account: named, health, at: Math.min(at, now) }, transaction)
  const id = readingId(reading)
  const key = reading.idempotencyKey ?? id
  const known = connection
    .prepare('SELECT reading_id AS id, account, at, received_at AS receivedAt, body FROM reading WHERE named = ? AND key = ?')
    .get(named ?? '', key) as { id: string; account: string; at: number; receivedAt: number; body: string } | undefined
  if (known !== undefined) {
    const { body, ...version } = known
    return { version: { ...version, reading: JSON.parse(body) }, fresh: false, number: numberOf(connection, known) }
  }
  const account = named ?? (machine === undefined ? undefined : accountOf(connection, machine)) ?? ''
  const version = { id, account, at, receivedAt: now, reading }
  insertReading(connection, version)
  const number = numberOf(connection, version)
  tell({
    event: 'limits.snapshot',
    data: {
      ...(account === '' ? {} : { account }),
      ...(machine === undefined ? {} : { machine_id: machine }),
      lastUpdated: new Date(at).toISOString(),
      version: number,
    },
  })
  return { version, fresh: true, number }
}

/** Inside a transaction, one that is not there. */
export function insertReading(connection: Connection, { id, account, at, receivedAt, reading }: StoredReading['version']): void {
  connection
    .prepare('INSERT INTO reading (reading_id, account, named, key, at, received_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(id, account, reading.account ?? '', reading.idempotencyKey ?? id, at, receivedAt, JSON.stringify(reading))
  connection
    .prepare(
      `INSERT INTO reading_head (account, machine_id, source, at, reading_id) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET at = excluded.at, reading_id = excluded.reading_id
        WHERE (excluded.at, excluded.reading_id) > (at, reading_id)`,
    )
    .run(account, reading.machine_id ?? '', reading.source ?? '', at, id)
  connection
    .prepare(
      `INSERT INTO limit_account (account, versions, created) VALUES (?, 1, 1)
        ON CONFLICT DO UPDATE SET versions = versions + 1, created = created + 1`,
    )
    .run(account)
  for (const sample of samplesOf(reading)) addSample(connection, account, sample)
}

function addSample(connection: Connection, account: string, { key, kind, scope, label, day, sample }: WindowSample): void {
  const hours = connection
    .prepare('SELECT hours FROM limit_day WHERE account = ? AND window = ? AND day = ?')
    .pluck()
    .get(account, key, day) as Buffer | undefined
  const next = withSamples(hours, [sample])
  if (next !== undefined) {
    connection.prepare('INSERT OR REPLACE INTO limit_day (account, window, day, hours) VALUES (?, ?, ?, ?)').run(account, key, day, next)
  }
  // As the newest reading names it.
  connection
    .prepare(
      `INSERT INTO limit_window (account, window, kind, scope, label, at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET scope = excluded.scope, label = excluded.label, at = excluded.at WHERE excluded.at > at`,
    )
    .run(account, key, kind, scope ?? null, label, sample.at)
}

function numberOf(connection: Connection, { account, at, id }: { account: string; at: number; id: string }): number {
  const sql = 'SELECT count(*) FROM reading WHERE account = ? AND (at, reading_id) <= (?, ?)'
  return (connection.rows(sql).get(account, at, id) as [number])[0]
}
