import { type Deletion, MAX_DELETIONS, MAX_REMOVED_SESSIONS, REMOVAL_RETENTION_MS, type RemovedSession } from '../deletion.ts'
import type { Connection } from './connection.ts'

/** The deletions, by which deleted data is refused. */
export function storedDeletions(connection: Connection): Deletion[] {
  return connection.prepare('SELECT kind, name, before FROM deletion').all() as Deletion[]
}

/** Inside a transaction. */
export function addDeletion(connection: Connection, { kind, name, before }: Deletion): void {
  connection
    .prepare('INSERT INTO deletion (kind, name, before) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET before = max(before, excluded.before)')
    .run(kind, name, before)
}

/** As `SessionStore.removedUpTo`. */
export function removedUpTo(connection: Connection, id: string, machine: string, projects: readonly string[]): number {
  const at = connection
    .prepare(
      `SELECT max(at) FROM (
         SELECT at FROM removed_session WHERE session_id = ?
         UNION ALL SELECT before FROM deletion WHERE kind = 'machine' AND name = ?
         UNION ALL SELECT before FROM deletion WHERE kind = 'project' AND name IN (SELECT value FROM json_each(?)))`,
    )
    .pluck()
    .get(id, machine, JSON.stringify(projects)) as number | null
  return at ?? Number.NEGATIVE_INFINITY
}

export function storedRemovals(connection: Connection): RemovedSession[] {
  return connection.prepare('SELECT session_id, at FROM removed_session').all() as RemovedSession[]
}

/** Inside a transaction. */
export function addRemoval(connection: Connection, { session_id, at }: RemovedSession): void {
  connection
    .prepare('INSERT INTO removed_session (session_id, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)')
    .run(session_id, at)
}

/** @returns rows removed */
export function sweepRemovals(connection: Connection, now: number): number {
  const beyond = 'SELECT session_id FROM removed_session ORDER BY at DESC, session_id LIMIT -1 OFFSET ?'
  const old = connection.prepare('DELETE FROM removed_session WHERE at < ?').run(now - REMOVAL_RETENTION_MS).changes
  return (
    old +
    connection.prepare(`DELETE FROM removed_session WHERE session_id IN (${beyond})`).run(MAX_REMOVED_SESSIONS).changes +
    connection
      .prepare(
        'DELETE FROM deletion WHERE (kind, name) IN (SELECT kind, name FROM deletion ORDER BY before DESC, kind, name LIMIT -1 OFFSET ?)',
      )
      .run(MAX_DELETIONS).changes
  )
}
