import { randomUUID } from 'node:crypto'
import type { HubEvent } from '@signalbox/contract/event'
import type { Machine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { SessionTasks, Task } from '@signalbox/contract/task'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { type Fleet, fleetOf } from '../../../test/fleet.ts'
import { openHub, TestClock, type TestHub } from '../../../test/open-hub.ts'
import { taskMoves } from '../../state/transition.ts'
import { openMongoStore, type Pace } from './open.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

const MINUTE = 60_000
const fastPace: Pace = { pollMs: 30, recoveryMs: 1_000, orphanedMs: 60_000 }
const soon = { timeout: 45_000 }

interface Hubs {
  readonly hubs: readonly [TestHub, TestHub]
  readonly fleets: readonly [Fleet, Fleet]
  readonly clock: TestClock
  ask(hub: number, method: string, url: string, payload?: object, headers?: Record<string, string>): ReturnType<TestHub['ask']>
}

async function twoHubs(): Promise<Hubs> {
  const [uri, clock] = [await freshDatabase(), new TestClock()]
  const open = async () =>
    openHub({
      clock,
      env: { LOG_LEVEL: 'error', HEARTBEAT_LIMIT_PER_MINUTE: '1000000' },
      store: await openMongoStore({ uri, prices: defaultPriceTable(), pace: fastPace }),
    })
  const hubs = [await open(), await open()] as const
  for (const hub of hubs) await hub.monitor.check()
  return {
    hubs,
    clock,
    fleets: [fleetOf(hubs[0]), fleetOf(hubs[1])],
    ask: (hub, method, url, payload, headers = {}) =>
      hubs[hub % 2]!.ask(method, url, { headers, ...(payload === undefined ? {} : { payload }) }),
  }
}

const times = <T>(count: number, work: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => work(n))
const statuses = (answers: readonly { statusCode: number }[]) => {
  const counted: Record<number, number> = {}
  for (const { statusCode } of answers) counted[statusCode] = (counted[statusCode] ?? 0) + 1
  return counted
}

describe('two hubs at once', () => {
  it('of 200 claims of one slot one succeeds, and of 40 of three slots three', async () => {
    const { ask, fleets } = await twoHubs()
    await fleets[0].machine('box', [7])
    const claims = await Promise.all(times(200, (n) => ask(n, 'POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot: 7 })))
    expect(statuses(claims)).toEqual({ 201: 1, 409: 199 })
    await fleets[1].machine('other', [1, 2, 3])
    const waiting = await Promise.all(times(40, (n) => fleets[n % 2]!.session({ machine_id: 'other' })))
    const assigned = await Promise.all(waiting.map(({ session_id }, n) => ask(n, 'POST', '/machines/other/assign-session', { session_id })))
    expect(statuses(assigned)).toEqual({ 200: 3, 409: 37 })
    const held = ((await ask(0, 'GET', '/sessions?machine_id=other&limit=100')).json() as Session[]).flatMap(
      ({ docker_slot }) => docker_slot ?? [],
    )
    expect(held.sort()).toEqual([1, 2, 3])
  })

  it('no heartbeat and no change of one session is lost, and each makes one revision', async () => {
    const { ask, fleets } = await twoHubs()
    const { session_id } = await fleets[0].session()
    const url = `/sessions/${session_id}`
    const answers = await Promise.all(
      times(60, (n) => {
        if (n % 3 === 0) return ask(n, 'POST', `${url}/heartbeat`, {})
        if (n % 3 === 1) return ask(n, 'POST', `${url}/heartbeat`, { metadata: { [`heartbeat${n}`]: n } })
        return ask(n, 'PUT', url, { metadata: { [`put${n}`]: n } })
      }),
    )
    expect(statuses(answers)).toEqual({ 200: 60 })
    const session = await fleets[1].read(session_id)
    expect(Object.keys(session.metadata)).toHaveLength(40)
    expect(session.revision).toBe(61)
    const log = (await ask(0, 'GET', `/events?format=json&after=0&limit=1000&session_id=${session_id}`)).json() as HubEvent[]
    const revisions = log.map(({ data }) => data.revision as number)
    expect(revisions).toHaveLength(41)
    expect(revisions, 'published in the order of the changes').toEqual(revisions.toSorted((a, b) => a - b))
  })

  it('no heartbeat of one machine is lost', async () => {
    const { ask, fleets } = await twoHubs()
    await fleets[0].machine('box')
    const answers = await Promise.all(times(40, (n) => ask(n, 'POST', '/machines/box/heartbeat', { metadata: { [`k${n}`]: n } })))
    expect(statuses(answers)).toEqual({ 200: 40 })
    const machine = await fleets[1].readMachine('box')
    expect([Object.keys(machine.metadata).length, machine.revision]).toEqual([40, 41])
  })

  it('tasks of one session change status by the table on either hub, and none is lost', async () => {
    const { ask, fleets } = await twoHubs()
    const { session_id } = await fleets[0].session()
    const made = await Promise.all(times(20, (n) => fleets[n % 2]!.task(session_id, { task_name: `task ${n}` })))
    const moves = ['start', 'complete', 'fail', 'block', 'pend'] as const
    const move = (task: Task, n: number) => {
      const name = moves[(n * 7 + Math.floor(n / 5)) % moves.length]!
      const url = `/tasks/${task.task_id}`
      if (name === 'pend') return ask(n, 'PUT', url, { status: 'pending' })
      return ask(n, 'POST', `${url}/${name}`, name === 'fail' ? { error_message: 'e' } : {})
    }
    const answers = await Promise.all(times(60, (n) => move(made[n % made.length]!, n)))
    expect(Object.keys(statuses(answers)).every((code) => code === '200' || code === '409')).toBe(true)
    const { tasks } = (await ask(0, 'GET', `/sessions/${session_id}/tasks`)).json() as SessionTasks
    const stored = new Map(Object.values(tasks).flatMap((all) => all.map((task) => [task.task_id, task])))
    expect(stored.size).toBe(20)
    const log = (await ask(1, 'GET', '/events?format=json&after=0&limit=1000&types=task.status')).json() as HubEvent[]
    for (const { task_id } of made) {
      let [status, revision] = ['pending', 1]
      for (const { data } of log.filter(({ data }) => data.task_id === task_id)) {
        expect(data.from).toBe(status)
        expect(taskMoves[status as keyof typeof taskMoves]).toContain(data.status)
        expect(data.revision).toBe(revision + 1)
        status = data.status as string
        revision++
      }
      expect(stored.get(task_id)).toMatchObject({ status, revision })
      expect((await ask(1, 'GET', `/tasks/${task_id}`)).json()).toEqual(stored.get(task_id))
    }
    const { current_task_id } = await fleets[0].read(session_id)
    if (current_task_id !== undefined) expect(stored.get(current_task_id)?.status).toBe('in_progress')
  })

  it('an idempotent request that both receive is executed once', async () => {
    const { ask, fleets } = await twoHubs()
    const both = (url: string, payload: object) =>
      Promise.all(times(4, (n) => ask(n, 'POST', url, payload, { 'idempotency-key': `k ${url}` })))
    const made = await both('/sessions', { project_id: 'p', machine_id: 'm' })
    expect(statuses(made)).toEqual({ 201: 4 })
    const ids = new Set(made.map((answer) => answer.json().session_id as string))
    expect(ids.size).toBe(1)
    const [session_id] = ids
    const tasks = await both('/tasks', { session_id, task_name: 't' })
    expect(statuses(tasks)).toEqual({ 201: 4 })
    expect(new Set(tasks.map((answer) => answer.json().task_id)).size).toBe(1)
    const failed = await both(`/sessions/${session_id}/mark-failed`, { reason: 'r' })
    expect(statuses(failed)).toEqual({ 200: 4 })
    expect(new Set(failed.map(({ body }) => body)).size).toBe(1)
    expect(failed.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(3)
    expect((await fleets[0].read(session_id!)).revision).toBe(2)
    const log = (await ask(0, 'GET', `/events?format=json&after=0&session_id=${session_id}`)).json() as HubEvent[]
    expect(log.map(({ event }) => event)).toEqual(['session.created', 'task.created', 'session.status'])
  })

  it('one task id is one task, whatever hub and session it is created in', async () => {
    const { ask, fleets } = await twoHubs()
    const sessions = await Promise.all(times(8, (n) => fleets[n % 2]!.session()))
    for (let round = 0; round < 10; round++) {
      const task_id = randomUUID()
      const answers = await Promise.all(
        sessions.map(({ session_id }, n) => ask(n, 'POST', '/tasks', { session_id, task_id, task_name: 't' })),
      )
      expect(statuses(answers), JSON.stringify(answers.map((answer) => answer.json()))).toEqual({ 201: 1, 409: 7 })
      const owner = answers.find(({ statusCode }) => statusCode === 201)!.json() as Task
      expect((await fleets[round % 2]!.readTask(task_id)).session_id).toBe(owner.session_id)
    }
    expect((await ask(0, 'GET', '/tasks')).headers['x-total-count']).toBe('10')
  })

  it('a session that ends on one ends a task that starts on the other', async () => {
    const { ask, fleets } = await twoHubs()
    await Promise.all(
      times(20, async (n) => {
        const { session_id } = await fleets[n % 2]!.session()
        const { task_id } = await fleets[n % 2]!.task(session_id)
        const [ended, started] = await Promise.all([
          n % 3 === 0
            ? ask(n, 'PUT', `/sessions/${session_id}`, { status: 'failed' })
            : ask(n, 'POST', `/sessions/${session_id}/process-ended`, { witness: 'w' }),
          ask(n + 1, 'POST', `/tasks/${task_id}/start`, {}),
        ])
        expect(ended.statusCode).toBe(200)
        const task = await fleets[0].readTask(task_id)
        expect(task.status).toBe(started.statusCode === 200 ? 'failed' : 'pending')
        expect(await fleets[1].read(session_id)).not.toHaveProperty('current_task_id')
      }),
    )
  })

  it('a slot that is removed while it is claimed is held and declared, or neither', async () => {
    const { ask, fleets } = await twoHubs()
    await Promise.all(
      times(6, async (m) => {
        const box = `box ${m}`
        const at = `/machines/${encodeURIComponent(box)}`
        await fleets[0].machine(box, [1, 2])
        const { session_id } = await fleets[1].session({ machine_id: box })
        for (let round = 0; round < 4; round++) {
          const [declared, claimed, made] = await Promise.all([
            ask(0, 'PUT', at, { docker_slots: [] }),
            ask(1, 'PUT', `/sessions/${session_id}`, { docker_slot: 1 }),
            ask(1, 'POST', '/sessions', { project_id: 'p', machine_id: box, docker_slot: 2 }),
            ask(round, 'POST', `/sessions/${session_id}/heartbeat`, {}),
            ask(round + 1, 'POST', `${at}/heartbeat`, {}),
          ])
          const on = (await ask(0, 'GET', `/sessions?machine_id=${encodeURIComponent(box)}`)).json() as Session[]
          const held = on.flatMap(({ docker_slot }) => docker_slot ?? [])
          const { docker_slots } = await fleets[1].readMachine(box)
          expect(docker_slots, JSON.stringify({ declared: declared.json(), claimed: claimed.json(), made: made.json() })).toEqual(
            expect.arrayContaining(held),
          )
          expect(declared.statusCode).toBe(held.length === 0 ? 200 : 409)
          expect(claimed.statusCode).toBe(held.includes(1) ? 200 : 400)
          expect(made.statusCode).toBe(held.includes(2) ? 201 : 400)
          const live = on.filter(({ status }) => status === 'active')
          expect(live, 'no session of a claim that was refused').toHaveLength(held.includes(2) ? 2 : 1)
          for (const one of live) if (one.session_id !== session_id) await fleets[0].ok('DELETE', `/sessions/${one.session_id}`)
          await fleets[1].ok('PUT', `/sessions/${session_id}`, { docker_slot: null })
          await fleets[0].ok<Machine>('PUT', at, { docker_slots: [1, 2] })
        }
      }),
    )
  })

  it('each stalled session publishes one event, by one of two monitors', async () => {
    const { hubs, fleets, clock, ask } = await twoHubs()
    const stalled = await Promise.all(times(4, (n) => fleets[n % 2]!.session({ heartbeat_interval_ms: 5000 })))
    const active = await Promise.all(times(12, (n) => fleets[n % 2]!.session()))
    for (let second = 0; second < 20; second++) {
      clock.pass(1000)
      await Promise.all(hubs.map((hub) => hub.monitor.check()))
    }
    const transitions = async () =>
      ((await ask(0, 'GET', '/events?format=json&after=0&types=session.status')).json() as HubEvent[]).map(({ data }) => data)
    expect((await transitions()).map(({ session_id }) => session_id).sort()).toEqual(stalled.map(({ session_id }) => session_id).sort())
    for (const { session_id } of stalled) expect(await fleets[1].heartbeat(session_id)).toMatchObject({ status: 'active' })
    expect(await transitions()).toHaveLength(8)
    // A heartbeat at one hub counts for the other's monitor.
    for (let minute = 0; minute < 6; minute++) {
      await Promise.all([...stalled, ...active].map(({ session_id }) => fleets[0].heartbeat(session_id, { heartbeat_interval_ms: null })))
      for (let look = 0; look < 15; look++) {
        clock.pass(4000)
        await Promise.all(hubs.map((hub) => hub.monitor.check()))
      }
    }
    expect(await transitions()).toHaveLength(8)
    expect(clock.now()).toBeGreaterThan(6 * MINUTE)
  })

  it('each publishes everything, in order, without gap or duplicate', async () => {
    const { hubs, fleets } = await twoHubs()
    const received = hubs.map((hub) => {
      const events: HubEvent[] = []
      hub.store.events.listen((published) => events.push(...published))
      return events
    })
    await Promise.all(
      times(20, async (n) => {
        const fleet = fleets[n % 2]!
        const { session_id } = await fleet.session({ machine_id: `m${n % 4}` })
        const { task_id } = await fleet.task(session_id)
        await fleet.ok('POST', `/tasks/${task_id}/start`, {})
        await fleets[(n + 1) % 2]!.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
      }),
    )
    // 4 machines; per session: itself, its task, started, that as its current one, failed, and the task with it.
    const count = 4 + 20 * 6
    for (const events of received) await vi.waitFor(() => expect(events).toHaveLength(count), soon)
    for (const events of received) expect(events.map(({ id }) => id)).toEqual(times(count, (n) => n + 1))
    expect(received[0]).toEqual(received[1])
    for (const id of new Set(received[0]!.flatMap(({ data }) => (data.session_id as string | undefined) ?? []))) {
      const own = received[0]!.filter(({ data }) => data.session_id === id)
      expect(own.map(({ event }) => event)).toEqual([
        'session.created',
        'task.created',
        'task.status',
        'session.updated',
        'session.status',
        'task.status',
      ])
    }
  })
})
