import { randomUUID } from 'node:crypto'
import { type HubEvent, sessionUpdatedSchema } from '@signalbox/contract/event'
import type { Machine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Fleet, fleetOf } from '../../test/fleet.ts'
import type { HubOptions, TestHub } from '../../test/open-hub.ts'
import { Model, step } from '../../test/state-model.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** What sessions, tasks and machines promise on any store, at the hub's own doors. */
export function stateSuite(open: (options: HubOptions) => Promise<TestHub>, { runs }: { runs: number }): void {
  let hub: TestHub
  let fleet: Fleet
  beforeEach(async () => {
    hub = await open({ env: { LOG_LEVEL: 'silent' } })
    fleet = fleetOf(hub)
    await hub.monitor.look()
  })
  const ask = (method: string, url: string, payload?: object, headers: Record<string, string> = {}) =>
    hub.ask(method, url, { headers, ...(payload === undefined ? {} : { payload }) })
  const refused = async (method: string, url: string, payload?: object) => {
    const answer = await ask(method, url, payload)
    return [answer.statusCode, answer.json().error, answer.json().message] as [number, string, string]
  }
  const events = async (query = '') => (await ask('GET', `/events?format=json&after=0&limit=1000${query}`)).json() as HubEvent[]

  describe('a session', () => {
    it('begins active, and registers the machine it says it is on, without slots', async () => {
      const answer = await ask('POST', '/sessions', { project_id: 'p', machine_id: 'box', metadata: { a: 1 } })
      const now = new Date(hub.clock.now()).toISOString()
      const { session_id, ...session } = answer.json() as Session
      expect(answer.statusCode).toBe(201)
      expect(answer.headers.location).toBe(`/sessions/${session_id}`)
      expect(answer.headers.etag).toBe('"1"')
      expect(session).toEqual({
        project_id: 'p',
        machine_id: 'box',
        status: 'active',
        last_heartbeat: now,
        started_at: now,
        created_at: now,
        updated_at: now,
        metadata: { a: 1 },
        revision: 1,
      })
      expect(await fleet.readMachine('box')).toMatchObject({
        hostname: 'box',
        docker_slots: [],
        status: 'online',
        active_sessions: [session_id],
      })
      expect((await ask('GET', `/sessions/${session_id}`)).json()).toEqual(answer.json())
    })

    it('keeps the id it was given, once', async () => {
      const session_id = randomUUID()
      expect((await fleet.session({ session_id })).session_id).toBe(session_id)
      expect(await refused('POST', '/sessions', { session_id, project_id: 'p', machine_id: 'm' })).toEqual([
        409,
        'conflict',
        `There is a session ${session_id} already`,
      ])
      expect((await refused('POST', '/sessions', { session_id: 'not-a-uuid', project_id: 'p', machine_id: 'm' }))[0]).toBe(400)
    })

    it('may hold a slot that its machine has declared and nobody holds', async () => {
      await fleet.machine('box', [1, 2])
      const first = await fleet.session({ machine_id: 'box', docker_slot: 1 })
      expect(first.docker_slot).toBe(1)
      const wanted = (docker_slot: number) => refused('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot })
      expect(await wanted(3)).toEqual([400, 'validation_error', 'docker_slot: the machine box has no slot 3'])
      expect(await wanted(1)).toEqual([409, 'conflict', `Slot 1 of box is held by session ${first.session_id}`])
      expect((await refused('POST', '/sessions', { project_id: 'p', machine_id: 'new', docker_slot: 1 }))[0]).toBe(400)
      expect((await ask('GET', '/machines/new')).statusCode).toBe(404)
      await fleet.ok('DELETE', `/sessions/${first.session_id}`)
      expect((await fleet.session({ machine_id: 'box', docker_slot: 1 })).docker_slot).toBe(1)
    })

    it('of 200 simultaneous claims of one slot one wins', async () => {
      await fleet.machine('box', [7])
      const claims = await Promise.all(
        Array.from({ length: 200 }, () => ask('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot: 7 })),
      )
      expect(claims.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1)
      expect(claims.filter(({ statusCode }) => statusCode === 409)).toHaveLength(199)
      const others = await Promise.all(Array.from({ length: 20 }, () => fleet.session({ machine_id: 'box' })))
      await fleet.ok('DELETE', `/sessions/${claims.find(({ statusCode }) => statusCode === 201)!.json().session_id}`)
      const assigned = await Promise.all(others.map(({ session_id }) => ask('POST', '/machines/box/assign-session', { session_id })))
      expect(assigned.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
      expect(assigned.filter(({ statusCode }) => statusCode === 409)).toHaveLength(19)
    })

    it('merges metadata at the first level, and null takes a key away', async () => {
      const { session_id } = await fleet.session({ metadata: { a: 1, b: { c: 2 }, d: 3 } })
      await fleet.ok('PUT', `/sessions/${session_id}`, { metadata: { b: { e: 4 }, a: null } })
      await fleet.beat(session_id, { metadata: { f: 'x' } })
      expect((await fleet.read(session_id)).metadata).toEqual({ b: { e: 4 }, d: 3, f: 'x' })
    })

    it('waits for a person since the moment it began to', async () => {
      const { session_id } = await fleet.session()
      await fleet.beat(session_id, { activity: 'waiting', waiting_for: 'permission' })
      const since = new Date(hub.clock.now()).toISOString()
      hub.clock.pass(5000)
      await fleet.beat(session_id, { activity: 'waiting' })
      expect(await fleet.read(session_id)).toMatchObject({ activity: 'waiting', waiting_for: 'permission', waiting_since: since })
      await fleet.beat(session_id, { activity: 'working' })
      expect(await fleet.read(session_id)).not.toHaveProperty('waiting_since')
      expect(await refused('PUT', `/sessions/${session_id}`, { activity: 'idle', waiting_for: 'input' })).toEqual([
        400,
        'validation_error',
        'waiting_for goes with the activity waiting',
      ])
    })

    it('says when to come again, as it promised or as the hub expects', async () => {
      const { session_id } = await fleet.session()
      expect((await ask('POST', `/sessions/${session_id}/heartbeat`)).json()).toEqual({
        session_id,
        status: 'active',
        last_heartbeat: new Date(hub.clock.now()).toISOString(),
        message: 'Heartbeat recorded',
        next_heartbeat_ms: 60_000,
      })
      await fleet.beat(session_id, { heartbeat_interval_ms: 15_000 })
      expect((await ask('POST', `/sessions/${session_id}/heartbeat`)).json().next_heartbeat_ms).toBe(15_000)
    })

    it('that has ended beats no more, and is recovered only from failure', async () => {
      const { session_id } = await fleet.session()
      await fleet.ok('PUT', `/sessions/${session_id}`, { status: 'completed' })
      expect(await refused('POST', `/sessions/${session_id}/heartbeat`)).toEqual([
        409,
        'conflict',
        'A session that is completed cannot beat',
      ])
      expect(await refused('POST', `/sessions/${session_id}/recover`)).toEqual([
        409,
        'conflict',
        'A session that is completed cannot become active by recovery',
      ])
      expect(await refused('PUT', `/sessions/${session_id}`, { status: 'paused' })).toEqual([
        409,
        'conflict',
        'A session that is completed cannot become paused',
      ])
      expect((await ask('DELETE', `/sessions/${session_id}`)).statusCode).toBe(204)
      expect((await fleet.read(session_id)).status).toBe('completed')
    })

    it('takes its tasks along when it ends, frees its slot, and says when', async () => {
      await fleet.machine('box', [1])
      const { session_id } = await fleet.session({ machine_id: 'box', docker_slot: 1 })
      const [doing, waiting] = [await fleet.task(session_id), await fleet.task(session_id)]
      await fleet.ok('POST', `/tasks/${doing.task_id}/start`, {})
      hub.clock.pass(1000)
      await fleet.ok('POST', `/sessions/${session_id}/process-ended`, { pid: 7, signal: 'SIGKILL', witness: 'mcp' })
      const now = new Date(hub.clock.now()).toISOString()
      const ended = await fleet.read(session_id)
      expect(ended).toMatchObject({ status: 'failed', completed_at: now })
      expect(ended).not.toHaveProperty('docker_slot')
      expect(ended).not.toHaveProperty('current_task_id')
      expect(await fleet.readTask(doing.task_id)).toMatchObject({ status: 'failed', error_message: 'session ended', completed_at: now })
      expect((await fleet.readTask(waiting.task_id)).status).toBe('pending')
      expect((await ask('GET', `/sessions/${session_id}/failure-info`)).json()).toMatchObject({
        failure_reason: 'process ended',
        error_details: 'witness mcp, pid 7, signal SIGKILL',
        failed_at: now,
        current_task_id: doing.task_id,
        analysis: { stuck_task_count: 1 },
      })
      // Late witnesses change nothing.
      hub.clock.pass(1000)
      expect(await fleet.ok('POST', `/sessions/${session_id}/process-ended`, { witness: 'other' })).toEqual(ended)
      expect((await ask('GET', '/machines/available')).json()).toMatchObject([{ machine_id: 'box', available_slot_numbers: [1] }])
    })

    it('is recovered three times, with its tasks to be done again from where it is told', async () => {
      await fleet.machine('a', [1])
      await fleet.machine('b', [5])
      const { session_id } = await fleet.session({ machine_id: 'a', docker_slot: 1 })
      const tasks: Task[] = []
      for (let n = 0; n < 4; n++) tasks.push(await fleet.task(session_id, { task_name: `task ${n}` }))
      await fleet.ok('POST', `/tasks/${tasks[0]!.task_id}/complete`, {})
      await fleet.ok('POST', `/tasks/${tasks[1]!.task_id}/fail`, { error_message: 'no' })
      await fleet.ok('POST', `/tasks/${tasks[2]!.task_id}/start`, {})
      await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory', error_details: 'heap' })
      expect((await ask('POST', `/sessions/${session_id}/prepare-recovery`)).json()).toMatchObject({
        status: 'failed',
        machine_id: 'a',
        docker_slot: 1,
        last_task_id: tasks[0]!.task_id,
        recovery_attempts: 0,
      })
      hub.clock.pass(1000)
      const recovered = await fleet.ok<Session>('POST', `/sessions/${session_id}/recover`, {
        new_machine_id: 'b',
        new_docker_slot: 5,
        resume_from_task_id: tasks[2]!.task_id,
      })
      expect(recovered).toMatchObject({ session_id, status: 'active', machine_id: 'b', docker_slot: 5 })
      expect(recovered).not.toHaveProperty('completed_at')
      const statuses = async () => Promise.all(tasks.map(async ({ task_id }) => (await fleet.readTask(task_id)).status))
      expect(await statuses()).toEqual(['completed', 'failed', 'pending', 'pending'])
      await fleet.ok('POST', `/sessions/${session_id}/mark-stalled`, { reason: 'no output' })
      expect((await ask('GET', '/sessions/recoverable')).json()).toMatchObject([{ session_id, recovery_attempts: 1, can_recover: true }])
      await fleet.ok('POST', `/sessions/${session_id}/recover`, {})
      expect(await statuses()).toEqual(['completed', 'pending', 'pending', 'pending'])
      expect((await fleet.read(session_id)).docker_slot).toBe(5)
      await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'again' })
      await fleet.ok('POST', `/sessions/${session_id}/recover`, {})
      await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'and again' })
      expect(await refused('POST', `/sessions/${session_id}/recover`)).toEqual([
        409,
        'conflict',
        'The session cannot be recovered: it was recovered 3 times already',
      ])
      expect((await ask('GET', '/sessions/recoverable')).json()).toMatchObject([{ can_recover: false, recovery_attempts: 3 }])
      expect((await ask('GET', `/sessions/${session_id}/recovery-history`)).json()).toMatchObject({
        total_attempts: 3,
        successful_attempts: 0,
        failed_attempts: 3,
        current_status: 'failed',
        attempts: [{ attempt: 1, from_status: 'failed', from_machine_id: 'a', to_machine_id: 'b', docker_slot: 5 }, {}, {}],
      })
    })

    it('tells its story: every change of status, and what the log still knows', async () => {
      const { session_id } = await fleet.session()
      const { task_id } = await fleet.task(session_id, { task_name: 'write' })
      const after = async (work: () => Promise<unknown>) => {
        hub.clock.pass(1000)
        await work()
      }
      await after(() => fleet.ok('POST', `/tasks/${task_id}/start`, {}))
      await after(() => fleet.ok('PUT', `/sessions/${session_id}`, { status: 'paused' }))
      await after(() => fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'gave up' }))
      const rows = (await ask('GET', `/sessions/${session_id}/timeline`)).json() as Record<string, string>[]
      expect(rows.map(({ type, from, to, reason }) => [type, from, to, reason].filter(Boolean).join(' '))).toEqual([
        'session.created',
        'task.created',
        'task.status pending in_progress',
        'session.updated',
        'session.status active paused',
        'session.status paused failed gave up',
        'task.status in_progress failed session ended',
      ])
      expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted())
      expect((await ask('GET', `/sessions/${session_id}/timeline?limit=2`)).json()).toEqual(rows.slice(-2))
    })

    it('changes only at the revision that was seen, where one is named', async () => {
      const made = await ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
      const url = `/sessions/${made.json().session_id}`
      const put = (etag: string, status: string) => ask('PUT', url, { status }, { 'if-match': etag })
      expect((await put('"1"', 'paused')).headers.etag).toBe('"2"')
      const late = await put('"1"', 'active')
      expect([late.statusCode, late.json().error, late.json().details]).toEqual([412, 'precondition_failed', { revision: 2 }])
      expect((await ask('DELETE', url, undefined, { 'if-match': '"1"' })).statusCode).toBe(412)
      expect((await ask('PATCH', url, { status: 'active' }, { 'if-match': '"2"' })).statusCode).toBe(200)
      // A beat is a change too: what the body shows has changed.
      await fleet.beat(made.json().session_id)
      expect((await ask('GET', url)).headers.etag).toBe('"4"')
    })

    it('is archived and purged with its tasks, by whoever may', async () => {
      const { session_id } = await fleet.session()
      await fleet.task(session_id)
      expect(await refused('POST', `/sessions/${session_id}/archive`)).toMatchObject([409, 'conflict', /active cannot become archived/])
      await fleet.ok('DELETE', `/sessions/${session_id}`)
      expect((await refused('DELETE', `/sessions/${session_id}/purge`, { confirm: true }))[0]).toBe(409)
      expect((await fleet.ok<Session>('POST', `/sessions/${session_id}/archive`)).status).toBe('archived')
      expect(await refused('DELETE', `/sessions/${session_id}/purge`, { confirm: false })).toMatchObject([
        400,
        'validation_error',
        /confirm/,
      ])
      expect(await fleet.ok('DELETE', `/sessions/${session_id}/purge`, { confirm: true })).toMatchObject({ tasks_deleted: 1, purged: true })
      expect((await ask('GET', `/sessions/${session_id}`)).statusCode).toBe(404)
      expect((await ask('GET', '/tasks')).json()).toEqual([])
    })
  })

  describe('lists of sessions', () => {
    it('are newest first, in pages that add up, filtered by anything', async () => {
      const made: Session[] = []
      for (let n = 0; n < 7; n++) {
        hub.clock.pass(1)
        made.push(await fleet.session({ project_id: `p${n % 2}`, machine_id: `m${n % 3}` }))
      }
      await fleet.ok('PUT', `/sessions/${made[0]!.session_id}`, { status: 'paused' })
      await fleet.ok('DELETE', `/sessions/${made[1]!.session_id}`)
      const ids = async (query: string) =>
        ((await ask('GET', `/sessions${query}`)).json() as Session[]).map((one) => made.findIndex((m) => m.session_id === one.session_id))
      expect(await ids('')).toEqual([6, 5, 4, 3, 2, 1, 0])
      expect(await ids('?status=paused&status=completed')).toEqual([1, 0])
      expect(await ids('?project_id=p0&machine_id=m0')).toEqual([6, 0])
      expect(await ids('?limit=3&offset=3')).toEqual([3, 2, 1])
      const page = await ask('GET', '/sessions?limit=3&status=active')
      expect(page.headers['x-total-count']).toBe('5')
      expect(page.headers.link).toBe('</sessions?limit=3&status=active&offset=3>; rel="next"')
      expect(await ids('?machine_id=nobody')).toEqual([])
      expect((await ask('GET', '/sessions/by-machine/m0?status=active')).json()).toHaveLength(2)
      expect((await ask('GET', '/sessions/by-project/p1')).json()).toMatchObject({
        project_id: 'p1',
        stats: { total: 3, active: 2, paused: 0, stalled: 0, completed: 1, failed: 0, archived: 0 },
        sessions: { active: [{}, {}], completed: [{ session_id: made[1]!.session_id }], failed: [] },
      })
      expect((await refused('GET', '/sessions?status=asleep'))[0]).toBe(400)
      expect((await refused('GET', '/sessions?limit=101'))[0]).toBe(400)
      expect(await refused('GET', '/sessions?colour=red')).toEqual([
        400,
        'validation_error',
        'The query parameter colour is not known here',
      ])
    })

    it('of stale ones begin with the longest silent, and end at the threshold', async () => {
      const [first, second] = [await fleet.session(), await fleet.session()]
      hub.clock.pass(60_000)
      await fleet.beat(first.session_id)
      await fleet.session()
      hub.clock.pass(120_000)
      const stale = async (query: string) =>
        ((await ask('GET', `/sessions/stale${query}`)).json() as Session[]).map(({ session_id }) => session_id)
      expect(await stale('')).toEqual([])
      expect(await stale('?threshold=150')).toEqual([second.session_id])
      expect((await stale('?threshold=60')).slice(0, 1)).toEqual([second.session_id])
      expect(await stale('?threshold=60')).toHaveLength(3)
      expect((await ask('GET', `/sessions/${second.session_id}/health?threshold=60`)).json()).toMatchObject({
        is_stale: true,
        time_since_heartbeat: 180,
        recommendations: [/process still runs/],
      })
      expect((await ask('GET', '/sessions/active?threshold=150')).json()).toMatchObject([{ is_stale: false }, {}, {}])
    })

    it('of failed and archived ones have what each is', async () => {
      const [failed, archived] = [await fleet.session(), await fleet.session()]
      await fleet.ok('POST', `/sessions/${failed.session_id}/mark-failed`, { reason: 'r' })
      await fleet.ok('DELETE', `/sessions/${archived.session_id}`)
      await fleet.ok('POST', `/sessions/${archived.session_id}/archive`)
      expect((await ask('GET', '/sessions/failed')).json()).toMatchObject([
        { session_id: failed.session_id, status: 'failed', is_stale: false },
      ])
      expect((await ask('GET', '/sessions/archived')).json()).toMatchObject([{ session_id: archived.session_id, status: 'archived' }])
    })
  })

  describe('a task', () => {
    it('is of a live session and its project, and becomes its current one', async () => {
      const session = await fleet.session({ project_id: 'mine' })
      const answer = await ask('POST', '/tasks', { session_id: session.session_id, task_name: 'write', github_issue_id: '12' })
      const task = answer.json() as Task
      expect([answer.statusCode, answer.headers.location, answer.headers.etag]).toEqual([201, `/tasks/${task.task_id}`, '"1"'])
      expect(task).toMatchObject({ project_id: 'mine', status: 'pending', github_issue_id: '12', metadata: {} })
      expect(task).not.toHaveProperty('started_at')
      hub.clock.pass(1000)
      const started = await fleet.ok<Task>('POST', `/tasks/${task.task_id}/start`)
      expect(started).toMatchObject({ status: 'in_progress', started_at: new Date(hub.clock.now()).toISOString(), revision: 2 })
      expect((await fleet.read(session.session_id)).current_task_id).toBe(task.task_id)
      await fleet.ok('POST', `/tasks/${task.task_id}/complete`)
      expect(await fleet.read(session.session_id)).not.toHaveProperty('current_task_id')
      expect(await refused('PUT', `/tasks/${task.task_id}`, { status: 'pending' })).toEqual([
        409,
        'conflict',
        'A task that is completed cannot become pending',
      ])
    })

    it('is refused where its session is not, has ended, or is of another project', async () => {
      const { session_id } = await fleet.session()
      expect((await refused('POST', '/tasks', { session_id: randomUUID(), task_name: 't' })).slice(0, 2)).toEqual([400, 'validation_error'])
      expect(await refused('POST', '/tasks', { session_id, project_id: 'other', task_name: 't' })).toEqual([
        400,
        'validation_error',
        'project_id must be that of the session',
      ])
      const { task_id } = await fleet.task(session_id)
      await fleet.ok('DELETE', `/sessions/${session_id}`)
      expect((await refused('POST', '/tasks', { session_id, task_name: 't' })).slice(0, 2)).toEqual([409, 'conflict'])
      expect((await refused('POST', `/tasks/${task_id}/start`)).slice(0, 2)).toEqual([409, 'conflict'])
    })

    it('says why it failed or is blocked', async () => {
      const { session_id } = await fleet.session()
      const { task_id } = await fleet.task(session_id)
      expect(await refused('PUT', `/tasks/${task_id}`, { status: 'failed' })).toEqual([400, 'validation_error', 'error_message is missing'])
      expect((await refused('POST', `/tasks/${task_id}/fail`, {}))[0]).toBe(400)
      expect(await fleet.ok('POST', `/tasks/${task_id}/block`, { reason: 'waits' })).toMatchObject({
        status: 'blocked',
        error_message: 'waits',
      })
      expect(await fleet.ok('PUT', `/tasks/${task_id}`, { status: 'failed', error_message: 'no' })).toMatchObject({ error_message: 'no' })
      expect(await fleet.ok('PUT', `/tasks/${task_id}`, { status: 'pending' })).not.toHaveProperty('error_message')
    })

    it('that never started can be removed, and no other', async () => {
      const { session_id } = await fleet.session()
      const [never, once] = [await fleet.task(session_id), await fleet.task(session_id)]
      await fleet.ok('POST', `/tasks/${once.task_id}/start`)
      await fleet.ok('POST', `/tasks/${once.task_id}/block`)
      expect((await refused('DELETE', `/tasks/${once.task_id}`)).slice(0, 2)).toEqual([409, 'conflict'])
      await fleet.ok('DELETE', `/tasks/${never.task_id}`)
      expect((await refused('GET', `/tasks/${never.task_id}`)).slice(0, 2)).toEqual([404, 'not_found'])
    })

    it('is listed by session, project and status; a session knows how far it is', async () => {
      const [a, b] = [await fleet.session({ project_id: 'a' }), await fleet.session({ project_id: 'b' })]
      const made: Task[] = []
      for (const { session_id } of [a, a, a, b]) {
        hub.clock.pass(1)
        made.push(await fleet.task(session_id))
      }
      await fleet.ok('POST', `/tasks/${made[0]!.task_id}/complete`)
      const ids = async (query: string) =>
        ((await ask('GET', `/tasks${query}`)).json() as Task[]).map(({ task_id }) => made.findIndex((one) => one.task_id === task_id))
      expect(await ids('')).toEqual([3, 2, 1, 0])
      expect(await ids(`?session_id=${a.session_id}&limit=2`)).toEqual([2, 1])
      expect(await ids('?project_id=b')).toEqual([3])
      expect(await ids('?status=completed&status=failed')).toEqual([0])
      expect((await ask('GET', '/tasks?project_id=a&limit=1')).headers['x-total-count']).toBe('3')
      expect((await ask('GET', `/sessions/${a.session_id}/tasks`)).json()).toMatchObject({
        tasks: { pending: [{ task_id: made[1]!.task_id }, { task_id: made[2]!.task_id }], completed: [{ task_id: made[0]!.task_id }] },
        stats: { total: 3, pending: 2, completed: 1, completion_percentage: 33.3 },
      })
    })
  })

  describe('a machine', () => {
    it('is registered once, and in full where a session was there first', async () => {
      const { session_id } = await fleet.session({ machine_id: 'box' })
      const answer = await ask('POST', '/machines', { machine_id: 'box', hostname: 'box.local', docker_slots: [3, 1] })
      expect([answer.statusCode, answer.json()]).toMatchObject([
        201,
        { hostname: 'box.local', docker_slots: [1, 3], active_sessions: [session_id] },
      ])
      expect((await refused('POST', '/machines', { machine_id: 'box', hostname: 'x' })).slice(0, 2)).toEqual([409, 'conflict'])
      expect((await refused('POST', '/machines', { machine_id: 'b', hostname: 'x', docker_slots: [1, 1] }))[0]).toBe(400)
      expect((await refused('POST', '/machines', { machine_id: 'b' }))[0]).toBe(400)
    })

    it('loses no slot that is held, and is offline only without sessions', async () => {
      await fleet.machine('box', [1, 2])
      const { session_id } = await fleet.session({ machine_id: 'box', docker_slot: 2 })
      expect(await refused('PUT', '/machines/box', { docker_slots: [1] })).toEqual([
        409,
        'conflict',
        `Slot 2 is held by session ${session_id} and cannot be taken away`,
      ])
      expect((await refused('DELETE', '/machines/box'))[1]).toBe('conflict')
      await fleet.ok('POST', '/machines/box/release-session', { session_id })
      expect(await fleet.ok('PUT', '/machines/box', { docker_slots: [1] })).toMatchObject({ docker_slots: [1] })
      await fleet.ok('DELETE', `/sessions/${session_id}`)
      await fleet.ok('DELETE', '/machines/box')
      expect((await fleet.readMachine('box')).status).toBe('offline')
    })

    it('gives out the lowest free slot, and the tag of its answer changes with its sessions', async () => {
      await fleet.machine('box', [2, 5])
      const [one, two, three] = [await fleet.session(), await fleet.session(), await fleet.session()]
      const assign = (session_id: string, docker_slot?: number) =>
        ask('POST', '/machines/box/assign-session', { session_id, ...(docker_slot ? { docker_slot } : {}) })
      const before = (await ask('GET', '/machines/box')).headers.etag
      const first = await assign(one!.session_id)
      expect(first.json()).toMatchObject({ machine_id: 'box', active_sessions: [one!.session_id] })
      expect(first.headers.etag).not.toBe(before)
      expect(await fleet.read(one!.session_id)).toMatchObject({ machine_id: 'box', docker_slot: 2 })
      expect((await assign(two!.session_id, 2)).statusCode).toBe(409)
      expect((await assign(two!.session_id, 9)).statusCode).toBe(400)
      await assign(two!.session_id)
      expect((await assign(three!.session_id)).json().message).toBe('All 2 slots of box are held')
      expect((await ask('POST', '/machines/nowhere/assign-session', { session_id: one!.session_id })).statusCode).toBe(404)
      await fleet.ok('PUT', '/machines/box', { status: 'maintenance' })
      expect((await assign(three!.session_id)).json().message).toBe('The machine box is maintenance')
    })

    it('is available while it is online and has a slot, most free first', async () => {
      await fleet.machine('a', [1])
      await fleet.machine('b', [1, 2, 3])
      await fleet.machine('c', [1, 2, 3])
      await fleet.machine('none')
      const { session_id } = await fleet.session({ machine_id: 'b', docker_slot: 2 })
      await fleet.session({ machine_id: 'a', docker_slot: 1 })
      expect((await ask('GET', '/machines/available')).json()).toMatchObject([
        { machine_id: 'c', available_slots: 3, occupied_slots: 0 },
        { machine_id: 'b', total_slots: 3, available_slots: 2, available_slot_numbers: [1, 3], active_sessions: [session_id] },
      ])
      await fleet.ok('PUT', '/machines/c', { status: 'maintenance' })
      expect((await ask('GET', '/machines/available')).json()).toHaveLength(1)
      expect(((await ask('GET', '/machines?status=maintenance')).json() as Machine[]).map(({ machine_id }) => machine_id)).toEqual(['c'])
      expect(((await ask('GET', '/machines?hostname=b')).json() as Machine[]).map(({ machine_id }) => machine_id)).toEqual(['b'])
    })
  })

  describe('events', () => {
    it('tell of every change, after it, with what they are about, and of no beat in the log', async () => {
      await fleet.machine('m', [1])
      const { session_id } = await fleet.session({ project_id: 'p', docker_slot: 1 })
      const { task_id } = await fleet.task(session_id)
      await fleet.ok('POST', `/tasks/${task_id}/start`)
      await fleet.beat(session_id)
      await fleet.beat(session_id, { activity: 'working' })
      await fleet.ok('PUT', `/sessions/${session_id}`, { status: 'paused' })
      await fleet.ok('PUT', '/machines/m', { status: 'maintenance' })
      const told = await events()
      expect(told.map(({ event }) => event)).toEqual([
        'machine.created',
        'session.created',
        'task.created',
        'task.status',
        'session.updated',
        'session.updated',
        'session.status',
        'machine.status',
      ])
      expect(told.map(({ id }) => id)).toEqual(told.map((_, index) => index + 1))
      expect(told[6]!.data).toMatchObject({ session_id, project_id: 'p', machine_id: 'm', from: 'active', status: 'paused' })
      expect(told[3]!.data).toMatchObject({ task_id, session_id, machine_id: 'm', from: 'pending', status: 'in_progress' })
      expect(told.slice(4, 6).map(({ data }) => data.changed)).toEqual([['current_task_id'], ['activity']])
      expect(await events(`&session_id=${session_id}`)).toHaveLength(6)
      expect((await events('&machine_id=m&types=machine.status,machine.created')).map(({ id }) => id)).toEqual([1, 8])
    })
  })

  it('are listed by the beginning of their id, in capitals or not, with every other filter', async () => {
    const id = (begins: string) => `${begins}${'00000000-0000-4000-8000-000000000000'.slice(begins.length)}`
    const made = [id('abcd1'), id('abcd2'), id('ABCD3'), id('abce'), id('0abc'), id('12345678-1'), id('12345678-2')]
    for (const [n, session_id] of made.entries()) {
      hub.clock.pass(1000)
      await fleet.session({ session_id, project_id: n % 2 === 0 ? 'even' : 'odd' })
    }
    await fleet.ok('PUT', `/sessions/${id('abcd2')}`, { status: 'paused' })
    const list = async (query: string) => {
      const answer = await ask('GET', `/sessions?session_id_prefix=${query}`)
      return [answer.headers['x-total-count'], ...(answer.json() as Session[]).map(({ session_id }) => session_id)]
    }
    expect(await list('abcd')).toEqual(['3', id('ABCD3'), id('abcd2'), id('abcd1')])
    expect(await list('ABCD')).toEqual(['3', id('ABCD3'), id('abcd2'), id('abcd1')])
    expect(await list('abcd&limit=1&offset=1')).toEqual(['3', id('abcd2')])
    expect(await list('abcd&status=active')).toEqual(['2', id('ABCD3'), id('abcd1')])
    expect(await list('abcd&status=active&status=paused&project_id=odd')).toEqual(['1', id('abcd2')])
    expect(await list('12345678-')).toEqual(['2', id('12345678-2'), id('12345678-1')])
    expect(await list(id('abce'))).toEqual(['1', id('abce')])
    expect(await list('abcd&machine_id=elsewhere')).toEqual(['0'])
    expect(await list('ffff')).toEqual(['0'])
    for (const wrong of ['', 'xyz', `${id('a')}0`, '%25'])
      expect(await refused('GET', `/sessions?session_id_prefix=${wrong}`)).toEqual([
        400,
        'validation_error',
        expect.stringContaining('session_id_prefix'),
      ])
  })

  it('an update tells what of the session is another one, and a beat that says nothing new tells none', async () => {
    await fleet.machine('m', [1])
    await fleet.machine('other', [1, 2])
    const { session_id } = await fleet.session({ metadata: { branch: 'main' }, activity: 'idle' })
    const url = `/sessions/${session_id}`
    const changed = async () => {
      const told = await events(`&session_id=${session_id}&types=session.updated`)
      for (const { data } of told) expect(sessionUpdatedSchema.strict().safeParse(data).error).toBeUndefined()
      return told.map(({ data }) => data.changed)
    }
    await fleet.beat(session_id, { activity: 'idle', metadata: { branch: 'main' } })
    expect(await changed()).toEqual([])
    await fleet.beat(session_id, { activity: 'waiting', waiting_for: 'input', metadata: { branch: 'dev' } })
    await fleet.beat(session_id, { heartbeat_interval_ms: 30_000 })
    await fleet.ok('PUT', url, { docker_slot: 1, metadata: { branch: 'dev' } })
    await fleet.ok('POST', '/machines/other/assign-session', { session_id, docker_slot: 2 })
    await fleet.ok('POST', '/machines/other/release-session', { session_id })
    await fleet.ok('POST', `${url}/prepare-recovery`)
    expect(await changed()).toEqual([
      ['activity', 'waiting_for', 'waiting_since', 'metadata'],
      ['heartbeat_interval_ms'],
      ['docker_slot'],
      ['machine_id', 'docker_slot'],
      ['docker_slot'],
      ['recovery_checkpoint_at'],
    ])
  })

  describe('a write that happens once', () => {
    it('makes one session and one task, however often it is asked for at the same time', async () => {
      const twice = (url: string, payload: object) =>
        Promise.all(Array.from({ length: 5 }, () => ask('POST', url, payload, { 'idempotency-key': `make ${url}` })))
      const sessions = await twice('/sessions', { project_id: 'p', machine_id: 'm' })
      const ids = new Set(sessions.map((answer) => answer.json().session_id))
      expect([ids.size, sessions.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length]).toEqual([1, 4])
      const tasks = await twice('/tasks', { session_id: [...ids][0], task_name: 't' })
      expect(new Set(tasks.map((answer) => answer.json().task_id)).size).toBe(1)
      expect((await ask('GET', '/tasks')).headers['x-total-count']).toBe('1')
      const other = await ask('POST', '/sessions', { project_id: 'other', machine_id: 'm' }, { 'idempotency-key': 'make /sessions' })
      expect(other.statusCode).toBe(409)
    })

    it('answers as it first did, whatever became of it since', async () => {
      const { session_id } = await fleet.session()
      const fail = () => ask('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' }, { 'idempotency-key': 'k' })
      const first = await fail()
      await fleet.ok('POST', `/sessions/${session_id}/recover`)
      const again = await fail()
      expect([again.statusCode, again.json(), again.headers['idempotent-replayed']]).toEqual([200, first.json(), 'true'])
      expect((await fleet.read(session_id)).status).toBe('active')
    })
  })

  describe('old sessions', () => {
    it('are cleaned up as the dry run said', async () => {
      const end = async (how: string) => {
        const { session_id } = await fleet.session()
        await fleet.task(session_id)
        if (how === 'failed') await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
        else await fleet.ok('DELETE', `/sessions/${session_id}`)
        if (how === 'archived') await fleet.ok('POST', `/sessions/${session_id}/archive`)
      }
      for (const how of ['completed', 'completed', 'failed', 'archived']) await end(how)
      hub.clock.pass(91 * DAY)
      await end('completed')
      hub.clock.pass(1)
      const { session_id } = await fleet.session()
      const clean = async (body: object) => await fleet.ok<Record<string, unknown>>('POST', '/sessions/cleanup', body)
      for (const body of [
        { older_than_days: 90, statuses: ['completed', 'failed'], archive: true },
        { older_than_days: 90, statuses: ['completed', 'failed', 'archived'] },
      ]) {
        const { dry_run: _, ...said } = await clean({ ...body, dry_run: true })
        const { dry_run: __, ...done } = await clean(body)
        expect(said).toEqual(done)
        expect(done.sessions_affected).toBe(body.archive ? 3 : 4)
        expect(done.tasks_deleted).toBe(body.archive ? 0 : 4)
        expect((await clean(body)).sessions_affected).toBe(0)
      }
      expect((await ask('GET', '/sessions')).json()).toMatchObject([{ session_id }, { status: 'completed' }])
      expect((await ask('POST', '/sessions/cleanup', { older_than_days: 6, statuses: ['completed'] })).statusCode).toBe(400)
      expect((await ask('POST', '/sessions/cleanup', { older_than_days: 7, statuses: ['active'] })).statusCode).toBe(400)
    })
  })

  describe('whatever is sent', () => {
    it('is kept exactly, or refused with a reason, and never a 500', async () => {
      const names = [
        'a/b',
        '"quoted"',
        "it's",
        'שלום עולם',
        '\u202Eright to left',
        'ünï✓🚂',
        '%2F..%00',
        '__proto__',
        ' spaces ',
        '$where',
        'a.b',
        '{}',
      ]
      for (const name of names) {
        const { session_id } = await fleet.session({
          project_id: name,
          machine_id: name,
          metadata: { [name === '__proto__' ? 'proto' : name]: name },
        })
        const shown = await fleet.read(session_id)
        expect([shown.project_id, shown.machine_id]).toEqual([name, name])
        const encoded = encodeURIComponent(name)
        expect((await ask('GET', `/sessions/by-project/${encoded}`)).json()).toMatchObject({ project_id: name, stats: { total: 1 } })
        expect((await fleet.readMachine(name)).active_sessions).toEqual([session_id])
        expect((await ask('GET', `/sessions?project_id=${encoded}`)).json()).toHaveLength(1)
        expect((await fleet.task(session_id, { task_name: `${name}\n\ttab` })).task_name).toBe(`${name}\n\ttab`)
      }
      const { session_id } = await fleet.session()
      for (const [status, method, url, payload] of [
        [400, 'POST', '/sessions', { project_id: 'a\u0000b', machine_id: 'm' }],
        [400, 'POST', '/sessions', { project_id: 'a\nb', machine_id: 'm' }],
        [400, 'POST', '/sessions', { project_id: '\ud800', machine_id: 'm' }],
        [400, 'POST', '/sessions', { project_id: 'x'.repeat(201), machine_id: 'm' }],
        [400, 'POST', '/sessions', { project_id: '', machine_id: 'm' }],
        [400, 'POST', '/sessions', { project_id: 7, machine_id: {} }],
        [400, 'POST', '/sessions', { project_id: 'p', machine_id: 'm', docker_slot: 1.5 }],
        [400, 'POST', '/sessions', { project_id: 'p', machine_id: 'm', docker_slot: '1' }],
        [400, 'POST', '/sessions', { project_id: 'p', machine_id: 'm', colour: 'red' }],
        [400, 'POST', '/sessions', { project_id: 'p', machine_id: 'm', status: 'active' }],
        [400, 'POST', '/sessions', [1, 2]],
        [400, 'POST', '/tasks', { session_id, task_name: 'x'.repeat(501) }],
        [400, 'POST', '/tasks', { session_id, task_name: 'zero\u0000byte' }],
        [404, 'GET', `/sessions/${encodeURIComponent('../../etc/passwd')}`, undefined],
        [404, 'GET', `/sessions/${encodeURIComponent(`'; DROP TABLE session; --`)}`, undefined],
        [404, 'POST', `/tasks/${encodeURIComponent('"quoted"/id')}/start`, {}],
        [404, 'GET', `/machines/${encodeURIComponent('x'.repeat(200))}`, undefined],
        [413, 'PUT', `/sessions/${session_id}`, { metadata: keys(10_000) }],
        [400, 'PUT', `/sessions/${session_id}`, { metadata: keys(3000) }],
        [400, 'PUT', `/sessions/${session_id}`, { metadata: { text: 'x'.repeat(17_000) } }],
        [413, 'PUT', `/sessions/${session_id}`, { metadata: { text: 'x'.repeat(3_000_000) } }],
        [400, 'PUT', `/sessions/${session_id}`, { metadata: [1] }],
        [400, 'PUT', `/sessions/${session_id}`, { metadata: 'text' }],
      ] as const) {
        const answer = await ask(method, url, payload as object | undefined)
        expect(
          answer.statusCode,
          `${method} ${url.slice(0, 60)} ${JSON.stringify(payload)?.slice(0, 80)}: ${answer.body.slice(0, 200)}`,
        ).toBe(status)
        expect(answer.json()).toMatchObject({
          statusCode: status,
          error: expect.any(String),
          message: expect.any(String),
          request_id: expect.any(String),
        })
      }
      const deep = `{"metadata":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`
      const nested = await hub.ask('PUT', `/sessions/${session_id}`, { payload: deep, headers: { 'content-type': 'application/json' } })
      expect([nested.statusCode, nested.json().message]).toEqual([400, 'metadata must not be nested deeper than 32'])
      const proto = await hub.ask('PUT', `/sessions/${session_id}`, {
        payload: '{"metadata":{"__proto__":{"polluted":true}}}',
        headers: { 'content-type': 'application/json' },
      })
      expect(proto.statusCode).toBe(400)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    })

    it('fits into metadata up to the last byte, merged', async () => {
      const { session_id } = await fleet.session({ metadata: { a: 'x'.repeat(10_000) } })
      expect(await refused('PUT', `/sessions/${session_id}`, { metadata: { b: 'y'.repeat(10_000) } })).toEqual([
        400,
        'validation_error',
        'metadata would be larger than 16 KiB',
      ])
      const overhead = JSON.stringify({ a: '', b: '' }).length
      await fleet.ok('PUT', `/sessions/${session_id}`, { metadata: { b: 'y'.repeat(16_384 - 10_000 - overhead) } })
      const odd = { '1': 1, $set: { x: 1 }, 'a.b': null, nested: { 'c.d': [null, true, 1e21, 'x'] }, ключ: '\ud83d\ude82' }
      await fleet.ok('PUT', `/sessions/${session_id}`, { metadata: { a: null, b: null, ...odd } })
      const { 'a.b': _, ...kept } = odd
      expect((await fleet.read(session_id)).metadata).toEqual(kept)
    })
  })

  it(
    'no sequence of operations leads to what the tables do not allow',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
          const model = new Model(await open({ env: { LOG_LEVEL: 'silent' } }))
          await model.open()
          for (const one of steps) await model.take(one)
          await model.check()
        }),
        { numRuns: runs },
      )
    },
    4 * MINUTE,
  )
}

function keys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]))
}
