import { randomUUID } from 'node:crypto'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, vi } from 'vitest'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { fleetOf } from '../../../test/fleet.ts'
import { openHub } from '../../../test/open-hub.ts'
import { markFailed } from '../../state/session.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { openMongoStore } from './open.ts'
import type { SessionDocument } from './session.ts'
import type { PlaceDocument } from './task.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)
vi.setConfig({ testTimeout: 300_000 })

/** With many tasks, which are put there at once: a request for each would take minutes. What counts is in `room.test.ts`. */
async function sessionWith(count: number, words: Partial<TaskRecord>) {
  // The server of the tests reads every document of a collection for most questions.
  const uri = `${await freshDatabase()}?socketTimeoutMS=240000`
  const store = await openMongoStore({ uri, prices: defaultPriceTable() })
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' }, store })
  const fleet = fleetOf(hub)
  const { session_id } = await fleet.session()
  const now = hub.clock.now()
  const made = { started_at: null, completed_at: null, created_at: now, updated_at: now, status: 'pending', revision: 1 } as const
  const named = { task_name: 'a task', project_id: 'p', github_issue_id: null, error_message: null, metadata: '{}' }
  const tasks = Array.from({ length: count }, (): TaskRecord => ({ task_id: randomUUID(), session_id, ...made, ...named, ...words }))
  await store.connection.collection<SessionDocument>('session').updateOne({ _id: session_id }, { $set: { tasks } })
  await store.connection.collection<PlaceDocument>('task_place').insertMany(tasks.map(({ task_id: _id }) => ({ _id, session_id })))
  return { hub, fleet, store, session_id, now }
}

const long = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - 11) })

it('one task more than 12 MiB of them is refused with what to do next, and nothing is written', async () => {
  const { hub, fleet, store, session_id } = await sessionWith(800, { metadata: long(15_121) })
  const before = await fleet.read(session_id)
  const answer = await hub.ask('POST', '/tasks', { payload: { session_id, task_name: 'one more' } })
  expect(answer.json()).toMatchObject({
    statusCode: 413,
    error: 'payload_too_large',
    message: 'The tasks of this session would be larger than 12 MiB together',
    suggestion: 'Begin another session, or keep large things elsewhere than in the metadata of tasks.',
    details: { limit_bytes: 12 * 1024 * 1024 },
  })
  expect(await fleet.read(session_id)).toEqual(before)
  expect(await store.connection.collection('task_place').countDocuments({})).toBe(800)
})

it('a session that is full is ended with all its tasks, by whatever name, and every one of them is told', async () => {
  const names = { task_name: '☃'.repeat(500), project_id: '☃'.repeat(200), github_issue_id: '☃'.repeat(200) }
  const { store, session_id, now } = await sessionWith(1_000, { ...names, status: 'in_progress', metadata: long(8_425) })
  // Not at its door, where there is patience for thirty seconds only.
  await store.sessions.change(session_id, { tasks: true, machine: 'own' }, { now }, (held) =>
    markFailed(held, { reason: 'r' }, now, session_id),
  )
  const told = await store.events.page({ after: 0, limit: 2_000, types: ['task.status'] })
  expect(new Set(told.map(({ data }) => data.task_id)).size).toBe(1_000)
  expect((await store.tasks.ofSession(session_id)).every(({ status }) => status === 'failed')).toBe(true)
})
