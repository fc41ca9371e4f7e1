import type { Connection } from '../connection.ts'
import { createIndexes } from './indexes.ts'

/** Invites of machines; the hash of the code is the id. */
export const invites = (connection: Connection): Promise<void> =>
  createIndexes(connection, [['invite', { expires_at: 1 }, { name: 'expires_at' }]])
