import type { Connection } from '../connection.ts'
import { recoveryIndex } from '../core/versioned-document.ts'
import { createIndexes } from './indexes.ts'

/** Rules, channels, alerts, and the outbox of their messages. */
export const alerts = (connection: Connection): Promise<void> =>
  createIndexes(connection, [
    ['alert', { open_key: 1 }, { name: 'open_key', unique: true }],
    ['alert', recoveryIndex.key, { name: recoveryIndex.name }],
    ['alert', { created_at: -1, _id: 1 }, { name: 'created_at' }],
    ['alert', { state: 1, created_at: -1, _id: 1 }, { name: 'state' }],
    ['alert', { occupies: 1, rule_id: 1 }, { name: 'occupies' }],
    ['alert', { rule_id: 1, subject: 1, closed_at: 1 }, { name: 'subject' }],
    ['alert', { session_id: 1, created_at: -1, _id: 1 }, { name: 'session_id' }],
    ['alert', { machine_id: 1, created_at: -1, _id: 1 }, { name: 'machine_id' }],
    ['alert', { next_at: 1 }, { name: 'next_at' }],
    ['alert', { unspread_at: 1 }, { name: 'unspread_at' }],
    ['alert', { closed_at: 1 }, { name: 'closed_at' }],
    ['channel', recoveryIndex.key, { name: recoveryIndex.name }],
    ['notice', { alert_id: 1, created_at: 1 }, { name: 'alert_id' }],
    ['notice', { channel_id: 1, state: 1, not_before: 1 }, { name: 'channel_id' }],
    ['notice', { message_id: 1 }, { name: 'message_id' }],
    ['message', { channel_id: 1, created_at: -1, _id: 1 }, { name: 'channel_id' }],
    ['message', { channel_id: 1, state: 1, created_at: 1 }, { name: 'state' }],
    ['message', { next_at: 1 }, { name: 'next_at' }],
    ['message', { created_at: 1 }, { name: 'created_at' }],
  ])
