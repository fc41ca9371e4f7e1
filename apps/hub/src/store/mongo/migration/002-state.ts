import type { Connection } from '../connection.ts'
import { recoveryIndex } from '../core/versioned-document.ts'
import { createIndexes, type Index } from './indexes.ts'

/** Sessions with their tasks, machines. */
const indexes: readonly Index[] = [
  // The only record of which session holds a slot; a session without one has a unique text in its place.
  ['session', { slot_key: 1 }, { name: 'slot_key', unique: true }],
  ['session', { 'session.due_at': 1 }, { name: 'due_at' }],
  ['session', { 'session.created_at': -1, _id: 1 }, { name: 'created_at' }],
  ['session', { 'session.status': 1, 'session.created_at': -1, _id: 1 }, { name: 'status' }],
  ['session', { 'session.project_id': 1, 'session.status': 1, 'session.created_at': -1 }, { name: 'project_id' }],
  ['session', { 'session.machine_id': 1, 'session.status': 1, 'session.created_at': -1 }, { name: 'machine_id' }],
  ['session', { 'session.status': 1, 'session.last_heartbeat': 1, _id: 1 }, { name: 'last_heartbeat' }],
  ['session', { 'session.status': 1, 'session.completed_at': 1 }, { name: 'completed_at' }],
  ['session', { 'tasks.status': 1 }, { name: 'task_status' }],
  ['session', recoveryIndex.key, { name: recoveryIndex.name }],
  ['machine', { 'machine.due_at': 1 }, { name: 'due_at' }],
  ['machine', { 'machine.status': 1, _id: 1 }, { name: 'status' }],
  ['machine', recoveryIndex.key, { name: recoveryIndex.name }],
  ['event', { session_id: 1, _id: 1 }, { name: 'session_id' }],
]

export const state = (connection: Connection): Promise<void> => createIndexes(connection, indexes)
