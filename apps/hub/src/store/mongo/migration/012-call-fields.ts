import type { Collections, Connection } from '../connection.ts'
import { createIndexes } from './indexes.ts'
import { rekeyCalls } from './rekey-calls.ts'

/** So that telemetry finds the call of a request. */
const indexes = [['call', { request: 1 }, { name: 'request' }]] as const

/**
 * The key of a call becomes its message id alone, with the request id in a field of its own. Records with the same message id, which
 * side questions repeat, become one. No transcript is read. Sums by quarter have more fields and are computed again when they are read.
 */
export async function callFields(connection: Collections & Pick<Connection, 'read'>, log: (message: string) => void): Promise<void> {
  await createIndexes(connection, indexes)
  await rekeyCalls(connection, log)
}
