import type { Machine } from '@signalbox/contract/machine'
import type { FailSessionsResult } from '@signalbox/contract/machine-sessions'
import { describe, expect, it } from 'vitest'
import type { StateRoutes } from '../../test/state-routes.ts'

/** What the routes of machines promise on any store. */
export function machineSuite(routes: StateRoutes): void {
  const { ask, refused } = routes

  describe('a machine', () => {
    it('is registered once, or completed where a session registered it first', async () => {
      const { session_id } = await routes.fleet.session({ machine_id: 'box' })
      const answer = await ask('POST', '/machines', { machine_id: 'box', hostname: 'box.local', docker_slots: [3, 1] })
      expect([answer.statusCode, answer.json()]).toMatchObject([
        201,
        { hostname: 'box.local', docker_slots: [1, 3], active_sessions: [session_id] },
      ])
      expect((await refused('POST', '/machines', { machine_id: 'box', hostname: 'x' })).slice(0, 2)).toEqual([409, 'conflict'])
      expect((await refused('POST', '/machines', { machine_id: 'b', hostname: 'x', docker_slots: [1, 1] }))[0]).toBe(400)
      expect((await refused('POST', '/machines', { machine_id: 'b' }))[0]).toBe(400)
    })

    it('keeps slots that are held, and goes offline only without sessions', async () => {
      await routes.fleet.machine('box', [1, 2])
      const { session_id } = await routes.fleet.session({ machine_id: 'box', docker_slot: 2 })
      expect(await refused('PUT', '/machines/box', { docker_slots: [1] })).toEqual([
        409,
        'conflict',
        `Slot 2 is held by session ${session_id} and cannot be taken away`,
      ])
      expect((await refused('DELETE', '/machines/box'))[1]).toBe('conflict')
      await routes.fleet.ok('POST', '/machines/box/release-session', { session_id })
      expect(await routes.fleet.ok('PUT', '/machines/box', { docker_slots: [1] })).toMatchObject({ docker_slots: [1] })
      await routes.fleet.ok('DELETE', `/sessions/${session_id}`)
      await routes.fleet.ok('DELETE', '/machines/box')
      expect((await routes.fleet.readMachine('box')).status).toBe('offline')
    })

    it('assigns the lowest free slot, and its ETag changes with its sessions', async () => {
      await routes.fleet.machine('box', [2, 5])
      const [one, two, three] = [await routes.fleet.session(), await routes.fleet.session(), await routes.fleet.session()]
      const assign = (session_id: string, docker_slot?: number) =>
        ask('POST', '/machines/box/assign-session', { session_id, ...(docker_slot ? { docker_slot } : {}) })
      const before = (await ask('GET', '/machines/box')).headers.etag
      const first = await assign(one!.session_id)
      expect(first.json()).toMatchObject({ machine_id: 'box', active_sessions: [one!.session_id] })
      expect(first.headers.etag).not.toBe(before)
      expect(await routes.fleet.read(one!.session_id)).toMatchObject({ machine_id: 'box', docker_slot: 2 })
      expect((await assign(two!.session_id, 2)).json()).toMatchObject({
        statusCode: 409,
        message: `Slot 2 of box is held by session ${one!.session_id}`,
      })
      expect((await assign(two!.session_id, 9)).statusCode).toBe(400)
      await assign(two!.session_id)
      expect((await assign(three!.session_id)).json().message).toBe('All 2 slots of box are held')
      await routes.fleet.ok('POST', `/sessions/${one!.session_id}/mark-stalled`, { reason: 'lost' })
      const since = (await routes.fleet.read(one!.session_id)).stalled_since
      expect(since).toBe(new Date(routes.hub.clock.now()).toISOString())
      expect((await assign(three!.session_id)).json()).toMatchObject({
        message: `All 2 slots of box are held, 1 of them by stalled sessions: ${one!.session_id}, stalled since ${since}`,
        details: { holders: [{ docker_slot: 2, session_id: one!.session_id, stalled_since: since }, { docker_slot: 5 }] },
      })
      expect((await assign(three!.session_id, 2)).json()).toMatchObject({
        message: `Slot 2 of box is held by session ${one!.session_id}, stalled since ${since}`,
        details: { session_id: one!.session_id, stalled_since: since },
      })
      expect((await refused('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot: 2 }))[2]).toBe(
        `Slot 2 of box is held by session ${one!.session_id}, stalled since ${since}`,
      )
      await routes.fleet.heartbeat(one!.session_id)
      expect((await routes.fleet.read(one!.session_id)).stalled_since).toBeUndefined()
      expect((await ask('POST', '/machines/nowhere/assign-session', { session_id: one!.session_id })).statusCode).toBe(404)
      await routes.fleet.ok('PUT', '/machines/box', { status: 'maintenance' })
      expect((await assign(three!.session_id)).json().message).toBe('The machine box is maintenance')
    })

    it('that is lost has its live sessions failed, all or some, and a dry run lists them', async () => {
      await routes.fleet.machine('box', [1, 2])
      const one = await routes.fleet.session({ machine_id: 'box', docker_slot: 1 })
      const two = await routes.fleet.session({ machine_id: 'box', docker_slot: 2 })
      const done = await routes.fleet.session({ machine_id: 'box' })
      const other = await routes.fleet.session({ machine_id: 'other' })
      await routes.fleet.ok('PUT', `/sessions/${done.session_id}`, { status: 'completed' })
      await routes.fleet.ok('POST', `/sessions/${two.session_id}/mark-stalled`, { reason: 'r' })
      const url = '/machines/box/fail-sessions'
      const all = [one.session_id, two.session_id]
      const dry = await routes.fleet.ok<FailSessionsResult>('POST', url, { reason: 'lost', dry_run: true })
      expect({ ...dry, session_ids: [...dry.session_ids].sort() }).toMatchObject({
        sessions_affected: 2,
        session_ids: [...all].sort(),
        dry_run: true,
      })
      expect((await routes.fleet.readMachine('box')).active_sessions).toHaveLength(2)
      expect(await routes.fleet.ok('POST', url, { reason: 'lost', statuses: ['stalled'] })).toMatchObject({ session_ids: [two.session_id] })
      expect((await routes.fleet.read(one.session_id)).status).toBe('active')
      const key = { 'idempotency-key': 'a lost machine' }
      const first = (await ask('POST', url, { reason: 'lost' }, key)).json()
      expect(first).toMatchObject({ session_ids: [one.session_id], dry_run: false })
      expect((await ask('POST', url, { reason: 'lost' }, key)).json()).toEqual(first)
      expect(await routes.fleet.ok('POST', url, { reason: 'lost' })).toMatchObject({ sessions_affected: 0, session_ids: [] })
      expect(await routes.fleet.ok('GET', `/sessions/${one.session_id}/failure-info`)).toMatchObject({ failure_reason: 'lost' })
      expect((await routes.fleet.read(done.session_id)).status).toBe('completed')
      expect((await routes.fleet.read(other.session_id)).status).toBe('active')
      expect((await routes.fleet.ok<{ available_slots: number }[]>('GET', '/machines/available'))[0]).toMatchObject({ available_slots: 2 })
      expect(await routes.fleet.ok('POST', `/sessions/${one.session_id}/recover`, {})).toMatchObject({ status: 'active', attempt: 2 })
      expect((await refused('POST', '/machines/nowhere/fail-sessions', { reason: 'r' }))[0]).toBe(404)
    })

    it('is available while it is online and has a slot, most free first', async () => {
      await routes.fleet.machine('a', [1])
      await routes.fleet.machine('b', [1, 2, 3])
      await routes.fleet.machine('c', [1, 2, 3])
      await routes.fleet.machine('none')
      const { session_id } = await routes.fleet.session({ machine_id: 'b', docker_slot: 2 })
      await routes.fleet.session({ machine_id: 'a', docker_slot: 1 })
      expect((await ask('GET', '/machines/available')).json()).toMatchObject([
        { machine_id: 'c', available_slots: 3, occupied_slots: 0 },
        { machine_id: 'b', total_slots: 3, available_slots: 2, available_slot_numbers: [1, 3], active_sessions: [session_id] },
      ])
      await routes.fleet.ok('PUT', '/machines/c', { status: 'maintenance' })
      expect((await ask('GET', '/machines/available')).json()).toHaveLength(1)
      expect(((await ask('GET', '/machines?status=maintenance')).json() as Machine[]).map(({ machine_id }) => machine_id)).toEqual(['c'])
      expect(((await ask('GET', '/machines?hostname=b')).json() as Machine[]).map(({ machine_id }) => machine_id)).toEqual(['b'])
    })
  })
}
