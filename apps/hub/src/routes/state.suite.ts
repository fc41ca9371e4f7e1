import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HubOptions, TestHub } from '../../test/open-hub.ts'
import { type Looks, looks, Model, step } from '../../test/state-model.ts'
import { openStateRoutes } from '../../test/state-routes.ts'
import { dataDeletionSuite } from './data-deletion.suite.ts'
import { eventLogSuite } from './event.suite.ts'
import { listSuite } from './list.suite.ts'
import { machineSuite } from './machine.suite.ts'
import { projectSuite } from './project.suite.ts'
import { sessionSuite } from './session.suite.ts'
import { sessionObservationSuite } from './session-observation.suite.ts'
import { taskSuite } from './task.suite.ts'
import { watchedSuite } from './watched.suite.ts'

const MINUTE = 60_000

/**
 * What the routes of sessions, tasks and machines promise on any store.
 * @param random how many sequences of operations, and how heartbeats are checked in them
 */
export function stateSuite(
  open: (options: HubOptions) => Promise<TestHub>,
  { runs, how = looks }: { runs: number; how?: readonly Looks[] },
): void {
  const routes = openStateRoutes(open)
  const { ask, refused, events } = routes

  sessionSuite(routes)
  taskSuite(routes)
  machineSuite(routes)
  listSuite(routes)
  eventLogSuite(routes)
  dataDeletionSuite(routes)
  projectSuite(routes)
  sessionObservationSuite(routes)
  watchedSuite(routes)

  describe('events', () => {
    it('are published after every change, with its subject, and not for heartbeats', async () => {
      await routes.fleet.machine('m', [1])
      const { session_id } = await routes.fleet.session({ project_id: 'p', docker_slot: 1 })
      const { task_id } = await routes.fleet.task(session_id)
      await routes.fleet.ok('POST', `/tasks/${task_id}/start`)
      await routes.fleet.heartbeat(session_id)
      await routes.fleet.heartbeat(session_id, { activity: 'working' })
      await routes.fleet.ok('PUT', `/sessions/${session_id}`, { status: 'paused' })
      await routes.fleet.ok('PUT', '/machines/m', { status: 'maintenance' })
      const published = await events()
      expect(published.map(({ event }) => event)).toEqual([
        'machine.created',
        'session.created',
        'task.created',
        'task.status',
        'session.updated',
        'session.updated',
        'session.status',
        'machine.status',
      ])
      expect(published.map(({ id }) => id)).toEqual(published.map((_, index) => index + 1))
      expect(published[6]!.data).toMatchObject({ session_id, project_id: 'p', machine_id: 'm', from: 'active', status: 'paused' })
      expect(published[3]!.data).toMatchObject({ task_id, session_id, machine_id: 'm', from: 'pending', status: 'in_progress' })
      expect(published.slice(4, 6).map(({ data }) => data.changed)).toEqual([['current_task_id'], ['activity']])
      expect(await events(`&session_id=${session_id}`)).toHaveLength(6)
      expect((await events('&machine_id=m&types=machine.status,machine.created')).map(({ id }) => id)).toEqual([1, 8])
    })
  })

  describe('an idempotent write', () => {
    it('creates one session and one task for simultaneous repeats', async () => {
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

    it('repeats its first answer, whatever has changed since', async () => {
      const { session_id } = await routes.fleet.session()
      const fail = () => ask('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' }, { 'idempotency-key': 'k' })
      const first = await fail()
      await routes.fleet.ok('POST', `/sessions/${session_id}/recover`)
      const again = await fail()
      expect([again.statusCode, again.json(), again.headers['idempotent-replayed']]).toEqual([200, first.json(), 'true'])
      expect((await routes.fleet.read(session_id)).status).toBe('active')
    })
  })

  describe('arbitrary input', () => {
    it('is stored exactly, or refused with a reason, and never a 500', async () => {
      const names = ['a/b', '"quoted"', "it's", 'שלום עולם', 'ünï✓🚂', '%2F..%00', '__proto__', ' spaces ', '$where', 'a.b', '{}']
      for (const name of names) {
        const { session_id } = await routes.fleet.session({
          project_id: name,
          machine_id: name,
          metadata: { [name === '__proto__' ? 'proto' : name]: name },
        })
        const shown = await routes.fleet.read(session_id)
        expect([shown.project_id, shown.machine_id]).toEqual([name, name])
        const encoded = encodeURIComponent(name)
        expect((await ask('GET', `/sessions/by-project/${encoded}`)).json()).toMatchObject({ project_id: name, stats: { total: 1 } })
        expect((await routes.fleet.readMachine(name)).active_sessions).toEqual([session_id])
        expect((await ask('GET', `/sessions?project_id=${encoded}`)).json()).toHaveLength(1)
        expect((await routes.fleet.task(session_id, { task_name: `${name}\n\ttab` })).task_name).toBe(`${name}\n\ttab`)
      }
      const { session_id } = await routes.fleet.session()
      for (const [status, method, url, payload] of [
        [400, 'POST', '/sessions', { project_id: 'a\u0000b', machine_id: 'm' }],
        [400, 'POST', '/sessions', { project_id: 'a\nb', machine_id: 'm' }],
        [400, 'POST', '/sessions', { project_id: '\u202Eright to left', machine_id: 'm' }],
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
      for (const [levels, message] of [
        [33, 'metadata must not be nested deeper than 32'],
        [9_000, 'The body is nested deeper than 64'],
      ] as const) {
        const payload = `{"metadata":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`
        const nested = await routes.hub.ask('PUT', `/sessions/${session_id}`, { payload, headers: { 'content-type': 'application/json' } })
        expect([nested.statusCode, nested.json().message]).toEqual([400, message])
      }
      const proto = await routes.hub.ask('PUT', `/sessions/${session_id}`, {
        payload: '{"metadata":{"__proto__":{"polluted":true}}}',
        headers: { 'content-type': 'application/json' },
      })
      expect(proto.statusCode).toBe(400)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    })

    it('fits into metadata up to the last byte after merging', async () => {
      const { session_id } = await routes.fleet.session({ metadata: { a: 'x'.repeat(10_000) } })
      expect(await refused('PUT', `/sessions/${session_id}`, { metadata: { b: 'y'.repeat(10_000) } })).toEqual([
        400,
        'validation_error',
        'metadata would be larger than 16 KiB',
      ])
      const overhead = JSON.stringify({ a: '', b: '' }).length
      await routes.fleet.ok('PUT', `/sessions/${session_id}`, { metadata: { b: 'y'.repeat(16_384 - 10_000 - overhead) } })
      const odd = { '1': 1, $set: { x: 1 }, 'a.b': null, nested: { 'c.d': [null, true, 1e21, 'x'] }, ключ: '\ud83d\ude82' }
      await routes.fleet.ok('PUT', `/sessions/${session_id}`, { metadata: { a: null, b: null, ...odd } })
      const { 'a.b': _, ...expected } = odd
      expect((await routes.fleet.read(session_id)).metadata).toEqual(expected)
    })
  })

  it(
    'no sequence of operations leads to a state that the tables of transitions forbid',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), fc.constantFrom(...how), async (steps, look) => {
          const model = new Model(await open({ env: { LOG_LEVEL: 'silent' } }), look)
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
