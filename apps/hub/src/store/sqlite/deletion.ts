import type { Deletion } from '../deletion.ts'
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
