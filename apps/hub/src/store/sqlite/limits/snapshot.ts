import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { withSamples } from '../../../limits/day-hours.ts'
import { snapshotId } from '../../../limits/version-file.ts'
import { samplesOf, type WindowSample } from '../../../limits/window-samples.ts'
import type { StoredSnapshot } from '../../limit-snapshot.ts'
import type { Connection } from '../connection.ts'
import type { Transaction } from '../writer.ts'
import { accountOf, recordCollector } from './collector.ts'

/** Inside a transaction: stores a snapshot with all that is derived from it, unless it is stored already. */
export function putSnapshot(connection: Connection, body: SnapshotBody, transaction: Transaction): StoredSnapshot {
  const { now, publish } = transaction
  const { machine_id: machine, account: named, collector: health } = body
  const at = Date.parse(body.lastUpdated)
  if (machine !== undefined) recordCollector(connection, { machine, account: named, health, at: Math.min(at, now) }, transaction)
  const id = snapshotId(body)
  const key = body.idempotencyKey ?? id
  const known = connection
    .prepare('SELECT reading_id AS id, account, at, received_at AS receivedAt, body FROM reading WHERE named = ? AND key = ?')
    .get(named ?? '', key) as { id: string; account: string; at: number; receivedAt: number; body: string } | undefined
  if (known !== undefined) {
    const { body: stored, ...version } = known
    return { version: { ...version, body: JSON.parse(stored) }, fresh: false, number: numberOf(connection, known) }
  }
  const account = named ?? (machine === undefined ? undefined : accountOf(connection, machine)) ?? ''
  const version = { id, account, at, receivedAt: now, body }
  insertSnapshot(connection, version)
  const number = numberOf(connection, version)
  publish({
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

/** Inside a transaction: inserts a new snapshot, and updates the heads, counts and thinned series of its account. */
export function insertSnapshot(connection: Connection, { id, account, at, receivedAt, body }: StoredSnapshot['version']): void {
  connection
    .prepare('INSERT INTO reading (reading_id, account, named, key, at, received_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(id, account, body.account ?? '', body.idempotencyKey ?? id, at, receivedAt, JSON.stringify(body))
  connection
    .prepare(
      `INSERT INTO reading_head (account, machine_id, source, at, reading_id) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET at = excluded.at, reading_id = excluded.reading_id
        WHERE (excluded.at, excluded.reading_id) > (at, reading_id)`,
    )
    .run(account, body.machine_id ?? '', body.source ?? '', at, id)
  connection
    .prepare(
      `INSERT INTO limit_account (account, versions, created, first_at) VALUES (?, 1, 1, ?)
        ON CONFLICT DO UPDATE SET versions = versions + 1, created = created + 1, first_at = min(coalesce(first_at, excluded.first_at), excluded.first_at)`,
    )
    .run(account, receivedAt)
  for (const sample of samplesOf(body)) addSample(connection, account, sample)
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
  // The newest snapshot names the window.
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
