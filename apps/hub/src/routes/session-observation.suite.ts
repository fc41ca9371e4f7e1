import { randomUUID } from 'node:crypto'
import type { CollectorHeartbeatResponse } from '@signalbox/contract/collector-heartbeat'
import type { HubEvent } from '@signalbox/contract/event'
import type { Machine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { ObservationResult } from '@signalbox/contract/session-observation'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { describe, expect, it } from 'vitest'
import type { StateRoutes } from '../../test/state-routes.ts'

const SECOND = 1000
let count = 0

/** What the routes of observed sessions and of collectors promise on any store. */
export function sessionObservationSuite(routes: StateRoutes): void {
  const { ask, refused, events } = routes
  const at = (seconds = 0) => new Date(routes.hub.clock.now() + seconds * SECOND).toISOString()
  const observation = (session_id: string, more: object = {}, seconds = 0) => ({
    observation_id: `o${++count}`,
    session_id,
    source: 'process-file',
    at: at(seconds),
    project_id: 'p',
    ...more,
  })
  const observe = (observations: readonly unknown[], machine_id = 'laptop') =>
    routes.fleet.ok<ObservationResult>('POST', '/sessions/observations', { machine_id, observations })
  /** Observes a session of its own. */
  const see = async (session_id: string, more: object = {}, seconds = 0) => {
    expect(await observe([observation(session_id, more, seconds)])).toEqual({ accepted: 1, rejected: [] })
    return routes.fleet.read(session_id)
  }
  const collector = (sessions: readonly string[], more: object = {}) =>
    routes.fleet.ok<CollectorHeartbeatResponse>('POST', '/machines/laptop/collector', {
      heartbeat_interval_ms: 15_000,
      version: '0.1.0',
      started_at: '2026-10-06T08:00:00.000Z',
      state: 'idle',
      sessions,
      ...more,
    })
  const timeline = async (id: string) => (await ask('GET', `/sessions/${id}/timeline`)).json() as TimelineRow[]
  const named = (list: readonly HubEvent[]) => list.map(({ event, data }) => [event, data.status, data.changed])

  describe('an observed session', () => {
    it('is on the board with the first observation, in its state, and registers its machine', async () => {
      const id = randomUUID()
      const session = await see(
        id,
        { alive: true, activity: 'working', fields: { name: 'fix', model: 'opus', version: '2.1.332', pid: 7 } },
        -60,
      )
      expect(session).toMatchObject({
        project_id: 'p',
        machine_id: 'laptop',
        status: 'active',
        activity: 'working',
        started_at: at(-60),
        last_heartbeat: at(-60),
        claude_code: { name: 'fix', model: 'opus', version: '2.1.332', pid: 7, activity_since: at(-60), sources: ['process-file'] },
      })
      expect((await events()).map(({ event }) => event)).toEqual(['machine.created', 'session.created'])
      expect((await routes.fleet.readMachine('laptop')).active_sessions).toEqual([id])
      expect((await ask('GET', '/sessions?project_id=p')).json()).toMatchObject([{ session_id: id, claude_code: { name: 'fix' } }])
    })

    it('gets its project as soon as an observation names it, with its tasks', async () => {
      const id = randomUUID()
      expect((await see(id, { project_id: undefined, source: 'witness', alive: true })).project_id).toBe('unknown')
      const { task_id } = await routes.fleet.task(id)
      expect((await see(id, { activity: 'idle' })).project_id).toBe('p')
      expect((await routes.fleet.readTask(task_id)).project_id).toBe('p')
      const counted = (project: string) => ask('GET', `/sessions?project_id=${project}`).then(({ headers }) => headers['x-total-count'])
      expect([await counted('unknown'), await counted('p')]).toEqual(['0', '1'])
      expect((await see(id, { project_id: 'another' })).project_id).toBe('p')
    })

    it('ends with its process: its slot is free and its tasks have failed; seen alive again, it was resumed', async () => {
      await routes.fleet.machine('laptop', [1])
      const id = randomUUID()
      await see(id, { alive: true, activity: 'working' }, -60)
      await routes.fleet.ok('POST', '/machines/laptop/assign-session', { session_id: id, docker_slot: 1 })
      const { task_id } = await routes.fleet.task(id)
      await routes.fleet.ok('POST', `/tasks/${task_id}/start`)
      const ended = await see(id, { end: { outcome: 'failed', reason: 'process ended' } }, -10)
      expect(ended).toMatchObject({ status: 'failed', completed_at: at(-10) })
      expect([ended.docker_slot, ended.activity]).toEqual([undefined, undefined])
      expect((await routes.fleet.readTask(task_id)).status).toBe('failed')
      expect((await ask('GET', `/sessions/${id}/failure-info`)).json()).toMatchObject({
        failure_reason: 'process ended',
        failed_at: at(-10),
      })
      const resumed = await see(id, { alive: true, activity: 'idle' }, -5)
      expect(resumed).toMatchObject({ status: 'active', activity: 'idle' })
      expect(resumed.completed_at).toBeUndefined()
      expect((await timeline(id)).filter(({ type }) => type === 'session.status')).toMatchObject([
        { at: at(-10), from: 'active', to: 'failed', reason: 'process ended' },
        { at: at(-5), from: 'failed', to: 'active', reason: 'resumed' },
      ])
    })

    it('comes back from the archive, and an outage loses none of its changes of status', async () => {
      const id = randomUUID()
      await see(id, { alive: true }, -95)
      await see(id, { end: { outcome: 'completed', reason: 'clear' } }, -90)
      await routes.fleet.ok('POST', `/sessions/${id}/archive`)
      await observe([
        observation(id, { alive: true }, -10),
        observation(id, { end: { outcome: 'failed', reason: 'process ended' } }, -30),
        observation(id, { alive: true }, -60),
      ])
      expect((await routes.fleet.read(id)).status).toBe('active')
      expect((await events('&types=session.status')).map(({ data }) => [data.from, data.status, data.occurred_at])).toEqual([
        ['active', 'completed', at(-90)],
        ['completed', 'archived', at()],
        ['archived', 'active', at(-60)],
        ['active', 'failed', at(-30)],
        ['failed', 'active', at(-10)],
      ])
    })

    it('learns late that it was completed, and not lost', async () => {
      const id = randomUUID()
      await see(id, { alive: true }, -20)
      await see(id, { end: { outcome: 'failed', reason: 'process ended' } }, -10)
      const { status, completed_at } = await see(id, { source: 'hook', end: { outcome: 'completed', reason: 'prompt_input_exit' } }, -11)
      expect([status, completed_at]).toEqual(['completed', at(-11)])
      expect((await refused('GET', `/sessions/${id}/failure-info`))[0]).toBe(409)
    })

    it('that is only observed is not recovered: no client would take it up', async () => {
      const id = randomUUID()
      const failed = { source: 'process-file', end: { outcome: 'failed', reason: 'process ended' }, event: { kind: 'ended' } }
      await see(id, { alive: true }, -30)
      await see(id, failed, -20)
      const recovery = await ask('POST', `/sessions/${id}/recover`)
      expect([recovery.statusCode, recovery.body]).toEqual([409, expect.stringContaining(`claude --resume ${id}`)])
      expect((await ask('GET', '/sessions/recoverable')).json()).toMatchObject([
        { can_recover: false, recovery_blocked_reason: expect.stringContaining(`claude --resume ${id}`) },
      ])
      expect((await ask('GET', `/sessions/${id}/failure-info`)).json().analysis.recovery_recommendations).toContain(
        `Run "claude --resume ${id}" on laptop.`,
      )
      for (const seconds of [-15, -10, -5]) await see(id, failed, seconds)
      const ends = async () => (await timeline(id)).filter(({ type }) => type === 'observed.ended').map((row) => row.at)
      expect(await ends()).toEqual([at(-20)])
      await see(id, { alive: true }, -3)
      await see(id, failed, -2)
      expect(await ends()).toEqual([at(-20), at(-2)])
    })

    it('that is stalled and only observed is not advised to be recovered', async () => {
      const id = randomUUID()
      await see(id, { alive: true })
      await routes.fleet.ok('POST', `/sessions/${id}/mark-stalled`, { reason: 'stuck' })
      expect((await ask('GET', `/sessions/${id}/health`)).json().recommendations).toContain(
        'Its next heartbeat or proof of life restores its status; otherwise mark it failed to free its slot.',
      )
      expect((await ask('POST', `/sessions/${id}/recover`)).statusCode).toBe(409)
    })

    it('that a client has recovered does not end again by what was reported before', async () => {
      const id = randomUUID()
      await routes.fleet.session({ session_id: id, machine_id: 'laptop' })
      await see(id, { end: { outcome: 'failed', reason: 'process ended' } }, -10)
      await routes.fleet.ok('POST', `/sessions/${id}/recover`)
      expect((await see(id, { source: 'transcript', fields: { cost_usd: 1 } }, -5)).status).toBe('active')
      routes.hub.clock.pass(SECOND)
      expect((await see(id, { end: { outcome: 'failed', reason: 'process ended' } })).status).toBe('failed')
    })

    it('that was created by a client is the same one, stays where the client put it, and is held to its promise', async () => {
      await routes.fleet.machine('box', [1])
      const session_id = randomUUID()
      await routes.fleet.session({ session_id, machine_id: 'box', docker_slot: 1, heartbeat_interval_ms: 60_000 })
      const seen = await see(session_id, { alive: true, activity: 'working', fields: { name: 'a' } }, -30)
      expect(seen).toMatchObject({ project_id: 'p', machine_id: 'box', docker_slot: 1, activity: 'working', claude_code: { name: 'a' } })
      expect(seen.started_at).toBe(at(-30))
      for (let minute = 0; minute < 3; minute++) {
        await routes.fleet.passTime(60_000)
        await see(session_id, { alive: true })
      }
      expect((await routes.fleet.read(session_id)).status).toBe('stalled')
      await routes.fleet.heartbeat(session_id)
      expect((await routes.fleet.read(session_id)).status).toBe('active')
    })

    it('becomes the one of a client that creates it after that', async () => {
      await routes.fleet.machine('box', [1])
      const session_id = randomUUID()
      await see(session_id, { alive: true, activity: 'working' })
      const create = { session_id, project_id: 'q', machine_id: 'box', docker_slot: 1, heartbeat_interval_ms: 60_000, metadata: { a: 1 } }
      expect((await ask('POST', '/sessions', create)).json()).toMatchObject({ ...create, activity: 'working', status: 'active' })
      expect((await refused('POST', '/sessions', create))[0]).toBe(409)
      expect(await see(session_id, { alive: true })).toMatchObject({ project_id: 'q', machine_id: 'box', docker_slot: 1 })
    })

    it('moves to the machine at which it was seen alive last', async () => {
      const id = randomUUID()
      await see(id, { alive: true }, -60)
      await observe([observation(id, { source: 'transcript', fields: { name: 'synced' } }, -30)], 'desktop')
      expect((await routes.fleet.read(id)).machine_id).toBe('laptop')
      expect((await ask('GET', '/machines/desktop')).statusCode).toBe(404)
      await observe([observation(id, { alive: true }, -20)], 'desktop')
      expect((await routes.fleet.read(id)).machine_id).toBe('desktop')
      expect((await routes.fleet.readMachine('desktop')).active_sessions).toEqual([id])
      await observe([observation(id, { alive: true }, -40)])
      expect((await routes.fleet.read(id)).machine_id).toBe('desktop')
    })

    it('takes heartbeats and changes of clients as every other', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'working' })
      await routes.fleet.heartbeat(id, { metadata: { a: 1 } })
      await routes.fleet.ok('PUT', `/sessions/${id}`, { status: 'paused' })
      expect(await see(id, { alive: true, fields: { name: 'n' } })).toMatchObject({
        status: 'paused',
        metadata: { a: 1 },
        activity: 'working',
      })
    })

    it('is purged with everything that was observed of it', async () => {
      const id = randomUUID()
      await see(id, { alive: true }, -10)
      await see(id, { event: { kind: 'prompt' }, end: { outcome: 'completed', reason: 'clear' } })
      expect((await timeline(id)).map(({ type }) => type)).toContain('observed.prompt')
      await routes.fleet.ok('POST', `/sessions/${id}/archive`)
      await routes.fleet.ok('DELETE', `/sessions/${id}/purge`, { confirm: true })
      await routes.fleet.passTime(SECOND)
      // What comes late was removed with it; only a session that lives after that is a session again.
      const late = [observation(id, { alive: true }, -5), observation(id, { source: 'hook', alive: true, activity: 'working' }, -1)]
      expect(await observe(late)).toEqual({ accepted: 2, rejected: [] })
      expect((await ask('GET', `/sessions/${id}`)).statusCode).toBe(404)
      await see(id, { alive: true })
      expect((await timeline(id)).map(({ type }) => type)).not.toContain('observed.prompt')
    })

    it('begins with a proof of life: an end, a figure or an event alone creates none', async () => {
      const id = randomUUID()
      const more = [
        { end: { outcome: 'completed', reason: 'clear' } },
        { fields: { cost_usd: 1 } },
        { event: { kind: 'prompt' } },
        { alive: false },
      ]
      for (const one of more) expect(await observe([observation(id, one, -20)])).toEqual({ accepted: 1, rejected: [] })
      expect((await ask('GET', `/sessions/${id}`)).statusCode).toBe(404)
      expect(await events(`&session_id=${id}`)).toEqual([])
      // Together with one they all count, in whatever order.
      await observe([...more.map((one) => observation(id, one, -20)), observation(id, { alive: true }, -30)])
      expect(await routes.fleet.read(id)).toMatchObject({ status: 'completed', started_at: at(-30), claude_code: { cost_usd: 1 } })
    })
  })

  describe('an observed session without contact', () => {
    it('is not stalled: it is not seen since its last confirmation, until the next one', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'waiting', waiting_for: 'permission' })
      await collector([id])
      const seen = at()
      await routes.fleet.passTime(44 * SECOND)
      expect((await routes.fleet.read(id)).not_seen_since).toBeUndefined()
      await routes.fleet.passTime(3 * SECOND)
      expect(await routes.fleet.read(id)).toMatchObject({ status: 'active', activity: 'waiting', not_seen_since: seen })
      expect((await routes.fleet.readMachine('laptop')).status).toBe('offline')
      await routes.fleet.passTime(600 * SECOND, 60 * SECOND)
      expect(await routes.fleet.read(id)).toMatchObject({ status: 'active', not_seen_since: seen })
      await collector([id])
      const back = await routes.fleet.read(id)
      expect([back.not_seen_since, back.last_heartbeat, (await routes.fleet.readMachine('laptop')).status]).toEqual([
        undefined,
        at(),
        'online',
      ])
      const changes = (await events('&types=session.updated')).map(({ data }) => data.changed)
      expect(changes).toEqual([['not_seen_since'], ['not_seen_since']])
    })

    it('is found again by an observation or by a heartbeat of a client, and paused stays paused', async () => {
      const [a, b] = [randomUUID(), randomUUID()]
      await observe([observation(a, { alive: true }), observation(b, { alive: true })])
      await routes.fleet.ok('PUT', `/sessions/${a}`, { status: 'paused' })
      await routes.fleet.passTime(60 * SECOND)
      const lost = await Promise.all([routes.fleet.read(a), routes.fleet.read(b)])
      expect(lost.map(({ status, not_seen_since }) => [status, not_seen_since])).toEqual([
        ['paused', at(-60)],
        ['active', at(-60)],
      ])
      expect((await see(a, { alive: true }, -50)).not_seen_since).toBe(at(-50))
      expect(await see(a, { alive: true })).toMatchObject({ status: 'paused', last_heartbeat: at() })
      await routes.fleet.heartbeat(b)
      const found = await Promise.all([routes.fleet.read(a), routes.fleet.read(b)])
      expect(found.map(({ not_seen_since }) => not_seen_since)).toEqual([undefined, undefined])
    })

    it('is one of many when a collector dies, and the monitor is not paused for them', async () => {
      const ids = Array.from({ length: 20 }, () => randomUUID())
      await observe(ids.map((id) => observation(id, { alive: true })))
      await routes.fleet.passTime(50 * SECOND)
      const rows = (await ask('GET', '/sessions?limit=100')).json() as Session[]
      expect(rows.map(({ status, not_seen_since }) => [status, not_seen_since])).toEqual(ids.map(() => ['active', at(-50)]))
      expect(await events('&types=monitor.paused')).toEqual([])
    })

    it('follows what it reports, though the clock of the hub was set back by an hour', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'working', fields: { name: 'before' } })
      routes.hub.clock.set(-3600 * SECOND)
      await routes.hub.monitor.check()
      routes.hub.clock.pass(SECOND)
      await see(id, { alive: true })
      routes.hub.clock.pass(SECOND)
      const session = await see(id, { alive: true, activity: 'idle', fields: { name: 'after' } })
      expect(session).toMatchObject({ status: 'active', activity: 'idle', claude_code: { name: 'after' } })
      await routes.fleet.passTime(120 * SECOND)
      expect((await routes.fleet.read(id)).not_seen_since).toBe(at(-120))
    })

    it('is expected to report every minute where only hooks or the witness see it', async () => {
      const id = randomUUID()
      await see(id, { source: 'hook', alive: true })
      await routes.fleet.passTime(179 * SECOND)
      expect((await routes.fleet.read(id)).not_seen_since).toBeUndefined()
      await routes.fleet.passTime(3 * SECOND)
      expect((await routes.fleet.read(id)).not_seen_since).toBe(at(-182))
    })
  })

  describe('a batch of observations', () => {
    it('is taken apart: a bad one is refused with its place and reason, the others count', async () => {
      const id = randomUUID()
      const answer = await observe([
        observation(id, { alive: true, activity: 'working' }),
        { ...observation(id), observation_id: 'bad', colour: 'red' },
        null,
        observation('no uuid'),
        observation(id, { at: 'yesterday' }),
        observation(id, { fields: { name: 'n' } }),
        observation(id, { fields: JSON.parse('{"name":"m","__proto__":{"pid":1}}') }),
        { ...observation(id), ...JSON.parse('{"constructor":{"prototype":{}}}') },
      ])
      expect(answer).toEqual({
        accepted: 2,
        rejected: [
          { observation_id: 'bad', index: 1, reason: 'The property colour is unknown' },
          { index: 2, reason: expect.any(String) },
          { observation_id: expect.any(String), index: 3, reason: 'session_id must be a UUID' },
          { observation_id: expect.any(String), index: 4, reason: 'at is not an instant such as 2026-10-06T09:12:00.000Z' },
          { observation_id: expect.any(String), index: 6, reason: 'The property fields.__proto__ is unknown' },
          { observation_id: expect.any(String), index: 7, reason: 'The property constructor is unknown' },
        ],
      })
      expect(await routes.fleet.read(id)).toMatchObject({ activity: 'working', claude_code: { name: 'n' } })
      expect((await refused('POST', '/sessions/observations', { machine_id: 'm', observations: [] }))[0]).toBe(400)
      expect((await refused('POST', '/sessions/observations', { machine_id: 'm', observations: Array(501).fill({}) }))[0]).toBe(400)
    })

    it('refuses control characters, a clock that was never set and long names of properties, in a short reason', async () => {
      const id = randomUUID()
      const answer = await observe([
        observation(id, { fields: { name: 'a\u001b[2Jb' } }),
        observation(id, { event: { kind: 'tool', name: 'a\nb' } }),
        observation(id, { alive: true, at: '2019-12-31T23:59:59.999Z' }),
        observation(id, { ['x'.repeat(5_000)]: 1 }),
      ])
      expect(answer.rejected.map(({ reason }) => reason)).toEqual([
        'fields.name must not contain control characters, characters that change the text direction, or lone surrogates',
        'event.name must not contain control characters, characters that change the text direction, or lone surrogates',
        'at is before 2020; set the clock of the machine',
        expect.stringMatching(/^The property x{287}$/),
      ])
      expect((await ask('GET', `/sessions/${id}`)).statusCode).toBe(404)
    })

    it('may write the id of a session in capitals: it is the same session', async () => {
      const id = randomUUID()
      await observe([observation(id, { alive: true }), observation(id.toUpperCase(), { fields: { name: 'n' } })])
      expect((await routes.fleet.read(id)).claude_code?.name).toBe('n')
      expect((await ask('GET', '/sessions')).headers['x-total-count']).toBe('1')
    })

    it('is of the session that a client has created, however either writes the id', async () => {
      const id = randomUUID()
      const created = await routes.fleet.session({ session_id: id.toUpperCase() })
      expect(created.session_id).toBe(id)
      await see(id, { alive: true, activity: 'working' })
      const spelled = `/sessions/${id.toUpperCase()}`
      expect((await ask('GET', spelled)).json()).toMatchObject({ session_id: id, activity: 'working' })
      expect((await ask('POST', `${spelled}/heartbeat`, {})).statusCode).toBe(200)
      expect((await collector([id.toUpperCase()])).unknown_sessions).toEqual([])
      expect((await collector([id.toUpperCase(), id])).missing_sessions).toEqual([])
      const task = await routes.fleet.ok<{ session_id: string }>('POST', '/tasks', { session_id: id.toUpperCase(), task_name: 't' })
      expect(task.session_id).toBe(id)
      expect((await refused('POST', '/sessions', { session_id: id.toUpperCase(), project_id: 'p', machine_id: 'm' }))[0]).toBe(409)
    })

    it('changes nothing when it is sent again, in whatever order', async () => {
      const ids = [randomUUID(), randomUUID()]
      const all = ids.flatMap((id) => [
        observation(id, { alive: true, activity: 'working', event: { kind: 'prompt' } }, -30),
        observation(id, { activity: 'waiting', event: { kind: 'waiting' }, fields: { cost_usd: 2 } }, -20),
        observation(id, { activity: 'idle', event: { kind: 'turn-ended' } }, -10),
      ])
      await observe(all)
      const state = async () => [await Promise.all(ids.map((id) => routes.fleet.read(id))), await events(), await timeline(ids[0]!)]
      const before = await state()
      await observe(all)
      await observe(all.toReversed())
      for (const one of all) await observe([one])
      expect(await state()).toEqual(before)
    })

    it('of five hundred sessions is stored whole', async () => {
      const ids = Array.from({ length: 500 }, () => randomUUID())
      expect(await observe(ids.map((id) => observation(id, { alive: true })))).toEqual({ accepted: 500, rejected: [] })
      expect((await ask('GET', '/sessions?status=active')).headers['x-total-count']).toBe('500')
    })

    it('of simultaneous senders loses nothing', async () => {
      const id = randomUUID()
      const sources = ['process-file', 'hook', 'witness', 'run', 'statusline', 'telemetry', 'transcript']
      await Promise.all(sources.map((source, index) => observe([observation(id, { source, alive: true, fields: { cost_usd: index } })])))
      expect((await routes.fleet.read(id)).claude_code?.sources).toEqual(sources)
      expect((await ask('GET', `/sessions/${id}/sources`)).json()).toHaveLength(2 * sources.length)
    })

    it('may have an idempotency key', async () => {
      const payload = { machine_id: 'laptop', observations: [observation(randomUUID())] }
      const send = () => ask('POST', '/sessions/observations', payload, { 'idempotency-key': 'k' })
      expect([(await send()).headers['idempotent-replayed'], (await send()).headers['idempotent-replayed']]).toEqual([undefined, 'true'])
    })
  })

  describe('the sources of a session', () => {
    it('are listed with what each says and which is believed', async () => {
      const id = randomUUID()
      await observe([
        observation(id, { alive: true, activity: 'waiting', waiting_for: 'input' }, -20),
        observation(id, { source: 'hook', activity: 'working', fields: { turn_error: null } }, -10),
        observation(id, { source: 'transcript', fields: { cost_usd: 2 } }, -5),
        observation(id, { source: 'statusline', fields: { cost_usd: 1.5 } }, -8),
      ])
      const row = (field: string, source: string, value: unknown, seconds: number, believed: boolean) => ({
        field,
        source,
        value,
        at: at(seconds),
        believed,
      })
      expect((await ask('GET', `/sessions/${id}/sources`)).json()).toEqual([
        row('activity', 'process-file', 'waiting', -20, true),
        row('waiting_for', 'process-file', 'input', -20, true),
        row('activity', 'hook', 'working', -10, false),
        row('cost_usd', 'statusline', 1.5, -8, true),
        row('cost_usd', 'transcript', 2, -5, false),
        row('turn_error', 'hook', null, -10, false),
        row('alive', 'process-file', 'alive', -20, true),
      ])
      expect((await refused('GET', `/sessions/${randomUUID()}/sources`))[0]).toBe(404)
      expect((await ask('GET', `/sessions/${(await routes.fleet.session()).session_id}/sources`)).json()).toEqual([])
    })
  })

  describe('the events of an observed session', () => {
    it('are about what people see; counters alone are not logged', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'working' }, -60)
      await see(id, { alive: true }, -50)
      await see(id, { source: 'transcript', fields: { cost_usd: 1, context_tokens: 5 } }, -50)
      await see(id, { source: 'transcript', fields: { cost_usd: 2, context_tokens: 6 } }, -40)
      await see(id, { activity: 'waiting', waiting_for: 'permission' }, -30)
      await see(id, { fields: { name: 'n' } }, -20)
      expect(named(await events(`&session_id=${id}`))).toEqual([
        ['session.created', 'active', undefined],
        ['session.updated', 'active', ['claude_code']],
        ['session.updated', 'active', ['activity', 'waiting_for', 'waiting_since']],
        ['session.updated', 'active', ['claude_code']],
      ])
      expect((await routes.fleet.read(id)).claude_code?.cost_usd).toBe(2)
    })

    it('are few, though one batch reports hundreds of ends and resumes', async () => {
      const id = randomUUID()
      await see(id, { alive: true }, -600)
      const end = { end: { outcome: 'completed', reason: 'clear' } }
      await observe(Array.from({ length: 500 }, (_, n) => observation(id, n % 2 === 0 ? end : { alive: true }, n - 550)))
      const all = (await events(`&session_id=${id}&types=session.status`)).map(({ data }) => data.occurred_at)
      expect([all.length, all[0], all.at(-1)]).toEqual([20, at(-550), at(-51)])
      expect((await events(`&session_id=${id}&types=session.updated`)).length).toBeLessThanOrEqual(1)
    })

    it('are small, though the session has many tasks and subagents', async () => {
      const id = randomUUID()
      const tasks = Array.from({ length: 200 }, (_, n) => ({ task_id: `${n}`, name: 'x'.repeat(500), status: 'pending' }))
      const subagents = Array.from({ length: 50 }, (_, n) => ({ agent_id: `a${n}`, agent_type: 'Explore', started_at: at() }))
      const session = await see(id, { source: 'hook', alive: true, tasks, subagents, fields: { name: 'n'.repeat(200) } })
      expect([session.claude_code?.tasks.length, session.claude_code?.subagents_running]).toEqual([200, 50])
      const stored = await events(`&session_id=${id}`)
      expect(stored.map(({ data }) => data.claude_code)).toMatchObject([{ tasks: [], subagents: [], subagents_running: 50 }])
      for (const event of stored) expect(JSON.stringify(event).length).toBeLessThan(2048)
    })
  })

  describe('the timeline of an observed session', () => {
    it('has what happened, when it happened, and each change of the believed activity, reported late or not', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'working', event: { kind: 'started', reason: 'startup' } }, -100)
      await observe([
        observation(id, { source: 'hook', event: { kind: 'tool', name: 'Bash', duration_ms: 12, failed: true } }, -80),
        observation(id, { activity: 'working' }, -40),
        observation(id, { source: 'hook', activity: 'working' }, -60),
        observation(id, { activity: 'waiting', waiting_for: 'permission' }, -70),
        observation(id, { end: { outcome: 'completed', reason: 'clear' }, event: { kind: 'ended', reason: 'clear' } }, -10),
      ])
      expect(await timeline(id)).toEqual([
        { at: at(-100), type: 'session.created' },
        { at: at(-100), type: 'session.activity', to: 'working', source: 'process-file' },
        { at: at(-100), type: 'observed.started', reason: 'startup', source: 'process-file' },
        { at: at(-80), type: 'observed.tool', name: 'Bash', duration_ms: 12, failed: true, source: 'hook' },
        { at: at(-70), type: 'session.activity', from: 'working', to: 'waiting', reason: 'permission', source: 'process-file' },
        { at: at(-40), type: 'session.activity', from: 'waiting', to: 'working', source: 'process-file' },
        { at: at(-10), type: 'session.status', from: 'active', to: 'completed', reason: 'clear' },
        { at: at(-10), type: 'observed.ended', reason: 'clear', source: 'process-file' },
      ])
    })

    it('begins anew after a resume, though the activity is the one before the end', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'idle' }, -100)
      await see(id, { end: { outcome: 'completed', reason: 'exit' } }, -80)
      const resumed = await see(id, { alive: true, activity: 'idle' }, -60)
      expect(resumed).toMatchObject({ status: 'active', activity: 'idle', claude_code: { activity_since: at(-60) } })
      await see(id, { activity: 'working' }, -40)
      const rows = (await timeline(id)).filter(({ type }) => type === 'session.activity')
      expect(rows.map((row) => [row.at, row.from, row.to])).toEqual([
        [at(-100), undefined, 'idle'],
        [at(-60), undefined, 'idle'],
        [at(-40), 'idle', 'working'],
      ])
    })

    it('has an event that two sources report once, and others of its kind', async () => {
      const id = randomUUID()
      const prompt = (source: string, seconds: number) => observation(id, { source, alive: true, event: { kind: 'prompt' } }, seconds)
      await observe([
        prompt('transcript', -90),
        prompt('transcript', -51),
        prompt('hook', -50),
        prompt('hook', -49),
        prompt('transcript', -40),
      ])
      const prompts = (await timeline(id)).filter(({ type }) => type === 'observed.prompt')
      expect(prompts.map(({ at, source }) => [at, source])).toEqual([
        [at(-90), 'transcript'],
        [at(-50), 'hook'],
        [at(-49), 'hook'],
        [at(-40), 'transcript'],
      ])
    })

    it('keeps the newest two thousand events', async () => {
      const id = randomUUID()
      for (let batch = 0; batch < 5; batch++) {
        await observe(
          Array.from({ length: 500 }, (_, n) =>
            observation(id, { source: 'hook', alive: true, event: { kind: 'tool' } }, -3000 + batch * 500 + n),
          ),
        )
      }
      const rows = await routes.hub.store.sessions.observedEvents(id, 100_000)
      expect([rows.length, rows[0]!.at, rows.at(-1)!.at]).toEqual([2000, Date.parse(at(-2500)), Date.parse(at(-501))])
    })
  })

  describe('the bound of a timeline', () => {
    it('holds for events of one instant too', async () => {
      const id = randomUUID()
      for (let batch = 0; batch < 5; batch++) {
        await observe(
          Array.from({ length: 500 }, (_, n) => ({
            ...observation(id, { source: 'hook', alive: true, event: { kind: 'tool' } }, -10),
            observation_id: `same-time-${String(batch * 500 + n).padStart(4, '0')}`,
          })),
        )
      }
      const rows = await routes.hub.store.sessions.observedEvents(id, 100_000)
      expect([rows.length, rows[0]!.observation_id, rows.at(-1)!.observation_id]).toEqual([2000, 'same-time-0500', 'same-time-2499'])
    })
  })

  describe('a collector', () => {
    it('keeps everything of a large session that it confirms', async () => {
      const id = randomUUID()
      const tasks = Array.from({ length: 200 }, (_, n) => ({ task_id: `${n}`, name: 'x'.repeat(500), status: 'pending' }))
      const before = await see(id, { alive: true, activity: 'working', tasks, fields: { name: 'n', pid: 7 } })
      const sources = async () => (await ask('GET', `/sessions/${id}/sources`)).json()
      const known = await sources()
      for (let count = 0; count < 3; count++) {
        await routes.fleet.passTime(15 * SECOND)
        expect(await collector([id])).toMatchObject({ unknown_sessions: [], missing_sessions: [] })
      }
      const after = await routes.fleet.read(id)
      expect(after).toMatchObject({ claude_code: before.claude_code, last_heartbeat: at(), activity: 'working' })
      expect(await sources()).toEqual(known)
      expect((await see(id, { alive: true, activity: 'idle' })).claude_code?.tasks).toHaveLength(200)
    })

    it('registers its machine, stands there with its versions, and says whether it is behind', async () => {
      await collector([], {
        hostname: 'laptop.local',
        platform: 'linux',
        claude_code_versions: ['2.1.332'],
        sources: [{ name: 'sessions', state: 'ok' }],
        pending: { calls: 3 },
        pending_since: at(-61),
      })
      expect(await routes.fleet.readMachine('laptop')).toMatchObject({
        hostname: 'laptop.local',
        status: 'online',
        collector: {
          version: '0.1.0',
          platform: 'linux',
          claude_code_versions: ['2.1.332'],
          state: 'idle',
          last_contact: at(),
          connected: true,
          behind: true,
        },
      })
      await routes.fleet.passTime(20 * SECOND)
      await collector([], { hostname: 'laptop.local', pending: { calls: 0 }, pending_since: at(-100) })
      const list = (await ask('GET', '/machines')).json() as Machine[]
      expect(list.map(({ collector }) => [collector?.behind, collector?.connected])).toEqual([[false, true]])
      await routes.fleet.passTime(46 * SECOND)
      const gone = await routes.fleet.readMachine('laptop')
      expect([gone.status, gone.collector?.connected]).toEqual(['offline', false])
    })

    it('keeps its machine and its sessions seen, quietly', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'idle' })
      await collector([id])
      const before = await events()
      for (let minute = 0; minute < 3; minute++) {
        for (let nth = 0; nth < 4; nth++) {
          await routes.fleet.passTime(15 * SECOND)
          await collector([id], { pending: { calls: nth } })
        }
      }
      expect(await routes.fleet.read(id)).toMatchObject({ status: 'active', activity: 'idle', last_heartbeat: at() })
      expect(await events()).toEqual(before)
    })

    it('learns which sessions the hub does not know, takes for ended, or misses', async () => {
      const [known, ended, missing, unknown] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
      await observe([
        observation(known, { alive: true }),
        observation(ended, { alive: true }, -1),
        observation(ended, { end: { outcome: 'failed', reason: 'process ended' } }),
        observation(missing, { alive: true }),
      ])
      await routes.fleet.session({ machine_id: 'laptop' })
      const answer = await collector([known, ended, unknown])
      expect({ ...answer, unknown_sessions: answer.unknown_sessions.toSorted() }).toEqual({
        machine_id: 'laptop',
        unknown_sessions: [ended, unknown].toSorted(),
        missing_sessions: [missing],
        timestamp: at(),
      })
      expect((await routes.fleet.read(ended)).status).toBe('failed')
    })

    it('that stops takes its machine offline at once, and nothing sees its sessions', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'working' }, -5)
      await collector([id], { state: 'stopped' })
      expect((await routes.fleet.readMachine('laptop')).status).toBe('offline')
      expect(await routes.fleet.read(id)).toMatchObject({ status: 'active', activity: 'working', not_seen_since: at() })
      await collector([id])
      expect((await routes.fleet.readMachine('laptop')).status).toBe('online')
      expect((await routes.fleet.read(id)).not_seen_since).toBeUndefined()
    })

    it('decides whether the file of the process is believed before hooks', async () => {
      const id = randomUUID()
      await see(id, { alive: true, activity: 'working' })
      await collector([id])
      routes.hub.clock.pass(10 * SECOND)
      expect((await see(id, { source: 'hook', activity: 'waiting', waiting_for: 'input' })).activity).toBe('working')
      // The collector is gone; the witness goes on.
      await routes.fleet.passTime(60 * SECOND)
      expect((await see(id, { source: 'witness', alive: true })).activity).toBe('waiting')
      await collector([id])
      expect(await routes.fleet.read(id)).toMatchObject({ activity: 'working', claude_code: { activity_since: at(-70) } })
    })

    it('leaves a machine in maintenance there, and a name that a person gave it', async () => {
      await routes.fleet.ok('POST', '/machines', { machine_id: 'laptop', hostname: 'mine', status: 'maintenance' })
      await collector([], { hostname: 'laptop.local' })
      expect(await routes.fleet.readMachine('laptop')).toMatchObject({
        hostname: 'mine',
        status: 'maintenance',
        collector: { version: '0.1.0' },
      })
    })
  })
}
