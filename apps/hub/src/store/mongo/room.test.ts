import { randomUUID } from 'node:crypto'
import { BSON } from 'mongodb'
import { describe, expect, it } from 'vitest'
import type { Held, Outcome } from '../../state/held.ts'
import { createSession, markFailed, recoverSession } from '../../state/session.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import { createTask, updateTask } from '../../state/task.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { requireRoom, tasksAfter } from './room.ts'
import { untold } from './untold.ts'

const MiB = 1024 * 1024
const now = Date.parse('2026-10-06T09:12:00.000Z')
const rules = { stallMs: 300_000, machineOfflineMs: 600_000 }
const refusal = {
  code: 'payload_too_large',
  message: 'The tasks of this session would be larger than 12 MiB together',
  suggestion: 'Begin another session, or keep large things elsewhere than in the metadata of tasks.',
  details: { limit_bytes: 12 * MiB },
}

/** A session in memory, to which decisions are made in turn. */
class Sitting {
  held: Held
  readonly id = randomUUID()

  constructor(count: number, make: (n: number) => Partial<TaskRecord>, machine_id = 'm') {
    const nobody = { session: undefined, tasks: [], machine: undefined, taken: [] }
    const { session } = createSession(nobody, { session_id: this.id, project_id: 'p', machine_id }, undefined, now, rules)
    const tasks = Array.from({ length: count }, (_, n): TaskRecord => {
      const dates = { started_at: null, completed_at: null, created_at: now, updated_at: now }
      const words = { task_name: 'a task', project_id: 'p', github_issue_id: null, error_message: null, metadata: '{}' }
      return { task_id: randomUUID(), session_id: this.id, status: 'pending', revision: 1, ...dates, ...words, ...make(n) }
    })
    this.held = { ...nobody, session: session!, tasks }
  }

  take<T>(decide: (held: Held) => Outcome<T>): Outcome<T> {
    const outcome = decide(this.held)
    requireRoom(this.held, outcome)
    this.held = { ...this.held, session: outcome.session ?? this.held.session, tasks: tasksAfter([...this.held.tasks], outcome) }
    return outcome
  }

  taskId(n: number): string {
    return this.held.tasks[n]!.task_id
  }

  add(words: { task_name?: string; metadata?: Record<string, unknown> } = {}) {
    const wanted = { session_id: this.id, task_name: 'one more', ...words, task_id: randomUUID() }
    return this.take((held) => createTask(held, wanted, false, now))
  }

  change(n: number, change: Parameters<typeof updateTask>[2]) {
    return this.take((held) => updateTask(held, this.taskId(n), change, undefined, now))
  }

  end() {
    return this.take((held) => markFailed(held, { reason: 'r' }, now, this.id))
  }
}

const long = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - 11) })
/** So that 800 of them, with their names, are 212 bytes less than the limit. */
const filling = (n: number) => long(15_728 - 607 + (n < 300 ? 1 : 0))

describe('a session whose tasks are 12 MiB together', () => {
  it('takes no more of them, and nothing that makes them larger', () => {
    const full = new Sitting(800, (n) => ({ metadata: filling(n) }))
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

  it('lets them move, and be ended and recovered, but grows no more after its end either', () => {
    const full = new Sitting(800, (n) => ({ metadata: filling(n) }))
    for (let n = 0; n < 100; n++) full.change(n, { status: 'in_progress' })
    for (let n = 0; n < 50; n++) full.change(n, { status: n % 2 === 0 ? 'completed' : 'pending' })
    full.end()
    expect(full.held.tasks.filter(({ error_message }) => error_message === 'session ended')).toHaveLength(50)
    expect(() => full.change(60, { metadata: { more: 'y'.repeat(250) } })).toThrow(expect.objectContaining(refusal))
    full.take((held) => recoverSession(held, {}, now, rules, full.id))
    expect(() => full.add()).toThrow(expect.objectContaining(refusal))
  })

  it('has 512 KiB for why they failed or are blocked, however often they move', () => {
    const full = new Sitting(800, (n) => ({ metadata: filling(n) }))
    const reason = '☃'.repeat(2_000)
    let blocked = 0
    const block = () => {
      for (; blocked < 200; blocked++) full.change(blocked, { status: 'blocked', error_message: reason })
    }
    expect(block).toThrow(expect.objectContaining(refusal))
    expect(blocked).toBe(Math.floor((512 * 1024 + 212) / 6_000))
    // Without a word there is always a way on, and it makes room.
    full.change(blocked, { status: 'in_progress' })
    full.change(0, { status: 'in_progress' })
    full.change(blocked, { status: 'blocked', error_message: reason })
  })
})

it('a session ends with a thousand tasks under way, and is in what MongoDB keeps, whatever it and they are called', () => {
  const wide = '☃'.repeat(200)
  const names = { task_name: '☃'.repeat(500), project_id: wide, github_issue_id: wide, status: 'in_progress' } as const
  const full = new Sitting(1_000, () => ({ ...names, metadata: long(8_425) }), wide)
  expect(() => full.change(0, { metadata: { more: 'y'.repeat(5_000) } })).toThrow(
    expect.objectContaining({
      code: 'payload_too_large',
      message: 'The tasks of this session, and what is told of them at its end, would be larger than 15 MiB together',
    }),
  )
  const { events } = full.end()
  expect(events.length).toBeGreaterThan(1_000)
  const session: SessionRecord = { ...full.held.session!, metadata: long(16_000) }
  expect(BSON.calculateObjectSize({ session, tasks: [...full.held.tasks], ...untold(2, events, now) })).toBeLessThan(15 * MiB)
})
