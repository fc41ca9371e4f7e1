import type { ObservedRow } from '../../state/change-set.ts'
import { MAX_OBSERVED_EVENTS } from '../session.ts'
import type { Connection } from './connection.ts'

/** The newest observed events of a session, oldest first. */
export function observedEvents(connection: Connection, id: string, limit: number): ObservedRow[] {
  const sql = 'SELECT * FROM session_event WHERE session_id = ? ORDER BY at DESC, observation_id DESC LIMIT ?'
  return (connection.prepare(sql).all(id, limit) as ObservedRow[]).reverse()
}

/** Stores observed events inside a transaction: each once, and only the newest of each session. */
export function putObservedEvents(connection: Connection, rows: readonly ObservedRow[]): void {
  const insert = connection.prepare('INSERT OR IGNORE INTO session_event (session_id, observation_id, at, data) VALUES (?, ?, ?, ?)')
  const added = new Set<string>()
  for (const { session_id, observation_id, at, data } of rows) {
    if (insert.run(session_id, observation_id, at, data).changes > 0) added.add(session_id)
  }
  for (const id of added) {
    connection
      .prepare(
        `DELETE FROM session_event WHERE session_id = ? AND (at, observation_id) < (
           SELECT at, observation_id FROM session_event WHERE session_id = ? ORDER BY at DESC, observation_id DESC LIMIT 1 OFFSET ${MAX_OBSERVED_EVENTS - 1})`,
      )
      .run(id, id)
  }
}
