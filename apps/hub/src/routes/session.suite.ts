import { randomUUID } from 'node:crypto'
import { sessionUpdatedSchema } from '@signalbox/contract/event'
import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'
import { describe, expect, it } from 'vitest'
import type { StateRoutes } from '../../test/state-routes.ts'
import { requestMark } from '../http/idempotency.ts'
import { createSession } from '../state/session.ts'

const DAY = 86_400_000

/** What the routes of sessions promise on any store. */
export function sessionSuite(routes: StateRoutes): void {
  const { ask, refused, events } = routes

  describe('a session', () => {
    it('starts active, and registers its machine without slots', async () => {
      const answer = await ask('POST', '/sessions', { project_id: 'p', machine_id: 'box', metadata: { a: 1 } })
      const now = new Date(routes.hub.clock.now()).toISOString()
      const { session_id, ...session } = answer.json() as Session
      expect(answer.statusCode).toBe(201)
      expect(answer.headers.location).toBe(`/sessions/${session_id}`)
      expect(answer.headers.etag).toBe('"1"')
      expect(session).toEqual({
        project_id: 'p',
        machine_id: 'box',
        attempt: 1,
        status: 'active',
        last_heartbeat: now,
        started_at: now,
        created_at: now,
        updated_at: now,
        metadata: { a: 1 },
        revision: 1,
      })
      expect(await routes.fleet.readMachine('box')).toMatchObject({
        hostname: 'box',
        docker_slots: [],
        status: 'online',
        active_sessions: [session_id],
      })
      expect((await ask('GET', `/sessions/${session_id}`)).json()).toEqual(answer.json())
    })

    it('keeps a given id, which cannot be used twice', async () => {
      const session_id = randomUUID()
      expect((await routes.fleet.session({ session_id })).session_id).toBe(session_id)
      expect(await refused('POST', '/sessions', { session_id, project_id: 'p', machine_id: 'm' })).toEqual([
        409,
        'conflict',
        `The session ${session_id} exists already`,
      ])
      expect((await refused('POST', '/sessions', { session_id: 'not-a-uuid', project_id: 'p', machine_id: 'm' }))[0]).toBe(400)
    })

    it('may hold a slot that its machine has declared and no other session holds', async () => {
      await routes.fleet.machine('box', [1, 2])
      const first = await routes.fleet.session({ machine_id: 'box', docker_slot: 1 })
      expect(first.docker_slot).toBe(1)
      const claim = (docker_slot: number) => refused('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot })
      expect(await claim(3)).toEqual([400, 'validation_error', 'docker_slot: the machine box has no slot 3'])
      expect(await claim(1)).toEqual([409, 'conflict', `Slot 1 of box is held by session ${first.session_id}`])
      expect((await refused('POST', '/sessions', { project_id: 'p', machine_id: 'new', docker_slot: 1 }))[0]).toBe(400)
      expect((await ask('GET', '/machines/new')).statusCode).toBe(404)
      await routes.fleet.ok('DELETE', `/sessions/${first.session_id}`)
      expect((await routes.fleet.session({ machine_id: 'box', docker_slot: 1 })).docker_slot).toBe(1)
    })

    it('wins only one of 200 simultaneous claims of a slot', async () => {
      await routes.fleet.machine('box', [7])
      const claims = await Promise.all(
        Array.from({ length: 200 }, () => ask('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot: 7 })),
      )
      expect(claims.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1)
      expect(claims.filter(({ statusCode }) => statusCode === 409)).toHaveLength(199)
      const others = await Promise.all(Array.from({ length: 20 }, () => routes.fleet.session({ machine_id: 'box' })))
      await routes.fleet.ok('DELETE', `/sessions/${claims.find(({ statusCode }) => statusCode === 201)!.json().session_id}`)
      const assigned = await Promise.all(others.map(({ session_id }) => ask('POST', '/machines/box/assign-session', { session_id })))
      expect(assigned.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
      expect(assigned.filter(({ statusCode }) => statusCode === 409)).toHaveLength(19)
    })

    it('merges metadata at the first level, and null removes a key', async () => {
      const { session_id } = await routes.fleet.session({ metadata: { a: 1, b: { c: 2 }, d: 3 } })
      await routes.fleet.ok('PUT', `/sessions/${session_id}`, { metadata: { b: { e: 4 }, a: null } })
      await routes.fleet.heartbeat(session_id, { metadata: { f: 'x' } })
      expect((await routes.fleet.read(session_id)).metadata).toEqual({ b: { e: 4 }, d: 3, f: 'x' })
    })

    it('keeps the moment since which it waits for a person', async () => {
      const { session_id } = await routes.fleet.session()
      await routes.fleet.heartbeat(session_id, { activity: 'waiting', waiting_for: 'permission' })
      const since = new Date(routes.hub.clock.now()).toISOString()
      routes.hub.clock.pass(5000)
      await routes.fleet.heartbeat(session_id, { activity: 'waiting' })
      expect(await routes.fleet.read(session_id)).toMatchObject({ activity: 'waiting', waiting_for: 'permission', waiting_since: since })
      await routes.fleet.heartbeat(session_id, { activity: 'working' })
      expect(await routes.fleet.read(session_id)).not.toHaveProperty('waiting_since')
      expect(await refused('PUT', `/sessions/${session_id}`, { activity: 'idle', waiting_for: 'input' })).toEqual([
        400,
        'validation_error',
        'waiting_for goes with the activity waiting',
      ])
    })

    it('answers a heartbeat with the time until the next one, from its own interval or from the hub', async () => {
      const { session_id } = await routes.fleet.session()
      expect((await ask('POST', `/sessions/${session_id}/heartbeat`)).json()).toEqual({
        session_id,
        status: 'active',
        last_heartbeat: new Date(routes.hub.clock.now()).toISOString(),
        message: 'Heartbeat recorded',
        next_heartbeat_ms: 60_000,
      })
      await routes.fleet.heartbeat(session_id, { heartbeat_interval_ms: 15_000 })
      expect((await ask('POST', `/sessions/${session_id}/heartbeat`)).json().next_heartbeat_ms).toBe(15_000)
    })

    it('accepts no heartbeats after its end, and is recovered only from failure', async () => {
      const { session_id } = await routes.fleet.session()
      await routes.fleet.ok('PUT', `/sessions/${session_id}`, { status: 'completed' })
      expect(await refused('POST', `/sessions/${session_id}/heartbeat`)).toEqual([
        409,
        'conflict',
        'A session that is completed cannot send a heartbeat',
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
      expect((await routes.fleet.read(session_id)).status).toBe('completed')
    })

    it('ends its tasks with it, frees its slot, and keeps the time', async () => {
      await routes.fleet.machine('box', [1])
      const { session_id } = await routes.fleet.session({ machine_id: 'box', docker_slot: 1 })
      const [doing, waiting] = [await routes.fleet.task(session_id), await routes.fleet.task(session_id)]
      await routes.fleet.ok('POST', `/tasks/${doing.task_id}/start`, {})
      routes.hub.clock.pass(1000)
      await routes.fleet.ok('POST', `/sessions/${session_id}/process-ended`, { pid: 7, signal: 'SIGKILL', witness: 'mcp' })
      const now = new Date(routes.hub.clock.now()).toISOString()
      const ended = await routes.fleet.read(session_id)
      expect(ended).toMatchObject({ status: 'failed', completed_at: now })
      expect(ended).not.toHaveProperty('docker_slot')
      expect(ended).not.toHaveProperty('current_task_id')
      expect(await routes.fleet.readTask(doing.task_id)).toMatchObject({
        status: 'failed',
        error_message: 'session ended',
        completed_at: now,
      })
      expect((await routes.fleet.readTask(waiting.task_id)).status).toBe('pending')
      expect((await ask('GET', `/sessions/${session_id}/failure-info`)).json()).toMatchObject({
        failure_reason: 'process ended',
        error_details: 'witness mcp, pid 7, signal SIGKILL',
        failed_at: now,
        current_task_id: doing.task_id,
        analysis: { stuck_task_count: 1 },
      })
      // Late witnesses change nothing.
      routes.hub.clock.pass(1000)
      expect(await routes.fleet.ok('POST', `/sessions/${session_id}/process-ended`, { witness: 'other' })).toEqual(ended)
      expect((await ask('GET', '/machines/available')).json()).toMatchObject([{ machine_id: 'box', available_slot_numbers: [1] }])
    })

    it('that was recovered refuses its former client, which cannot end what its successor does', async () => {
      const { session_id, attempt } = await routes.fleet.session()
      const { task_id } = await routes.fleet.task(session_id)
      expect(attempt).toBe(1)
      const url = `/sessions/${session_id}`
      await routes.fleet.ok('POST', `${url}/mark-stalled`, { reason: 'lost', attempt })
      const recovered = await routes.fleet.ok<Session>('POST', `${url}/recover`, { new_machine_id: 'box-2' })
      expect(recovered).toMatchObject({ attempt: 2, machine_id: 'box-2' })
      await routes.fleet.ok('POST', `/tasks/${task_id}/start`, { attempt: 2 })
      const requests = [
        ['POST', `${url}/heartbeat`, { attempt }],
        ['POST', `${url}/heartbeat`, { attempt, status: 'paused' }],
        ['PUT', url, { status: 'completed', attempt }],
        ['POST', `${url}/mark-failed`, { reason: 'r', attempt }],
        ['POST', `${url}/mark-stalled`, { reason: 'r', attempt }],
        ['POST', `${url}/process-ended`, { witness: 'w', attempt }],
        ['DELETE', `${url}?attempt=1`],
        ['POST', '/tasks', { session_id, task_name: 't', attempt }],
        ['PUT', `/tasks/${task_id}`, { status: 'completed', attempt }],
        ['POST', `/tasks/${task_id}/complete`, { attempt }],
        ['POST', `/tasks/${task_id}/fail`, { error_message: 'e', attempt }],
        ['POST', `/tasks/${task_id}/block`, { attempt }],
        ['DELETE', `/tasks/${task_id}?attempt=1`],
        ['POST', '/machines/box-2/release-session', { session_id, attempt }],
        ['POST', '/machines/box-2/assign-session', { session_id, attempt }],
      ] as const
      const before = await routes.fleet.read(session_id)
      for (const [method, path, body] of requests) {
        const answer = await ask(method, path, body)
        expect([answer.statusCode, answer.json().error], `${method} ${path}`).toEqual([409, 'attempt_superseded'])
        expect(answer.json().message).toBe('Attempt 1 of the session was superseded by attempt 2')
        expect(answer.json().details).toMatchObject({ session_id, attempt: 2, superseded_attempt: 1, machine_id: 'box-2' })
      }
      expect(await routes.fleet.read(session_id)).toEqual(before)
      expect((await routes.fleet.readTask(task_id)).status).toBe('in_progress')
      // Of its successor, and of clients that name no attempt.
      await routes.fleet.heartbeat(session_id, { attempt: 2 })
      await routes.fleet.heartbeat(session_id)
      await routes.fleet.ok('POST', `/tasks/${task_id}/complete`, { attempt: 2 })
      await routes.fleet.ok('PUT', url, { status: 'completed', attempt: 2 })
      // Still not its own, though the session has ended.
      expect((await refused('POST', `${url}/heartbeat`, { attempt: 1 }))[1]).toBe('attempt_superseded')
      expect(await refused('POST', `${url}/heartbeat`, { attempt: 3 })).toEqual([
        400,
        'validation_error',
        'attempt: the session has had no attempt 3; it is at attempt 2',
      ])
    })

    it('whose creation is repeated after its recovery is not given to its former client', async () => {
      const session_id = randomUUID()
      const body = { session_id, project_id: 'p', machine_id: 'm' }
      const mark = { owner: 'a client', key: 'k', fingerprint: 'f', replayed: false }
      const rules = routes.hub.config.rules
      const create = () =>
        routes.hub.store.sessions.change(session_id, {}, { now: routes.hub.clock.now() }, (state) =>
          createSession(state, body, requestMark({ now: 0, idempotency: mark }), routes.hub.clock.now(), rules),
        )
      await create()
      expect((await create()).attempt).toBe(1)
      await routes.fleet.ok('POST', `/sessions/${session_id}/mark-stalled`, { reason: 'r' })
      await routes.fleet.ok('POST', `/sessions/${session_id}/recover`, {})
      await expect(create()).rejects.toMatchObject({ code: 'attempt_superseded' })
    })

    it('is recovered three times, with its tasks pending again from the given one on', async () => {
      await routes.fleet.machine('a', [1])
      await routes.fleet.machine('b', [5])
      const { session_id } = await routes.fleet.session({ machine_id: 'a', docker_slot: 1 })
      const tasks: Task[] = []
      for (let n = 0; n < 4; n++) tasks.push(await routes.fleet.task(session_id, { task_name: `task ${n}` }))
      await routes.fleet.ok('POST', `/tasks/${tasks[0]!.task_id}/complete`, {})
      await routes.fleet.ok('POST', `/tasks/${tasks[1]!.task_id}/fail`, { error_message: 'no' })
      await routes.fleet.ok('POST', `/tasks/${tasks[2]!.task_id}/start`, {})
      await routes.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory', error_details: 'heap' })
      expect((await ask('POST', `/sessions/${session_id}/prepare-recovery`)).json()).toMatchObject({
        status: 'failed',
        machine_id: 'a',
        docker_slot: 1,
        last_task_id: tasks[0]!.task_id,
        recovery_attempts: 0,
      })
      routes.hub.clock.pass(1000)
      const recovered = await routes.fleet.ok<Session>('POST', `/sessions/${session_id}/recover`, {
        new_machine_id: 'b',
        new_docker_slot: 5,
        resume_from_task_id: tasks[2]!.task_id,
      })
      expect(recovered).toMatchObject({ session_id, status: 'active', machine_id: 'b', docker_slot: 5 })
      expect(recovered).not.toHaveProperty('completed_at')
      const statuses = async () => Promise.all(tasks.map(async ({ task_id }) => (await routes.fleet.readTask(task_id)).status))
      expect(await statuses()).toEqual(['completed', 'failed', 'pending', 'pending'])
      await routes.fleet.ok('POST', `/sessions/${session_id}/mark-stalled`, { reason: 'no output' })
      expect(await refused('POST', `/sessions/${session_id}/mark-stalled`, { reason: 'no output' })).toEqual([
        409,
        'conflict',
        'The session is stalled already',
      ])
      expect((await ask('GET', '/sessions/recoverable')).json()).toMatchObject([{ session_id, recovery_attempts: 1, can_recover: true }])
      await routes.fleet.ok('POST', `/sessions/${session_id}/recover`, {})
      expect(await statuses()).toEqual(['completed', 'pending', 'pending', 'pending'])
      expect((await routes.fleet.read(session_id)).docker_slot).toBe(5)
      await routes.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'again' })
      await routes.fleet.ok('POST', `/sessions/${session_id}/recover`, {})
      await routes.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'and again' })
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

    it('has a timeline of every change of status, and of the events that the log still has', async () => {
      const { session_id } = await routes.fleet.session()
      const { task_id } = await routes.fleet.task(session_id, { task_name: 'write' })
      const after = async (work: () => Promise<unknown>) => {
        routes.hub.clock.pass(1000)
        await work()
      }
      await after(() => routes.fleet.ok('POST', `/tasks/${task_id}/start`, {}))
      await after(() => routes.fleet.ok('PUT', `/sessions/${session_id}`, { status: 'paused' }))
      await after(() => routes.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'gave up' }))
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

    it('changes only at the given revision, where one is given', async () => {
      const made = await ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
      const url = `/sessions/${made.json().session_id}`
      const put = (etag: string, status: string) => ask('PUT', url, { status }, { 'if-match': etag })
      expect((await put('"1"', 'paused')).headers.etag).toBe('"2"')
      const late = await put('"1"', 'active')
      expect([late.statusCode, late.json().error, late.json().details]).toEqual([412, 'precondition_failed', { revision: 2 }])
      expect((await ask('DELETE', url, undefined, { 'if-match': '"1"' })).statusCode).toBe(412)
      expect((await ask('PATCH', url, { status: 'active' }, { 'if-match': '"2"' })).statusCode).toBe(200)
      // A heartbeat is a change too: it changes the body.
      await routes.fleet.heartbeat(made.json().session_id)
      expect((await ask('GET', url)).headers.etag).toBe('"4"')
    })

    it('is archived and purged with its tasks', async () => {
      const { session_id } = await routes.fleet.session()
      await routes.fleet.task(session_id)
      expect(await refused('POST', `/sessions/${session_id}/archive`)).toMatchObject([409, 'conflict', /active cannot become archived/])
      await routes.fleet.ok('DELETE', `/sessions/${session_id}`)
      expect((await refused('DELETE', `/sessions/${session_id}/purge`, { confirm: true }))[0]).toBe(409)
      expect((await routes.fleet.ok<Session>('POST', `/sessions/${session_id}/archive`)).status).toBe('archived')
      expect(await refused('DELETE', `/sessions/${session_id}/purge`, { confirm: false })).toMatchObject([
        400,
        'validation_error',
        /confirm/,
      ])
      expect(await routes.fleet.ok('DELETE', `/sessions/${session_id}/purge`, { confirm: true })).toMatchObject({
        tasks_deleted: 1,
        purged: true,
      })
      expect((await ask('GET', `/sessions/${session_id}`)).statusCode).toBe(404)
      expect((await ask('GET', '/tasks')).json()).toEqual([])
    })
  })

  describe('lists of sessions', () => {
    it('are newest first, in complete pages, with every filter', async () => {
      const made: Session[] = []
      for (let n = 0; n < 7; n++) {
        routes.hub.clock.pass(1)
        made.push(await routes.fleet.session({ project_id: `p${n % 2}`, machine_id: `m${n % 3}` }))
      }
      await routes.fleet.ok('PUT', `/sessions/${made[0]!.session_id}`, { status: 'paused' })
      await routes.fleet.ok('DELETE', `/sessions/${made[1]!.session_id}`)
      const ids = async (query: string) =>
        ((await ask('GET', `/sessions${query}`)).json() as Session[]).map((one) => made.findIndex((m) => m.session_id === one.session_id))
      expect(await ids('')).toEqual([6, 5, 4, 3, 2, 1, 0])
      expect(await ids('?status=paused&status=completed')).toEqual([1, 0])
      expect(await ids('?project_id=p0&machine_id=m0')).toEqual([6, 0])
      expect(await ids('?limit=3&offset=3')).toEqual([3, 2, 1])
      const page = await ask('GET', '/sessions?limit=3&status=active')
      expect(page.headers['x-total-count']).toBe('5')
      expect(page.headers.link).toMatch(/^<\/sessions\?limit=3&status=active&cursor=[\w-]+>; rel="next"$/)
      expect(await ids('?machine_id=unknown')).toEqual([])
      expect((await ask('GET', '/sessions/by-machine/m0?status=active')).json()).toHaveLength(2)
      expect((await ask('GET', '/sessions/by-project/p1')).json()).toMatchObject({
        project_id: 'p1',
        stats: { total: 3, active: 2, paused: 0, stalled: 0, completed: 1, failed: 0, archived: 0 },
        sessions: { active: [{}, {}], completed: [{ session_id: made[1]!.session_id }], failed: [] },
      })
      const first = await ask('GET', '/sessions/by-project/p1?limit=1&offset=0')
      expect(first.json()).toMatchObject({ stats: { total: 3 }, sessions: { active: [{}], completed: [{}] } })
      expect(first.headers.link).toBe('</sessions/by-project/p1?limit=1&offset=1>; rel="next"')
      const second = await ask('GET', '/sessions/by-project/p1?limit=1&offset=1')
      expect(second.json()).toMatchObject({ stats: { total: 3 }, sessions: { active: [{}], completed: [] } })
      expect(second.json().sessions.active[0].session_id).not.toBe(first.json().sessions.active[0].session_id)
      expect(second.headers.link).toBeUndefined()
      expect((await refused('GET', '/sessions?status=asleep'))[0]).toBe(400)
      expect((await refused('GET', '/sessions?limit=101'))[0]).toBe(400)
      expect(await refused('GET', '/sessions?colour=red')).toEqual([400, 'validation_error', 'The query parameter colour is unknown'])
    })

    it('of a project lead on by a cursor that neither skips nor repeats sessions that change their status', async () => {
      const made: string[] = []
      for (let n = 0; n < 24; n++) {
        made.push((await routes.fleet.session({ project_id: 'p', machine_id: `m${n}` })).session_id)
        if (n % 3 === 0) await routes.fleet.ok('DELETE', `/sessions/${made[n]}`)
        // Several are of one moment.
        if (n % 4 === 3) routes.hub.clock.pass(1000)
      }
      const seen: string[] = []
      let url: string | undefined = '/sessions/by-project/p?limit=3'
      for (let page = 0; url !== undefined; page++) {
        const answer = await ask('GET', url)
        const { sessions, stats } = answer.json() as { sessions: Record<string, Session[]>; stats: { total: number } }
        expect(stats.total).toBe(24 + page)
        for (const rows of Object.values(sessions)) {
          expect(rows.length).toBeLessThanOrEqual(3)
          seen.push(...rows.map(({ session_id }) => session_id))
        }
        // Between two pages one that was seen ends, and one that was not; a new one comes.
        for (const id of [seen[0]!, made.find((one) => !seen.includes(one))]) if (id !== undefined) await ask('DELETE', `/sessions/${id}`)
        await routes.fleet.session({ project_id: 'p', machine_id: `late ${page}` })
        url = /<(.*)>; rel="next"/.exec(String(answer.headers.link ?? ''))?.[1]
        if (url !== undefined) expect(url).toMatch(/^\/sessions\/by-project\/p\?limit=3&cursor=[\w-]+$/)
      }
      expect(seen.toSorted()).toEqual(made.toSorted())
      expect((await refused('GET', '/sessions/by-project/p?cursor=none'))[0]).toBe(400)
    })

    it('of stale sessions begin with the oldest heartbeat, and end at the threshold', async () => {
      const [first, second] = [await routes.fleet.session(), await routes.fleet.session()]
      routes.hub.clock.pass(60_000)
      await routes.fleet.heartbeat(first.session_id)
      await routes.fleet.session()
      routes.hub.clock.pass(120_000)
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

    it('of failed and archived sessions have the health of each', async () => {
      const [failed, archived] = [await routes.fleet.session(), await routes.fleet.session()]
      await routes.fleet.ok('POST', `/sessions/${failed.session_id}/mark-failed`, { reason: 'r' })
      await routes.fleet.ok('DELETE', `/sessions/${archived.session_id}`)
      await routes.fleet.ok('POST', `/sessions/${archived.session_id}/archive`)
      expect((await ask('GET', '/sessions/failed')).json()).toMatchObject([
        { session_id: failed.session_id, status: 'failed', is_stale: false },
      ])
      expect((await ask('GET', '/sessions/archived')).json()).toMatchObject([{ session_id: archived.session_id, status: 'archived' }])
    })
  })

  it('sessions are listed by the prefix of their id, in either case, with every other filter', async () => {
    const id = (begins: string) => `${begins}${'00000000-0000-4000-8000-000000000000'.slice(begins.length)}`
    const made = [id('abcd1'), id('abcd2'), id('ABCD3'), id('abce'), id('0abc'), id('12345678-1'), id('12345678-2')]
    for (const [n, session_id] of made.entries()) {
      routes.hub.clock.pass(1000)
      await routes.fleet.session({ session_id, project_id: n % 2 === 0 ? 'even' : 'odd' })
    }
    await routes.fleet.ok('PUT', `/sessions/${id('abcd2')}`, { status: 'paused' })
    const list = async (query: string) => {
      const answer = await ask('GET', `/sessions?session_id_prefix=${query}`)
      return [answer.headers['x-total-count'], ...(answer.json() as Session[]).map(({ session_id }) => session_id)]
    }
    expect(await list('abcd')).toEqual(['3', id('abcd3'), id('abcd2'), id('abcd1')])
    expect(await list('ABCD')).toEqual(['3', id('abcd3'), id('abcd2'), id('abcd1')])
    expect(await list('abcd&limit=1&offset=1')).toEqual(['3', id('abcd2')])
    expect(await list('abcd&status=active')).toEqual(['2', id('abcd3'), id('abcd1')])
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

  it('an update event names the changed fields, and a heartbeat without changes publishes none', async () => {
    await routes.fleet.machine('m', [1])
    await routes.fleet.machine('other', [1, 2])
    const { session_id } = await routes.fleet.session({ metadata: { branch: 'main' }, activity: 'idle' })
    const url = `/sessions/${session_id}`
    const changed = async () => {
      const published = await events(`&session_id=${session_id}&types=session.updated`)
      for (const { data } of published) expect(sessionUpdatedSchema.strict().safeParse(data).error).toBeUndefined()
      return published.map(({ data }) => data.changed)
    }
    await routes.fleet.heartbeat(session_id, { activity: 'idle', metadata: { branch: 'main' } })
    expect(await changed()).toEqual([])
    await routes.fleet.heartbeat(session_id, { activity: 'waiting', waiting_for: 'input', metadata: { branch: 'dev' } })
    await routes.fleet.heartbeat(session_id, { heartbeat_interval_ms: 30_000 })
    await routes.fleet.ok('PUT', url, { docker_slot: 1, metadata: { branch: 'dev' } })
    await routes.fleet.ok('POST', '/machines/other/assign-session', { session_id, docker_slot: 2 })
    await routes.fleet.ok('POST', '/machines/other/release-session', { session_id })
    await routes.fleet.ok('POST', `${url}/prepare-recovery`)
    expect(await changed()).toEqual([
      ['activity', 'waiting_for', 'waiting_since', 'metadata'],
      ['heartbeat_interval_ms'],
      ['docker_slot'],
      ['machine_id', 'docker_slot'],
      ['docker_slot'],
      ['recovery_checkpoint_at'],
    ])
  })

  describe('the id of a session', () => {
    const upper = '8C1F4F3E-2F0A-4A44-9C0E-5B1D8A1C7E21'
    const lower = upper.toLowerCase()

    it('means the same in capitals and in small letters, on every route', async () => {
      expect((await routes.fleet.session({ session_id: upper })).session_id).toBe(lower)
      expect((await refused('POST', '/sessions', { project_id: 'p', machine_id: 'm', session_id: lower }))[0]).toBe(409)
      await routes.fleet.machine('box', [1])
      const { task_id } = await routes.fleet.task(upper)
      for (const id of [upper, lower]) {
        expect((await routes.fleet.read(id)).session_id).toBe(lower)
        expect((await ask('POST', `/sessions/${id}/heartbeat`, {})).json()).toMatchObject({ session_id: lower, status: 'active' })
        expect((await ask('GET', `/sessions/${id}/tasks`)).json().tasks.pending).toMatchObject([{ task_id, session_id: lower }])
        expect((await ask('GET', `/tasks?session_id=${id}`)).json()).toMatchObject([{ task_id }])
        expect((await ask('GET', `/sessions?session_id_prefix=${id.slice(0, 6)}`)).json()).toHaveLength(1)
        expect((await ask('POST', '/machines/box/assign-session', { session_id: id })).json().active_sessions).toEqual([lower])
        expect(new Set((await events(`&session_id=${id}`)).map(({ data }) => data.session_id))).toEqual(new Set([lower]))
      }
      await routes.fleet.ok('POST', '/machines/box/release-session', { session_id: upper })
      await routes.fleet.ok('DELETE', `/sessions/${upper}`)
      await routes.fleet.ok('POST', `/sessions/${upper}/archive`)
      expect(await refused('DELETE', `/sessions/${upper}/purge`)).toEqual([400, 'validation_error', 'confirm is missing'])
      expect((await refused('DELETE', `/sessions/${upper}/purge?confirm=yes`))[0]).toBe(400)
      expect(await routes.fleet.ok('DELETE', `/sessions/${upper}/purge?confirm=true`)).toMatchObject({ session_id: lower, purged: true })
      expect((await refused('GET', `/sessions/${lower}`))[0]).toBe(404)
    })
  })

  describe('old sessions', () => {
    it('are cleaned up as the dry run predicted', async () => {
      const end = async (how: string) => {
        const { session_id } = await routes.fleet.session()
        await routes.fleet.task(session_id)
        if (how === 'failed') await routes.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
        else await routes.fleet.ok('DELETE', `/sessions/${session_id}`)
        if (how === 'archived') await routes.fleet.ok('POST', `/sessions/${session_id}/archive`)
      }
      for (const how of ['completed', 'completed', 'failed', 'archived']) await end(how)
      routes.hub.clock.pass(91 * DAY)
      await end('completed')
      routes.hub.clock.pass(1)
      const { session_id } = await routes.fleet.session()
      const clean = async (body: object) => await routes.fleet.ok<Record<string, unknown>>('POST', '/sessions/cleanup', body)
      for (const body of [
        { older_than_days: 90, statuses: ['completed', 'failed'], archive: true },
        { older_than_days: 90, statuses: ['completed', 'failed', 'archived'] },
      ]) {
        const { dry_run: _, ...predicted } = await clean({ ...body, dry_run: true })
        const { dry_run: __, ...done } = await clean(body)
        expect(predicted).toEqual(done)
        expect(done.sessions_affected).toBe(body.archive ? 3 : 4)
        expect(done.tasks_deleted).toBe(body.archive ? 0 : 4)
        expect((await clean(body)).sessions_affected).toBe(0)
      }
      expect((await ask('GET', '/sessions')).json()).toMatchObject([{ session_id }, { status: 'completed' }])
      expect((await ask('POST', '/sessions/cleanup', { older_than_days: 6, statuses: ['completed'] })).statusCode).toBe(400)
      expect((await ask('POST', '/sessions/cleanup', { older_than_days: 7, statuses: ['active'] })).statusCode).toBe(400)
    })
  })
}
