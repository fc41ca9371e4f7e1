import { randomUUID } from 'node:crypto'
import { BSON } from 'mongodb'
import { describe, expect, it } from 'vitest'
import type { ChangeSet, LoadedSession } from '../../state/change-set.ts'
import { createSession } from '../../state/session.ts'
import { markFailed } from '../../state/session-failure.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import { recoverSession } from '../../state/session-recovery.ts'
import { createTask, updateTask } from '../../state/task.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { outboxFields } from './core/event-outbox.ts'
import { nextTasks, requireCapacity } from './document-size.ts'

const MiB = 1024 * 1024
const now = Date.parse('2026-10-06T09:12:00.000Z')
const rules = { stallMs: 300_000, machineOfflineMs: 600_000, stalledFailMs: 86_400_000 }
const refusal = {
  code: 'payload_too_large',
  message: 'The tasks of this session would be larger than 12 MiB together',
  suggestion: 'Begin another session, or keep large things elsewhere than in the metadata of tasks.',
  details: { limit_bytes: 12 * MiB },
}

/** A session in memory, changed by one decision after the other. */
class SessionInMemory {
  snapshot: LoadedSession
  readonly id = randomUUID()

  constructor(count: number, make: (n: number) => Partial<TaskRecord>, machine_id = 'm') {
    const empty = { session: undefined, tasks: [], machine: undefined, taken: [] }
    const { session } = createSession(empty, { session_id: this.id, project_id: 'p', machine_id }, undefined, now, rules)
    const tasks = Array.from({ length: count }, (_, n): TaskRecord => {
      const dates = { started_at: null, completed_at: null, created_at: now, updated_at: now }
      const texts = { task_name: 'a task', project_id: 'p', github_issue_id: null, error_message: null, metadata: '{}' }
      return { task_id: randomUUID(), session_id: this.id, status: 'pending', revision: 1, ...dates, ...texts, ...make(n) }
    })
    this.snapshot = { ...empty, session: session!, tasks }
  }

  apply<T>(decide: (snapshot: LoadedSession) => ChangeSet<T>): ChangeSet<T> {
    const changeSet = decide(this.snapshot)
    requireCapacity(this.snapshot, changeSet)
    this.snapshot = {
      ...this.snapshot,
      session: changeSet.session ?? this.snapshot.session,
      tasks: nextTasks([...this.snapshot.tasks], changeSet),
    }
    return changeSet
  }

  taskId(n: number): string {
    return this.snapshot.tasks[n]!.task_id
  }

  add(texts: { task_name?: string; metadata?: Record<string, unknown> } = {}) {
    const wanted = { session_id: this.id, task_name: 'one more', ...texts, task_id: randomUUID() }
    return this.apply((snapshot) => createTask(snapshot, wanted, false, now))
  }

  change(n: number, change: Parameters<typeof updateTask>[2]) {
    return this.apply((snapshot) => updateTask(snapshot, this.taskId(n), change, undefined, now))
  }

  end() {
    return this.apply((snapshot) => markFailed(snapshot, { reason: 'r' }, now, this.id))
  }
}

const long = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - 11) })
/** The size at which 800 tasks, with their names, are 212 bytes below the limit. */
const filling = (n: number) => long(15_728 - 607 + (n < 300 ? 1 : 0))

describe('a session whose tasks are 12 MiB together', () => {
  it('refuses more tasks, and changes that make them larger', () => {
    const full = new SessionInMemory(800, (n) => ({ metadata: filling(n) }))
    for (const more of [
      () => full.add(),
      () => full.change(7, { metadata: { more: 'y'.repeat(250) } }),
      () => full.change(7, { task_name: 'y'.repeat(500) }),
      () => full.change(7, { github_issue_id: 'y'.repeat(200), task_name: 'y'.repeat(40) }),
    ]) {
      expect(more).toThrow(expect.objectContaining(refusal))
    }
    full.change(7, { metadata: { more: 'y'.repeat(150) } })
    expect(() => full.change(8, { metadata: { more: 'y'.repeat(150) } })).toThrow(expect.objectContaining(refusal))
    full.change(9, { metadata: { text: 'shorter' } })
    full.change(8, { metadata: { more: 'y'.repeat(150) } })
  })

  it('lets them change status, end and recover, but refuses growth after its end too', () => {
    const full = new SessionInMemory(800, (n) => ({ metadata: filling(n) }))
    for (let n = 0; n < 100; n++) full.change(n, { status: 'in_progress' })
    for (let n = 0; n < 50; n++) full.change(n, { status: n % 2 === 0 ? 'completed' : 'pending' })
    full.end()
    expect(full.snapshot.tasks.filter(({ error_message }) => error_message === 'session ended')).toHaveLength(50)
    expect(() => full.change(60, { metadata: { more: 'y'.repeat(250) } })).toThrow(expect.objectContaining(refusal))
    full.apply((snapshot) => recoverSession(snapshot, {}, now, rules, full.id))
    expect(() => full.add()).toThrow(expect.objectContaining(refusal))
  })

  it('has 512 KiB for reasons of failed and blocked tasks, however often they change status', () => {
    const full = new SessionInMemory(800, (n) => ({ metadata: filling(n) }))
    const reason = '☃'.repeat(2_000)
    let blocked = 0
    const block = () => {
      for (; blocked < 200; blocked++) full.change(blocked, { status: 'blocked', error_message: reason })
    }
    expect(block).toThrow(expect.objectContaining(refusal))
    expect(blocked).toBe(Math.floor((512 * 1024 + 212) / 6_000))
    // A change without a reason is always possible, and frees space.
    full.change(blocked, { status: 'in_progress' })
    full.change(0, { status: 'in_progress' })
    full.change(blocked, { status: 'blocked', error_message: reason })
  })
})

it('a session ends with a thousand tasks in progress, and fits into a MongoDB document, whatever their names', () => {
  const wide = '☃'.repeat(200)
  const names = { task_name: '☃'.repeat(500), project_id: wide, github_issue_id: wide, status: 'in_progress' } as const
  const full = new SessionInMemory(1_000, () => ({ ...names, metadata: long(8_425) }), wide)
  expect(() => full.change(0, { metadata: { more: 'y'.repeat(5_000) } })).toThrow(
    expect.objectContaining({
      code: 'payload_too_large',
      message: 'The tasks of this session, with the events of its end, would be larger than 15 MiB together',
    }),
  )
  const { events } = full.end()
  expect(events.length).toBeGreaterThan(1_000)
  const session: SessionRecord = { ...full.snapshot.session!, metadata: long(16_000) }
  expect(BSON.calculateObjectSize({ session, tasks: [...full.snapshot.tasks], ...outboxFields(2, events, now) })).toBeLessThan(15 * MiB)
})
