import type { Connection } from '../connection.ts'
import { createIndexes } from './indexes.ts'

/** Signed-in browsers, and the audit log, whose id is the number of the entry. */
export const signInsAndAudit = (connection: Connection): Promise<void> =>
  createIndexes(connection, [
    ['sign_in', { created_at: 1 }, { name: 'created_at' }],
    ['audit', { action: 1, _id: 1 }, { name: 'action' }],
    ['audit', { at: 1 }, { name: 'at' }],
  ])
