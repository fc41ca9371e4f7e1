import type { LiveEvent } from '@signalbox/client'
import { eventTypes } from '@signalbox/contract/event'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventEffects } from './event-effects.ts'
import { createLastHeartbeatStore, machineHeartbeatKey } from './last-heartbeat-store.ts'
import { LiveUpdates } from './live-updates.ts'
import { buildMachineList, type MachineList } from './machine-list.ts'
import { keys } from './query-key.ts'
import { at, createBoardSession, createClaude, createCollector, createListedMachine } from './session.fixture.ts'
import { type BoardSession, buildBoard, type SessionBoard } from './session-board.ts'
import { createTriggerEvents } from './trigger-events.ts'

const session = createBoardSession('a') as Omit<BoardSession, 'claude_code'>
const usageChange = { machine_id: 'atlas', accepted: 1, improved: 0, since: at, until: at }

let client: QueryClient
let visible: boolean
let updates: LiveUpdates
const lastHeartbeats = createLastHeartbeatStore()
const triggers = createTriggerEvents()
let stopObserving: (() => void)[]

beforeEach(() => {
  vi.useFakeTimers()
  client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } } })
  visible = true
  updates = new LiveUpdates({ client, lastHeartbeats, triggers }, () => visible)
  stopObserving = []
})

afterEach(() => {
  for (const stop of stopObserving) stop()
  updates.stop()
  client.clear()
  vi.useRealTimers()
})

function receive(event: LiveEvent['event'], data: Record<string, unknown>): void {
  updates.receive({ event, data })
}

/** Observes a query as a mounted component does. @returns the number of its requests so far */
async function observe(queryKey: readonly unknown[], load: () => unknown = () => ({})): Promise<() => number> {
  let requests = 0
  const queryFn = async () => {
    requests++
    return load()
  }
  stopObserving.push(new QueryObserver(client, { queryKey, queryFn }).subscribe(() => {}))
  await vi.advanceTimersByTimeAsync(0)
  return () => requests
}

test('events update the board, the session and the machines in place, without a request', async () => {
  client.setQueryData(keys.sessionBoard, buildBoard([{ ...session, metadata: {} }], [], false, Date.parse(at)))
  client.setQueryData(keys.session('a'), { ...session, metadata: { branch: 'main' } })
  client.setQueryData(keys.machines, buildMachineList([]))
  const boardRequests = await observe(keys.sessionBoard)
  receive('session.status', { ...session, revision: 6, status: 'stalled', from: 'active', reason: 'no heartbeat', occurred_at: at })
  receive('task.status', { task_id: 't', session_id: 'a', task_name: 'Write', status: 'in_progress' })
  receive('machine.created', {
    machine_id: 'atlas',
    hostname: 'atlas',
    docker_slots: [],
    status: 'online',
    last_heartbeat: at,
    revision: 1,
  })
  await vi.advanceTimersByTimeAsync(10)
  const board = client.getQueryData<SessionBoard>(keys.sessionBoard)
  expect(board?.sessions.get('a')?.status).toBe('stalled')
  expect(board?.taskNames.get('t')).toBe('Write')
  expect(client.getQueryData(keys.session('a'))).toEqual({ ...session, revision: 6, status: 'stalled', metadata: { branch: 'main' } })
  expect([...(client.getQueryData<MachineList>(keys.machines)?.keys() ?? [])]).toEqual(['atlas'])
  expect(boardRequests()).toBe(0)
})

test('an older event does not overwrite a session', async () => {
  const known = { ...session, metadata: {} }
  client.setQueryData(keys.session('a'), known)
  receive('session.updated', { ...session, revision: 4, activity: 'idle' })
  await vi.advanceTimersByTimeAsync(10)
  expect(client.getQueryData(keys.session('a'))).toBe(known)
})

test('an event without lists, or without a state of Claude Code, keeps what is known of them', async () => {
  const subagents = [{ agent_id: 'a1', agent_type: 'Explore' }]
  const known = createClaude({ subagents, subagents_running: 1, model: 'claude-opus-5-5' })
  client.setQueryData(keys.session('a'), { ...session, metadata: {}, claude_code: known })
  receive('session.updated', { ...session, revision: 6, claude_code: createClaude({ subagents_running: 1, model: 'claude-sonnet-5' }) })
  await vi.advanceTimersByTimeAsync(300)
  const claudeOf = () => client.getQueryData<{ claude_code?: object }>(keys.session('a'))?.claude_code
  expect(claudeOf()).toEqual({ ...known, model: 'claude-sonnet-5' })
  receive('session.heartbeat', { ...session, revision: 7 })
  await vi.advanceTimersByTimeAsync(300)
  expect(claudeOf()).toEqual({ ...known, model: 'claude-sonnet-5' })
})

test('a machine event changes the collector in place; one that goes offline is no longer in contact', async () => {
  const collector = createCollector({ sources: [{ name: 'sessions', state: 'ok' }] })
  client.setQueryData<MachineList>(keys.machines, new Map([['atlas', createListedMachine('atlas', { collector })]]))
  const collectorOf = () => client.getQueryData<MachineList>(keys.machines)?.get('atlas')?.collector
  receive('machine.updated', { ...createListedMachine('atlas'), revision: 2, collector: createCollector({ behind: true }) })
  await vi.advanceTimersByTimeAsync(300)
  // A long list of sources is not part of an event.
  expect(collectorOf()).toEqual({ ...collector, behind: true })
  receive('machine.status', { ...createListedMachine('atlas'), revision: 3, status: 'offline' })
  await vi.advanceTimersByTimeAsync(300)
  expect(collectorOf()).toEqual({ ...collector, behind: true, connected: false })
})

test('a hundred heartbeats a second are seven batches, for the session and its machine, without a request', async () => {
  client.setQueryData(keys.session('a'), { ...session, metadata: {} })
  const requests = await observe(keys.sessionHealth('a'))
  let batches = 0
  const unsubscribe = client.getQueryCache().subscribe(({ type }) => void (type === 'updated' && batches++))
  const start = Date.parse(at)
  for (let nth = 1; nth <= 100; nth++) {
    receive('session.heartbeat', { ...session, revision: 5 + nth, last_heartbeat: new Date(start + nth * 10).toISOString() })
    await vi.advanceTimersByTimeAsync(10)
  }
  unsubscribe()
  expect(lastHeartbeats.last('a')).toBeGreaterThan(start)
  expect(lastHeartbeats.last(machineHeartbeatKey('atlas'))).toBe(lastHeartbeats.last('a'))
  expect(requests()).toBe(1)
  expect(batches).toBeLessThanOrEqual(7)
})

test('an event of a session refetches the queries of that session only', async () => {
  const [own, other, board] = await Promise.all([
    observe(keys.sessionTasks('a')),
    observe(keys.sessionTasks('b')),
    observe(keys.sessionBoard, () => buildBoard([], [], false, 0)),
  ])
  receive('task.updated', { task_id: 't', session_id: 'a', task_name: 'Write', status: 'blocked' })
  await vi.advanceTimersByTimeAsync(1_000)
  expect([own(), other(), board()]).toEqual([2, 1, 1])
})

test('a call refetches the reports it affects, a snapshot the limits and what depends on them', async () => {
  const [today, lastMonth, blocks, limits] = await Promise.all([
    observe(keys.usageReport({ group: 'hour', since: '2026-11-09' })),
    observe(keys.usageReport({ group: 'day', since: '2026-10-01', until: '2026-10-31' })),
    observe(keys.usageReport({ group: 'block', since: '2026-11-08' })),
    observe(keys.currentLimits(undefined)),
  ])
  receive('usage.updated', usageChange)
  await vi.advanceTimersByTimeAsync(3_500)
  expect([today(), lastMonth(), blocks(), limits()]).toEqual([2, 1, 2, 1])
  receive('limits.snapshot', {})
  await vi.advanceTimersByTimeAsync(3_500)
  expect([today(), lastMonth(), blocks(), limits()]).toEqual([2, 1, 3, 2])
})

test('a first response in flight is awaited and then refetched', async () => {
  const responses: (() => void)[] = []
  const requests = await observe(keys.usageSummary({}), () => new Promise<object>((resolve) => responses.push(() => resolve({}))))
  receive('usage.updated', usageChange)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(requests()).toBe(1)
  responses[0]?.()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(requests()).toBe(2)
})

test('a hidden page refetches nothing, and catches up when it is visible', async () => {
  const requests = await observe(keys.usageSummary({}))
  visible = false
  for (let nth = 0; nth < 200; nth++) receive('usage.updated', usageChange)
  updates.refetchNow(keys.usage)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(requests()).toBe(1)
  visible = true
  updates.catchUp()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(requests()).toBe(2)
})

test('the progress of a trigger is recorded, and an event without an effect is ignored', async () => {
  receive('limits.trigger', { id: 'one', step: 'picked_up' })
  for (const event of eventTypes.filter((type) => eventEffects[type] === undefined)) receive(event, {})
  await vi.advanceTimersByTimeAsync(10)
  expect(triggers.last('one')).toMatchObject({ step: 'picked_up' })
})
