import { MAX_SIGN_INS, type SignInRecord, type SignInStore } from '../sign-in.ts'
import type { Connection } from './connection.ts'
import { behind, insertRow } from './row.ts'
import type { Writer } from './writer.ts'

interface SignInRow {
  sign_in_id: string
  key_id: string
  key_name: string
  created_at: number
  last_used_at: number
  expires_at: number
  address: string
  client: string | null
}

export function signInStore(connection: Connection, writer: Writer): SignInStore {
  return {
    create(signIn, change) {
      return writer.write(change, () => {
        insertRow(connection, 'sign_in', rowOf(signIn))
        const beyond = 'SELECT sign_in_id FROM sign_in ORDER BY created_at DESC, sign_in_id LIMIT -1 OFFSET ?'
        connection.prepare(`DELETE FROM sign_in WHERE sign_in_id IN (${beyond})`).run(MAX_SIGN_INS)
      })
    },
    async find(id) {
      const row = connection.read(() => connection.prepare('SELECT * FROM sign_in WHERE sign_in_id = ?').get(id)) as SignInRow | undefined
      return row && recordOf(row)
    },
    async list({ key_id = null, limit, offset, after }) {
      return connection.read(() => {
        const rest = behind(after, { column: 'created_at', descending: true }, 'sign_in_id')
        const rows = connection
          .prepare(`SELECT * FROM sign_in WHERE (? IS NULL OR key_id = ?)${rest.sql} ORDER BY created_at DESC, sign_in_id LIMIT ? OFFSET ?`)
          .all(key_id, key_id, ...rest.values, limit, offset) as SignInRow[]
        const [total] = connection.rows('SELECT count(*) FROM sign_in WHERE (? IS NULL OR key_id = ?)').get(key_id, key_id) as [number]
        return { rows: rows.map(recordOf), total }
      })
    },
    touch(id, now) {
      return writer.write({ now }, () => {
        connection.prepare('UPDATE sign_in SET last_used_at = ? WHERE sign_in_id = ?').run(now, id)
      })
    },
    end(id, change) {
      return writer.write(change, () => connection.prepare('DELETE FROM sign_in WHERE sign_in_id = ?').run(id).changes === 1)
    },
    endAll({ key_id = null, except = '' }, change) {
      return writer.write(
        change,
        () =>
          connection.prepare('DELETE FROM sign_in WHERE (? IS NULL OR key_id = ?) AND sign_in_id <> ?').run(key_id, key_id, except).changes,
      )
    },
    sweep(now, unusedSince) {
      return writer.write(
        { now },
        () => connection.prepare('DELETE FROM sign_in WHERE expires_at <= ? OR last_used_at <= ?').run(now, unusedSince).changes,
      )
    },
  }
}

/** For a copy of the store. */
export function storedSignIns(connection: Connection): SignInRecord[] {
  return (connection.prepare('SELECT * FROM sign_in').all() as SignInRow[]).map(recordOf)
}

/** Only a store without sign-ins takes those of another: one that was ended here must not come back. */
export function takeSignIns(connection: Connection, signIns: readonly SignInRecord[]): void {
  if (connection.prepare('SELECT 1 FROM sign_in LIMIT 1').get() !== undefined) return
  for (const signIn of signIns) insertRow(connection, 'sign_in', rowOf(signIn))
}

function rowOf({ created_at, last_used_at, expires_at, client, ...rest }: SignInRecord) {
  return {
    ...rest,
    created_at: Date.parse(created_at),
    last_used_at: Date.parse(last_used_at),
    expires_at: Date.parse(expires_at),
    client: client ?? null,
  }
}

function recordOf({ created_at, last_used_at, expires_at, client, ...row }: SignInRow): SignInRecord {
  return {
    ...row,
    created_at: new Date(created_at).toISOString(),
    last_used_at: new Date(last_used_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
    ...(client === null ? {} : { client }),
  }
}
