import type { CreateIndexesOptions, IndexDirection } from 'mongodb'
import type { Connection } from '../connection.ts'
import { untoldIndex } from '../untold.ts'

type Index = readonly [collection: string, key: Record<string, IndexDirection>, options: CreateIndexesOptions & { name: string }]

/** Sessions with their tasks, machines. */
const indexes: readonly Index[] = [
  // Who holds a slot is said here and nowhere else; who holds none has a text of its own in its place.
  ['session', { slot_key: 1 }, { name: 'slot_key', unique: true }],
  ['session', { 'session.due_at': 1 }, { name: 'due_at' }],
  ['session', { 'session.created_at': -1, _id: 1 }, { name: 'created_at' }],
  ['session', { 'session.status': 1, 'session.created_at': -1, _id: 1 }, { name: 'status' }],
  ['session', { 'session.project_id': 1, 'session.status': 1, 'session.created_at': -1 }, { name: 'project_id' }],
  ['session', { 'session.machine_id': 1, 'session.status': 1, 'session.created_at': -1 }, { name: 'machine_id' }],
  ['session', { 'session.status': 1, 'session.last_heartbeat': 1, _id: 1 }, { name: 'last_heartbeat' }],
  ['session', { 'session.status': 1, 'session.completed_at': 1 }, { name: 'completed_at' }],
  ['session', { 'tasks.status': 1 }, { name: 'task_status' }],
  ['session', untoldIndex.key, { name: untoldIndex.name }],
  ['machine', { 'machine.due_at': 1 }, { name: 'due_at' }],
  ['machine', { 'machine.status': 1, _id: 1 }, { name: 'status' }],
  ['machine', untoldIndex.key, { name: untoldIndex.name }],
  ['event', { session_id: 1, _id: 1 }, { name: 'session_id' }],
]

export async function state(connection: Connection): Promise<void> {
  // One at a time: FerretDB breaks off when it is given several that are there already.
  for (const [collection, key, options] of indexes) await connection.collection(collection).createIndex(key, options)
}
