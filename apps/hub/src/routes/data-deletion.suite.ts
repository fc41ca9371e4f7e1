import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { someSnapshot } from '../../test/snapshot.ts'
import type { StateRoutes } from '../../test/state-routes.ts'

const HOUR = 3_600_000

/** What renaming, merging, removing and deleting promise on any store. */
export function dataDeletionSuite(routes: StateRoutes): void {
  const { ask, refused, events } = routes

  const hoursAgo = (hours: number) => new Date(routes.hub.clock.now() - hours * HOUR).toISOString()
  /** Calls of ten days, so that reports are answered from the sums of days too. */
  const callsOf = (name: string, project: string, count = 20) =>
    Array.from({ length: count }, (_, n) =>
      someCall({
        key: `${name} ${n}`,
        request_id: `req_${n}`,
        at: hoursAgo(1 + n * 13),
        cwd: project,
        session_id: `session of ${name} ${n % 3}`,
        output: 100 + n,
      }),
    )
  const send = async (machine_id: string, calls: readonly object[]) =>
    (await ask('POST', '/api/usage/calls', { machine_id, calls: [...calls] })).json()
  const totals = async (query = '') => (await ask('GET', `/api/usage?group=day&timezone=UTC${query}`)).json().totals
  const report = async (group: string) => {
    const { rows } = (await ask('GET', `/api/usage?group=${group}&timezone=UTC`)).json() as { rows: Record<string, unknown>[] }
    return rows.map((row) => [row[group], row.calls, row.output])
  }
  const machineIds = async () => ((await ask('GET', '/machines')).json() as { machine_id: string }[]).map(({ machine_id }) => machine_id)
  const ended = async (more: object) => {
    const { session_id } = await routes.fleet.session(more)
    await routes.fleet.task(session_id)
    await routes.fleet.ok('DELETE', `/sessions/${session_id}`)
    return session_id
  }

  describe('a machine', () => {
    it('is removed for good, also one that a session registered; its calls and sessions stay', async () => {
      for (let n = 0; n < 12; n++) await ended({ machine_id: `container ${n}` })
      await send('container 0', callsOf('c', '/p', 3))
      const path = (n: number) => `/machines/${encodeURIComponent(`container ${n}`)}/purge`
      expect(await refused('DELETE', path(0))).toEqual([400, 'validation_error', 'confirm is missing'])
      expect((await ask('DELETE', `${path(0)}?dry_run=true`)).json()).toEqual({
        machine_id: 'container 0',
        sessions: 1,
        collectors: 0,
        dry_run: true,
      })
      expect(await machineIds()).toHaveLength(12)
      for (let n = 0; n < 12; n++) expect((await ask('DELETE', `${path(n)}?confirm=true`)).statusCode).toBe(200)
      expect(await machineIds()).toEqual([])
      expect((await refused('DELETE', `${path(0)}?confirm=true`))[0]).toBe(404)
      expect([(await totals()).calls, (await ask('GET', '/sessions')).headers['x-total-count']]).toEqual([3, '12'])
      expect((await events('&types=machine.removed')).map(({ data }) => data.machine_id)).toHaveLength(12)
      const { session_id } = await routes.fleet.session({ machine_id: 'container 0' })
      expect((await refused('DELETE', `${path(0)}?confirm=true`)).slice(0, 2)).toEqual([409, 'conflict'])
      expect((await routes.fleet.readMachine('container 0')).active_sessions).toEqual([session_id])
    })

    it('stays while its collector is in contact, which would register it again', async () => {
      const started_at = new Date(routes.hub.clock.now()).toISOString()
      const heartbeat = { heartbeat_interval_ms: 15_000, version: '0.1.0', started_at, state: 'idle', sessions: [] }
      await routes.fleet.ok('POST', '/machines/box/collector', heartbeat)
      expect(await refused('DELETE', '/machines/box/purge?confirm=true')).toEqual([
        409,
        'conflict',
        'A collector reports from box and would register it again',
      ])
      expect((await refused('POST', '/machines/box/rename', { machine_id: 'other' }))[0]).toBe(409)
      routes.hub.clock.pass(46_000)
      expect((await ask('POST', '/machines/box/rename', { machine_id: 'other' })).statusCode).toBe(200)
      expect(await machineIds()).toEqual(['other'])
    })

    it('is renamed with all that it has, to the last token of every report', async () => {
      await routes.fleet.machine('old name', [1, 2])
      const session_id = await ended({ machine_id: 'old name' })
      await send('old name', callsOf('x', '/p'))
      await send('other', callsOf('y', '/p'))
      await ask('POST', '/api/claude/console-usage', someSnapshot(routes.hub.clock.now(), { machine_id: 'old name' }))
      const key = (await ask('POST', '/api/keys', { name: 'k', scopes: ['ingest'], machine_id: 'old name' })).json() as { key_id: string }
      const before = [await report('day'), await report('project'), await totals()]
      const dry = (await ask('POST', '/machines/old%20name/rename', { machine_id: 'new', dry_run: true })).json()
      expect(dry).toEqual({ machine_id: 'new', from: 'old name', calls: 20, snapshots: 1, sessions: 1, dry_run: true })
      expect(await machineIds()).toEqual(['old name'])
      const renamed = await ask('POST', '/machines/old%20name/rename', { machine_id: 'new' }, { 'idempotency-key': 'rename' })
      expect(renamed.json()).toEqual({ ...dry, dry_run: false })
      const repeated = await ask('POST', '/machines/old%20name/rename', { machine_id: 'new' }, { 'idempotency-key': 'rename' })
      expect([repeated.json(), repeated.headers['idempotent-replayed']]).toEqual([renamed.json(), 'true'])
      expect(await machineIds()).toEqual(['new'])
      expect(await routes.fleet.readMachine('new')).toMatchObject({ hostname: 'new', docker_slots: [1, 2] })
      // Its key is of use under the new name only.
      expect((await ask('GET', `/api/keys/${key.key_id}`)).json()).toMatchObject({ machine_id: 'new' })
      expect((await routes.fleet.read(session_id)).machine_id).toBe('new')
      expect([await report('day'), await report('project'), await totals()]).toEqual(before)
      expect((await report('machine')).map(([machine, calls]) => [machine, calls]).sort()).toEqual([
        ['new', 20],
        ['other', 20],
      ])
      expect((await totals('&machine_id=old%20name')).calls).toBe(0)
      expect((await ask('GET', '/api/claude/console-usage')).body).not.toContain('old name')
      expect((await refused('POST', '/machines/new/rename', { machine_id: 'new' }))[0]).toBe(409)
    })

    it('is merged into another one, whose calls of the same hour, project and session stay apart in no sum', async () => {
      await routes.fleet.machine('a')
      await routes.fleet.machine('b')
      const session_id = await ended({ machine_id: 'a' })
      const same = { at: hoursAgo(30), cwd: '/p', session_id: 'shared', output: 7 }
      await send('a', [...callsOf('x', '/p'), someCall({ key: 'one', ...same })])
      await send('b', [...callsOf('y', '/q'), someCall({ key: 'two', ...same })])
      const before = [await report('day'), await report('project'), await report('session'), await totals()]
      expect(await refused('POST', '/machines/a/merge', { into: 'b' })).toEqual([400, 'validation_error', 'confirm is missing'])
      expect((await refused('POST', '/machines/a/merge', { into: 'nowhere', confirm: true }))[0]).toBe(404)
      expect((await refused('POST', '/machines/a/rename', { machine_id: 'b' }))[0]).toBe(409)
      expect((await ask('POST', '/machines/a/merge', { into: 'b', confirm: true })).json()).toMatchObject({ calls: 21, sessions: 1 })
      expect([await report('day'), await report('project'), await report('session'), await totals()]).toEqual(before)
      expect((await report('machine')).map(([machine, calls]) => [machine, calls])).toEqual([['b', 42]])
      expect([await machineIds(), (await routes.fleet.read(session_id)).machine_id]).toEqual([['b'], 'b'])
      // A call that is sent again under the old id is known, and stays where it is.
      expect(await send('a', callsOf('x', '/p'))).toMatchObject({ accepted: 0, duplicates: 20 })
    })
  })

  describe('data', () => {
    const remove = async (query: string) => {
      const answer = await ask('DELETE', `/api/data?${query}`)
      return [answer.statusCode, answer.json()] as const
    }

    it('of a project is counted, deleted, and refused when a collector sends it again', async () => {
      await send('a', callsOf('x', '/old'))
      await send('b', callsOf('y', '/old'))
      await send('a', callsOf('z', '/kept'))
      await ended({ project_id: '/old', machine_id: 'a' })
      const kept = await ended({ project_id: '/kept', machine_id: 'a' })
      await report('day')
      const counts = { calls: 40, snapshots: 0, sessions: 1, tasks: 1, collectors: 0 }
      expect(await remove('project=%2Fold&dry_run=true')).toMatchObject([200, { ...counts, dry_run: true }])
      expect((await totals()).calls).toBe(60)
      expect(await remove('project=%2Fold')).toMatchObject([400, { errorCode: 'VALIDATION_MISSING_FIELD', message: 'confirm is missing' }])
      expect(await remove('project=%2Fold&confirm=true')).toMatchObject([200, { ...counts, dry_run: false }])
      const left = [await report('day'), await report('project'), await report('machine'), await totals()]
      expect((await report('project')).map(([project, calls]) => [project, calls])).toEqual([['/kept', 20]])
      expect((await report('machine')).map(([machine, calls]) => [machine, calls])).toEqual([['a', 20]])
      expect((await report('day')).reduce((sum, [, calls]) => sum + Number(calls), 0)).toBe(20)
      expect((await ask('GET', '/sessions')).json()).toMatchObject([{ session_id: kept }])
      // The same calls, better ones, and those that had waited: from any machine.
      expect(await send('a', callsOf('x', '/old'))).toMatchObject({ success: true, accepted: 0, improved: 0, duplicates: 0, deleted: 20 })
      expect(await send('c', callsOf('late', '/old', 5))).toMatchObject({ accepted: 0, deleted: 5 })
      expect([await report('day'), await report('project'), await report('machine'), await totals()]).toEqual(left)
      routes.hub.clock.pass(2 * HOUR)
      const fresh = someCall({ key: 'fresh', at: hoursAgo(1), cwd: '/old' })
      expect(await send('a', [fresh, ...callsOf('z', '/kept')])).toMatchObject({ accepted: 1 })
      expect((await events('&types=data.deleted')).map(({ data }) => data)).toEqual([{ project_id: '/old', ...counts }])
    })

    it('of a machine goes with its snapshots, sessions and collector, not while a session is live', async () => {
      await send('a', callsOf('x', '/p'))
      await send('b', callsOf('y', '/p'))
      const now = routes.hub.clock.now()
      await ask('POST', '/api/claude/console-usage', someSnapshot(now, { machine_id: 'a', account: 'anna' }))
      await ask('POST', '/api/claude/console-usage', someSnapshot(now - 60_000, { machine_id: 'b', account: 'anna' }))
      await ended({ machine_id: 'a' })
      const { session_id } = await routes.fleet.session({ machine_id: 'a' })
      expect(await remove('machine_id=a&confirm=true')).toMatchObject([
        409,
        { errorCode: 'CONFLICT', message: 'A live session belongs to it', details: { session_ids: [session_id] } },
      ])
      await routes.fleet.ok('DELETE', `/sessions/${session_id}`)
      const counts = { calls: 20, snapshots: 1, sessions: 2, tasks: 1, collectors: 1 }
      expect(await remove('machine_id=a&dry_run=true')).toMatchObject([200, counts])
      expect(await remove('machine_id=a&confirm=true')).toMatchObject([200, counts])
      expect((await report('machine')).map(([machine, calls]) => [machine, calls])).toEqual([['b', 20]])
      expect((await ask('GET', '/sessions')).json()).toEqual([])
      const limits = await ask('GET', '/api/claude/console-usage?account=anna')
      expect([limits.statusCode, limits.body.includes('"a"')]).toEqual([200, false])
      expect(await send('a', callsOf('x', '/p'))).toMatchObject({ accepted: 0, deleted: 20 })
      const again = await ask('POST', '/api/claude/console-usage', someSnapshot(now, { machine_id: 'a', account: 'anna' }))
      expect([again.statusCode, again.json().errorCode]).toEqual([410, 'GONE'])
      expect(await remove('machine_id=a&dry_run=true')).toMatchObject([
        200,
        { calls: 0, snapshots: 0, sessions: 0, tasks: 0, collectors: 0 },
      ])
    })

    it('stays deleted when a collector sends everything again, also after the event log has forgotten it', async () => {
      const started = routes.hub.clock.now() - HOUR
      const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
      const observe = async (n: number, machine_id: string, project_id: string | undefined, from: number) => {
        const observation = { session_id: id(n), source: 'process-file', ...(project_id === undefined ? {} : { project_id }) }
        const observations = [
          { ...observation, observation_id: `began ${n} ${from}`, at: new Date(from).toISOString(), alive: true },
          {
            ...observation,
            observation_id: `ended ${n} ${from}`,
            at: new Date(from + 60_000).toISOString(),
            end: { outcome: 'completed', reason: 'prompt_input_exit' },
          },
        ]
        expect((await ask('POST', '/sessions/observations', { machine_id, observations })).json()).toEqual({ accepted: 2, rejected: [] })
      }
      const everything = async () => {
        await observe(1, 'a', '/p', started)
        await observe(2, 'b', '/old', started)
        await observe(3, 'b', '/p', started)
        await observe(4, 'b', '/kept', started)
      }
      const ids = async () => ((await ask('GET', '/sessions')).json() as { session_id: string }[]).map((row) => row.session_id).sort()
      await everything()
      expect(await ids()).toEqual([1, 2, 3, 4].map(id))
      expect(await remove('machine_id=a&confirm=true')).toMatchObject([200, { sessions: 1 }])
      expect(await remove('project=%2Fold&confirm=true')).toMatchObject([200, { sessions: 1 }])
      await ask('POST', `/sessions/${id(3)}/archive`)
      expect((await ask('DELETE', `/sessions/${id(3)}/purge?confirm=true`)).statusCode).toBe(200)
      const check = async () => {
        await everything()
        // Those that had waited until now, and one that no longer says its project.
        await observe(5, 'a', '/p', started)
        await observe(6, 'c', '/old', started)
        await observe(2, 'c', undefined, started + 1000)
        expect(await ids()).toEqual([id(4)])
      }
      await check()
      routes.hub.clock.pass(32 * 24 * HOUR)
      await routes.hub.store.sweep(routes.hub.clock.now())
      expect(await events()).toEqual([])
      await check()
      // What is newer is a session as any other, whatever its id.
      await observe(1, 'a', '/p', routes.hub.clock.now() - HOUR)
      expect(await ids()).toEqual([id(1), id(4)])
    })

    it('of an account goes with its name', async () => {
      const now = routes.hub.clock.now()
      await ask('POST', '/api/claude/console-usage', someSnapshot(now, { machine_id: 'a', account: 'anna' }))
      expect((await ask('PATCH', '/api/claude/accounts/anna', { name: 'Anna of the office' })).statusCode).toBe(200)
      expect((await ask('GET', '/api/claude/accounts')).body).toContain('Anna of the office')
      expect(await remove('account=anna&confirm=true')).toMatchObject([200, { snapshots: 1 }])
      expect((await ask('GET', '/api/claude/accounts')).json()).toEqual([])
      routes.hub.clock.pass(60_000)
      await ask('POST', '/api/claude/console-usage', someSnapshot(now + 60_000, { machine_id: 'a', account: 'anna' }))
      const [again] = (await ask('GET', '/api/claude/accounts')).json()
      expect([again.account, again.name]).toEqual(['anna', undefined])
    })

    it('of an account is its snapshots, and no other account is touched', async () => {
      const now = routes.hub.clock.now()
      for (let n = 0; n < 3; n++) {
        await ask('POST', '/api/claude/console-usage', someSnapshot(now - n * 60_000, { machine_id: 'a', account: 'anna' }))
      }
      await ask('POST', '/api/claude/console-usage', someSnapshot(now, { machine_id: 'b', account: 'ben' }))
      expect(await remove('account=anna&dry_run=true')).toMatchObject([200, { calls: 0, snapshots: 3, sessions: 0 }])
      expect(await remove('account=anna&confirm=true')).toMatchObject([200, { snapshots: 3 }])
      expect((await ask('GET', '/api/claude/console-usage?account=anna')).statusCode).toBe(404)
      expect((await ask('GET', '/api/claude/console-usage?account=ben')).statusCode).toBe(200)
      expect((await ask('POST', '/api/claude/console-usage', someSnapshot(now, { machine_id: 'a', account: 'anna' }))).statusCode).toBe(410)
      const next = someSnapshot(now + 60_000, { machine_id: 'a', account: 'anna' })
      expect((await ask('POST', '/api/claude/console-usage', next)).statusCode).toBe(200)
    })

    it('has to be named exactly, and needs the scope admin', async () => {
      for (const query of ['confirm=true', 'machine_id=a&project=p&confirm=true']) {
        expect(await remove(query)).toMatchObject([400, { message: 'Exactly one of machine_id, project and account has to be given' }])
      }
      const made = await ask('POST', '/api/keys', { name: 'writer', scopes: ['read', 'write', 'ingest'] })
      const headers = { authorization: `Bearer ${made.json().key}` }
      for (const [method, url] of [
        ['DELETE', '/api/data?project=p&dry_run=true'],
        ['DELETE', '/machines/a/purge?dry_run=true'],
        ['POST', '/machines/a/rename'],
        ['POST', '/machines/a/merge'],
      ] as const) {
        expect((await routes.hub.inject({ method, url, headers })).statusCode, url).toBe(403)
      }
    })
  })
}
