import { HubError } from '../../hub-error.ts'
import type { Change } from '../change.ts'
import { IDEMPOTENCY_TTL_MS } from '../idempotency.ts'
import type { Connection } from './connection.ts'

/** The stored result of an idempotent write. @throws HubError `conflict` when the key was used for another request */
export function storedResult<T>(connection: Connection, { now, idempotency }: Change): { result: T } | undefined {
  if (idempotency === undefined) return undefined
  const stored = connection
    .prepare('SELECT fingerprint, result FROM once WHERE owner = ? AND key = ? AND made_at > ?')
    .get(idempotency.owner, idempotency.key, now - IDEMPOTENCY_TTL_MS) as { fingerprint: string; result: string } | undefined
  if (stored === undefined) return undefined
  if (stored.fingerprint !== idempotency.fingerprint) {
    throw new HubError('conflict', 'This Idempotency-Key was used for another request', {
      suggestion: 'Use a fresh Idempotency-Key for each new request, and the same one only to repeat it.',
    })
  }
  idempotency.replayed = true
  return { result: JSON.parse(stored.result) as T }
}

/** Inside a transaction: the stored result, or the result of the work, which is stored with it. */
export function runIdempotent<T>(connection: Connection, change: Change, work: () => T): T {
  const stored = storedResult<T>(connection, change)
  if (stored !== undefined) return stored.result
  const result = work()
  const { now, idempotency } = change
  if (idempotency === undefined) return result
  connection
    .prepare('INSERT OR REPLACE INTO once (owner, key, fingerprint, result, made_at) VALUES (?, ?, ?, ?, ?)')
    .run(idempotency.owner, idempotency.key, idempotency.fingerprint, JSON.stringify(result ?? null), now)
  return result
}

/** Inside a transaction. @returns rows removed */
export function sweepResults(connection: Connection, now: number): number {
  return connection.prepare('DELETE FROM once WHERE made_at <= ?').run(now - IDEMPOTENCY_TTL_MS).changes
}
