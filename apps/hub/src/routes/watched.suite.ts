import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { StateRoutes } from '../../test/state-routes.ts'
import { watchedSession } from '../state/watched-session.ts'

const DAY = 86_400_000

/** What alerts ask of sessions and tasks, on any store. */
export function watchedSuite(routes: StateRoutes): void {
  const { ask } = routes

  describe('what alerts ask', () => {
    it('of live sessions and of those that failed lately is what their records say', async () => {
      const { fleet, hub } = routes
      await fleet.machine('box', [1])
      const old = await fleet.session()
      await fleet.ok('POST', `/sessions/${old.session_id}/mark-failed`, { reason: 'long ago' })
      hub.clock.pass(DAY)
      const done = await fleet.session()
      await fleet.ok('PUT', `/sessions/${done.session_id}`, { status: 'completed' })
      const waiting = await fleet.session({ machine_id: 'box', docker_slot: 1, activity: 'waiting', waiting_for: 'permission' })
      const failed = await fleet.session()
      await fleet.ok('POST', `/sessions/${failed.session_id}/mark-failed`, { reason: 'out of memory' })
      const observed = randomUUID()
      const at = new Date(hub.clock.now()).toISOString()
      const observation = {
        observation_id: randomUUID(),
        session_id: observed,
        source: 'process-file',
        at,
        project_id: 'shop',
        alive: true,
        activity: 'idle',
        fields: { name: 'fix-login', model: 'claude-opus-5-5' },
      }
      expect((await ask('POST', '/sessions/observations', { machine_id: 'box', observations: [observation] })).statusCode).toBeLessThan(300)

      const found = await hub.store.sessions.watched({ failedSince: hub.clock.now() - DAY / 2 })
      const ids = [waiting.session_id, failed.session_id, observed].sort()
      expect(found.map(({ session_id }) => session_id).sort()).toEqual(ids)
      for (const session of found) expect(session).toEqual(watchedSession((await hub.store.sessions.find(session.session_id))!))
      const of = (id: string) => found.find(({ session_id }) => session_id === id)
      expect(of(waiting.session_id)).toMatchObject({ activity: 'waiting', waiting_for: 'permission', docker_slot: 1, failure_reason: null })
      expect(of(failed.session_id)).toMatchObject({ status: 'failed', failure_reason: 'out of memory', model: null })
      expect(of(observed)).toMatchObject({ name: 'fix-login', model: 'claude-opus-5-5', activity: 'idle', activity_since: Date.parse(at) })
    })

    it('of tasks are those that are blocked or failed, of sessions that live or ended lately', async () => {
      const { fleet, hub } = routes
      const old = await fleet.session()
      const past = await fleet.task(old.session_id)
      await fleet.ok('POST', `/tasks/${past.task_id}/fail`, { error_message: 'long ago' })
      await fleet.ok('PUT', `/sessions/${old.session_id}`, { status: 'completed' })
      hub.clock.pass(DAY)
      const ended = await fleet.session({ machine_id: 'box' })
      const failed = await fleet.task(ended.session_id)
      await fleet.ok('POST', `/tasks/${failed.task_id}/fail`, { error_message: 'three tests fail' })
      await fleet.ok('PUT', `/sessions/${ended.session_id}`, { status: 'completed' })
      const live = await fleet.session()
      const blocked = await fleet.task(live.session_id)
      await fleet.ok('POST', `/tasks/${blocked.task_id}/block`, { reason: 'a review' })
      await fleet.task(live.session_id)

      const found = await hub.store.tasks.unresolved({ endedSince: hub.clock.now() - DAY / 2 })
      found.sort((a, b) => (a.task.status < b.task.status ? -1 : 1))
      expect(found).toEqual([
        { task: await hub.store.tasks.find(blocked.task_id), machine_id: 'm', session_status: 'active' },
        { task: await hub.store.tasks.find(failed.task_id), machine_id: 'box', session_status: 'completed' },
      ])
    })
  })
}
