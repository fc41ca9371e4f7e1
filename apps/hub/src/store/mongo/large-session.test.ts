import { randomUUID } from 'node:crypto'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { fleetOf } from '../../../test/fleet.ts'
import { openHub } from '../../../test/open-hub.ts'
import { markFailed } from '../../state/session-failure.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { ClaimDocument } from './core/claim.ts'
import { type Capacity, defaultCapacity } from './document-size.ts'
import { openMongoStore } from './open.ts'
import type { SessionDocument } from './session-document.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 90_000 })

const MiB = 1024 * 1024

/** A session whose tasks are inserted at once: a request for each would take minutes. `document-size.test.ts` has the details. */
async function sessionWith(count: number, words: Partial<TaskRecord>, capacity?: Capacity) {
  const store = await openMongoStore({ uri: await freshDatabase(), prices: defaultPriceTable(), ...(capacity && { capacity }) })
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' }, store })
  const fleet = fleetOf(hub)
  const { session_id } = await fleet.session()
  const now = hub.clock.now()
  const made = { started_at: null, completed_at: null, created_at: now, updated_at: now, status: 'pending', revision: 1 } as const
  const named = { task_name: 'a task', project_id: 'p', github_issue_id: null, error_message: null, metadata: '{}' }
  const tasks = Array.from({ length: count }, (): TaskRecord => ({ task_id: randomUUID(), session_id, ...made, ...named, ...words }))
  await store.connection.collection<SessionDocument>('session').updateOne({ _id: session_id }, { $set: { tasks } })
  await store.connection.collection<ClaimDocument>('task_place').insertMany(tasks.map(({ task_id: _id }) => ({ _id, session_id })))
  return { hub, fleet, store, session_id, now }
}

const long = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - 11) })

it('a task that exceeds the capacity of its session is refused with a suggestion, and nothing is written', async () => {
  // With its names, a task is 16 KiB.
  const { hub, fleet, store, session_id } = await sessionWith(64, { metadata: long(16 * 1024 - 607) }, { ...defaultCapacity, tasks: MiB })
  const before = await fleet.read(session_id)
  const answer = await hub.ask('POST', '/tasks', { payload: { session_id, task_name: 'one more' } })
  expect(answer.json()).toMatchObject({
    statusCode: 413,
    error: 'payload_too_large',
    message: 'The tasks of this session would be larger than 1 MiB together',
    suggestion: 'Begin another session, or keep large things elsewhere than in the metadata of tasks.',
    details: { limit_bytes: MiB },
  })
  expect(await fleet.read(session_id)).toEqual(before)
  expect(await store.connection.collection('task_place').countDocuments({})).toBe(64)
})

it('a full session is ended with all its tasks, and each publishes its event', async () => {
  const names = { task_name: '☃'.repeat(500), project_id: '☃'.repeat(200), github_issue_id: '☃'.repeat(200) }
  const full = { tasks: 1.2 * MiB, reasons: MiB / 20, tasksAndEvents: 1.5 * MiB }
  const { store, session_id, now } = await sessionWith(100, { ...names, status: 'in_progress', metadata: long(8_425) }, full)
  await store.sessions.change(session_id, { tasks: true, machine: 'own' }, { now }, (held) =>
    markFailed(held, { reason: 'r' }, now, session_id),
  )
  const published = await store.events.page({ after: 0, limit: 2_000, types: ['task.status'] })
  expect(new Set(published.map(({ data }) => data.task_id)).size).toBe(100)
  expect((await store.tasks.ofSession(session_id)).every(({ status }) => status === 'failed')).toBe(true)
})

it('the server stores a document of the largest size', async () => {
  const store = await openMongoStore({ uri: await freshDatabase(), prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  const documents = store.connection.collection<{ _id: string; text: string }>('large')
  await documents.insertOne({ _id: 'x', text: 'x'.repeat(8 * MiB) })
  await documents.updateOne({ _id: 'x' }, { $set: { text: 'x'.repeat(defaultCapacity.tasksAndEvents) } })
  expect((await documents.findOne({ _id: 'x' }))!.text).toHaveLength(defaultCapacity.tasksAndEvents)
})
