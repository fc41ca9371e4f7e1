import type { Connection } from '../connection.ts'
import { createIndexes, type Index } from './indexes.ts'

/** Usage, keys, events, and results of idempotent writes (`once`). */
const indexes: readonly Index[] = [
  ['event', { cause: 1 }, { name: 'cause', unique: true }],
  ['event', { at: 1 }, { name: 'at' }],
  ['once', { made_at: 1 }, { name: 'made_at' }],
  ['key', { hash: 1 }, { name: 'hash', unique: true }],
  ['key', { prefix: 1 }, { name: 'prefix' }],
  ['key', { created_at: -1, _id: 1 }, { name: 'created_at' }],
  ['call', { quarter: 1 }, { name: 'quarter' }],
]

export const keysEventsUsage = (connection: Connection): Promise<void> => createIndexes(connection, indexes)
