import type { Connection } from '../connection.ts'
import { recoveryIndex } from '../core/versioned-document.ts'
import { createIndexes, type Index } from './indexes.ts'

/** Snapshots of the plan limits, and collectors. */
const indexes: readonly Index[] = [
  ['reading', { account: 1, at: 1, reading_id: 1 }, { name: 'account' }],
  ['reading', { at: 1, reading_id: 1 }, { name: 'at' }],
  ['reading', { unfinished: 1 }, { name: 'unfinished' }],
  ['reading', recoveryIndex.key, { name: recoveryIndex.name }],
  ['limit_day', { account: 1, day: 1 }, { name: 'account' }],
  ['collector', recoveryIndex.key, { name: recoveryIndex.name }],
  ['limit_trigger', { step: 1, machine: 1, changed_at: 1 }, { name: 'step' }],
  ['limit_trigger', recoveryIndex.key, { name: recoveryIndex.name }],
]

export const limits = (connection: Connection): Promise<void> => createIndexes(connection, indexes)
