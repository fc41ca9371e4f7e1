import { randomBytes } from 'node:crypto'
import type { Key } from '@signalbox/contract/key'
import type { Scope } from '@signalbox/contract/scope'
import { HubError } from '../../hub-error.ts'
import type { KeyStore, NewKey } from '../key.ts'
import type { Connection } from './connection.ts'
import { behind } from './row.ts'
import type { Writer } from './writer.ts'

export interface KeyRow {
  key_id: string
  name: string
  scopes: string
  prefix: string
  hash: string
  created_at: number
  last_used_at: number | null
  expires_at: number | null
  idle_days: number | null
  revoked_at: number | null
  machine_id: string | null
  project_id: string | null
  revision: number
}

export function keyStore(connection: Connection, writer: Writer): KeyStore {
  const byId = (id: string) => findRow(connection, id)
  return {
    create(key, hash, change) {
      return writer.write(change, ({ now }) => insertKey(connection, key, hash, now))
    },
    async list({ limit, offset, after }) {
      return connection.read(() => {
        const rest = behind(after, { column: 'created_at', descending: true }, 'key_id')
        const rows = connection
          .prepare(`SELECT * FROM key WHERE 1${rest.sql} ORDER BY created_at DESC, key_id LIMIT ? OFFSET ?`)
          .all(...rest.values, limit, offset) as KeyRow[]
        const [total] = connection.rows('SELECT count(*) FROM key').get() as [number]
        return { rows: rows.map(keyOf), total }
      })
    },
    async find(id) {
      const row = connection.read(() => byId(id))
      return row && keyOf(row)
    },
    async findByPrefix(prefix) {
      const rows = connection.read(() => connection.prepare('SELECT * FROM key WHERE prefix = ?').all(prefix)) as KeyRow[]
      return rows.map((row) => ({ key: keyOf(row), hash: row.hash }))
    },
    async any() {
      return connection.read(() => connection.prepare('SELECT 1 FROM key LIMIT 1').get() !== undefined)
    },
    async anyUsable(now) {
      const sql = 'SELECT 1 FROM key WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) LIMIT 1'
      return connection.read(() => connection.prepare(sql).get(now) !== undefined)
    },
    revoke(id, revision, change) {
      return writer.write(change, ({ now }) => {
        const row = byId(id)
        if (row === undefined)
          throw new HubError('not_found', `There is no key ${id}`, { suggestion: 'GET /api/keys lists the keys there are.' })
        if (revision !== undefined && revision !== row.revision) {
          throw new HubError('precondition_failed', `The key is at revision ${row.revision}, not ${revision}`, {
            suggestion: 'Read the key again and decide again.',
            details: { revision: row.revision },
          })
        }
        connection.prepare('UPDATE key SET revoked_at = ?, revision = revision + 1 WHERE key_id = ? AND revoked_at IS NULL').run(now, id)
        return keyOf(byId(id)!)
      })
    },
    touch(id, now) {
      return writer.write({ now }, () => {
        connection
          .prepare(
            'UPDATE key SET last_used_at = ?, expires_at = coalesce(max(expires_at, ? + idle_days * 86400000), expires_at), revision = revision + 1 WHERE key_id = ?',
          )
          .run(now, now, id)
      })
    },
    rebind(from, to, now) {
      return writer.write({ now }, () => {
        connection.prepare('UPDATE key SET machine_id = ?, revision = revision + 1 WHERE machine_id = ?').run(to, from)
      })
    },
    async cookieSecret() {
      const read = () => connection.prepare("SELECT value FROM meta WHERE name = 'cookie_secret'").pluck().get() as string | undefined
      return (
        connection.read(read) ??
        writer.write({ now: 0 }, () => {
          connection
            .prepare("INSERT INTO meta (name, value) VALUES ('cookie_secret', ?) ON CONFLICT DO NOTHING")
            .run(randomBytes(32).toString('base64url'))
          return read()!
        })
      )
    },
  }
}

/** Inserts a key, in a transaction. */
export function insertKey(
  connection: Connection,
  { key_id, name, scopes, prefix, expires_at, idle_days, machine_id, project_id }: NewKey,
  hash: string,
  now: number,
): Key {
  connection
    .prepare(
      'INSERT INTO key (key_id, name, scopes, prefix, hash, created_at, expires_at, idle_days, machine_id, project_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      key_id,
      name,
      JSON.stringify(scopes),
      prefix,
      hash,
      now,
      expires_at === undefined ? null : Date.parse(expires_at),
      idle_days ?? null,
      machine_id ?? null,
      project_id ?? null,
    )
  return keyOf(findRow(connection, key_id)!)
}

function findRow(connection: Connection, id: string): KeyRow | undefined {
  return connection.prepare('SELECT * FROM key WHERE key_id = ?').get(id) as KeyRow | undefined
}

export function keyOf(row: KeyRow): Key {
  return {
    key_id: row.key_id,
    name: row.name,
    scopes: JSON.parse(row.scopes) as Scope[],
    prefix: row.prefix,
    created_at: new Date(row.created_at).toISOString(),
    ...(row.last_used_at === null ? {} : { last_used_at: new Date(row.last_used_at).toISOString() }),
    ...(row.expires_at === null ? {} : { expires_at: new Date(row.expires_at).toISOString() }),
    ...(row.idle_days === null ? {} : { idle_days: row.idle_days }),
    ...(row.machine_id === null ? {} : { machine_id: row.machine_id }),
    ...(row.project_id === null ? {} : { project_id: row.project_id }),
    ...(row.revoked_at === null ? {} : { revoked_at: new Date(row.revoked_at).toISOString() }),
    revision: row.revision,
  }
}
