import { randomUUID } from 'node:crypto'
import type { Task } from '@signalbox/contract/task'
import { describe, expect, it } from 'vitest'
import type { StateRoutes } from '../../test/state-routes.ts'

/** What the routes of tasks promise on any store. */
export function taskSuite(routes: StateRoutes): void {
  const { ask, refused } = routes

  describe('a task', () => {
    it('belongs to a live session and its project, and becomes its current task', async () => {
      const session = await routes.fleet.session({ project_id: 'mine' })
      const answer = await ask('POST', '/tasks', { session_id: session.session_id, task_name: 'write', github_issue_id: '12' })
      const task = answer.json() as Task
      expect([answer.statusCode, answer.headers.location, answer.headers.etag]).toEqual([201, `/tasks/${task.task_id}`, '"1"'])
      expect(task).toMatchObject({ project_id: 'mine', status: 'pending', github_issue_id: '12', metadata: {} })
      expect(task).not.toHaveProperty('started_at')
      routes.hub.clock.pass(1000)
      const started = await routes.fleet.ok<Task>('POST', `/tasks/${task.task_id}/start`)
      expect(started).toMatchObject({ status: 'in_progress', started_at: new Date(routes.hub.clock.now()).toISOString(), revision: 2 })
      expect((await routes.fleet.read(session.session_id)).current_task_id).toBe(task.task_id)
      await routes.fleet.ok('POST', `/tasks/${task.task_id}/complete`)
      expect(await routes.fleet.read(session.session_id)).not.toHaveProperty('current_task_id')
      expect(await refused('PUT', `/tasks/${task.task_id}`, { status: 'pending' })).toEqual([
        409,
        'conflict',
        'A task that is completed cannot become pending',
      ])
    })

    it('is refused when its session does not exist, has ended, or is of another project', async () => {
      const { session_id } = await routes.fleet.session()
      expect((await refused('POST', '/tasks', { session_id: randomUUID(), task_name: 't' })).slice(0, 2)).toEqual([400, 'validation_error'])
      expect(await refused('POST', '/tasks', { session_id, project_id: 'other', task_name: 't' })).toEqual([
        400,
        'validation_error',
        'project_id must be that of the session',
      ])
      const { task_id } = await routes.fleet.task(session_id)
      await routes.fleet.ok('DELETE', `/sessions/${session_id}`)
      expect((await refused('POST', '/tasks', { session_id, task_name: 't' })).slice(0, 2)).toEqual([409, 'conflict'])
      expect((await refused('POST', `/tasks/${task_id}/start`)).slice(0, 2)).toEqual([409, 'conflict'])
    })

    it('may still be completed when it failed only because its session completed', async () => {
      const { session_id } = await routes.fleet.session()
      const tasks = [await routes.fleet.task(session_id), await routes.fleet.task(session_id)]
      for (const { task_id } of tasks) await routes.fleet.ok('POST', `/tasks/${task_id}/start`)
      const [done, broken] = tasks.map(({ task_id }) => `/tasks/${task_id}`)
      await routes.fleet.ok('DELETE', `/sessions/${session_id}`)
      expect((await refused('POST', `${done}/start`)).slice(0, 2)).toEqual([409, 'conflict'])
      const completed = await routes.fleet.ok<Task>('POST', `${done}/complete`)
      expect(completed).toMatchObject({ status: 'completed' })
      expect(completed).not.toHaveProperty('error_message')
      await routes.fleet.ok('POST', `${broken}/fail`, { error_message: 'ended with exit code 4' })
      expect((await refused('POST', `${broken}/complete`)).slice(0, 2)).toEqual([409, 'conflict'])
    })

    it('stays failed when its session failed', async () => {
      const { session_id } = await routes.fleet.session()
      const { task_id } = await routes.fleet.task(session_id)
      await routes.fleet.ok('POST', `/tasks/${task_id}/start`)
      await routes.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
      expect((await refused('POST', `/tasks/${task_id}/complete`)).slice(0, 2)).toEqual([409, 'conflict'])
    })

    it('has the reason of its failure or block', async () => {
      const { session_id } = await routes.fleet.session()
      const { task_id } = await routes.fleet.task(session_id)
      expect(await refused('PUT', `/tasks/${task_id}`, { status: 'failed' })).toEqual([400, 'validation_error', 'error_message is missing'])
      expect((await refused('POST', `/tasks/${task_id}/fail`, {}))[0]).toBe(400)
      expect(await routes.fleet.ok('POST', `/tasks/${task_id}/block`, { reason: 'waits' })).toMatchObject({
        status: 'blocked',
        error_message: 'waits',
      })
      expect(await routes.fleet.ok('PUT', `/tasks/${task_id}`, { status: 'failed', error_message: 'no' })).toMatchObject({
        error_message: 'no',
      })
      expect(await routes.fleet.ok('PUT', `/tasks/${task_id}`, { status: 'pending' })).not.toHaveProperty('error_message')
    })

    it('can be removed only when it never started', async () => {
      const { session_id } = await routes.fleet.session()
      const [never, once] = [await routes.fleet.task(session_id), await routes.fleet.task(session_id)]
      await routes.fleet.ok('POST', `/tasks/${once.task_id}/start`)
      await routes.fleet.ok('POST', `/tasks/${once.task_id}/block`)
      expect((await refused('DELETE', `/tasks/${once.task_id}`)).slice(0, 2)).toEqual([409, 'conflict'])
      await routes.fleet.ok('DELETE', `/tasks/${never.task_id}`)
      expect((await refused('GET', `/tasks/${never.task_id}`)).slice(0, 2)).toEqual([404, 'not_found'])
    })

    it('is listed by session, project and status, with the progress of its session', async () => {
      const [a, b] = [await routes.fleet.session({ project_id: 'a' }), await routes.fleet.session({ project_id: 'b' })]
      const made: Task[] = []
      for (const { session_id } of [a, a, a, b]) {
        routes.hub.clock.pass(1)
        made.push(await routes.fleet.task(session_id))
      }
      await routes.fleet.ok('POST', `/tasks/${made[0]!.task_id}/complete`)
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
}
