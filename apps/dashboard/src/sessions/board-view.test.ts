import { expect, test } from 'vitest'
import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import { boardView } from './board-view.ts'
import { fleetFacts } from './fleet-facts.ts'
import { needsPerson, stateWords } from './session-state.ts'

const at = '2026-11-09T12:00:00.000Z'

function session(id: string, fields: Partial<BoardSession> = {}): BoardSession {
  return {
    session_id: id,
    project_id: 'engine',
    machine_id: 'atlas',
    status: 'active',
    last_heartbeat: at,
    started_at: at,
    created_at: at,
    updated_at: at,
    revision: 1,
    ...fields,
  }
}

function machines(...ids: string[]): Map<string, ListedMachine> {
  return new Map(
    ids.map((id) => [
      id,
      {
        machine_id: id,
        hostname: id,
        docker_slots: [1, 2],
        status: 'online' as const,
        last_heartbeat: at,
        created_at: at,
        updated_at: at,
        revision: 1,
      },
    ]),
  )
}

const ids = (sessions: readonly BoardSession[]) => sessions.map(({ session_id }) => session_id)

test('on a machine who needs a person is first, then it goes by slot; who has no slot is last', () => {
  const {
    machines: [atlas],
  } = boardView(
    [
      session('none'),
      session('two', { docker_slot: 2 }),
      session('ten', { docker_slot: 10 }),
      session('stalled', { docker_slot: 11, status: 'stalled' }),
      session('waiting', { docker_slot: 12, activity: 'waiting', waiting_for: 'permission', waiting_since: at }),
    ],
    machines('atlas'),
  )
  expect(ids(atlas?.live ?? [])).toEqual(['waiting', 'stalled', 'two', 'ten', 'none'])
  expect([...(atlas?.heldSlots ?? [])].sort()).toEqual([10, 11, 12, 2].sort())
})

test('machines stand by name, also one that nobody is on and one that is not listed yet', () => {
  const view = boardView([session('a', { machine_id: 'rack-10' }), session('b', { machine_id: 'new' })], machines('rack-10', 'rack-2'))
  expect(view.machines.map(({ machineId }) => machineId)).toEqual(['new', 'rack-2', 'rack-10'])
  expect(view.machines[0]?.machine).toBeUndefined()
})

test('who needs a person is told across machines, the one that waits for longest first', () => {
  const late = '2026-11-09T12:05:00.000Z'
  const view = boardView(
    [
      session('failed', { status: 'failed', completed_at: at }),
      session('later', { activity: 'waiting', waiting_since: late }),
      session('stalled', { status: 'stalled', machine_id: 'boreas' }),
      session('sooner', { activity: 'waiting', waiting_since: at, machine_id: 'boreas' }),
      session('fine', { activity: 'working' }),
      session('done', { status: 'completed', completed_at: at }),
    ],
    new Map(),
  )
  expect(ids(view.needPerson)).toEqual(['sooner', 'later', 'stalled', 'failed'])
  expect(ids(view.machines[0]?.ended ?? [])).toEqual(['failed', 'done'])
})

test('filters leave what passes all of them, and no machine without a session; slots count whoever holds them', () => {
  const sessions = [
    session('a', { docker_slot: 1 }),
    session('b', { docker_slot: 2, project_id: 'loom', status: 'stalled' }),
    session('c', { machine_id: 'boreas', project_id: 'loom' }),
  ]
  const loom = boardView(sessions, machines('atlas', 'boreas', 'ceto'), { project: 'loom' })
  expect(loom.machines.map(({ machineId, live }) => [machineId, ...ids(live)])).toEqual([
    ['atlas', 'b'],
    ['boreas', 'c'],
  ])
  expect(loom.machines[0]?.heldSlots.size).toBe(2)
  expect(boardView(sessions, machines('atlas'), { status: 'person' }).shown).toBe(1)
  expect(boardView(sessions, machines('atlas', 'ceto'), { machine: 'ceto' })).toMatchObject({ shown: 0, machines: [{ machineId: 'ceto' }] })
  expect(boardView(sessions, machines('atlas'), { status: 'active', project: 'loom', machine: 'atlas' }).machines).toEqual([])
})

test('a session that stalled while it waited is stalled; one that is paused is nobody’s turn', () => {
  expect(stateWords({ status: 'stalled', activity: 'waiting', waiting_for: 'permission' })).toBe('Stalled')
  expect(stateWords({ status: 'active', activity: 'waiting', waiting_for: 'input' })).toBe('Waits for an answer')
  expect(needsPerson({ status: 'paused', activity: 'waiting' })).toBe(false)
})

test('the facts count each status once, and who waits among the active ones', () => {
  expect(
    fleetFacts([
      session('a', { activity: 'waiting' }),
      session('b', { machine_id: 'boreas' }),
      session('c', { status: 'stalled', activity: 'waiting' }),
      session('d', { status: 'failed', completed_at: at }),
    ]),
  ).toEqual({ active: 2, machines: 2, waiting: 1, paused: 0, stalled: 1, failed: 1, completed: 0 })
})
