import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

it('lists tasks with their ids, filtered by status, session, project, machine and range', async () => {
  const { call, fleet, hub } = await openTools()
  const web = await fleet.session({ project_id: '/home/ada/web', machine_id: 'ada' })
  const api = await fleet.session({ project_id: 'api', machine_id: 'rack-1' })
  const blocked = await fleet.task(web.session_id, { task_name: 'Wait for the review' })
  await fleet.ok('POST', `/tasks/${blocked.task_id}/block`, { reason: 'no reviewer' })
  const open = await fleet.task(api.session_id, { task_name: 'Write the tests' })
  const ids = async (args: object) => ((await call('tasks_list', args)).data!.tasks as { task_id: string }[]).map(({ task_id }) => task_id)
  expect((await ids({})).sort()).toEqual([blocked.task_id, open.task_id].sort())
  expect(await ids({ status: 'blocked' })).toEqual([blocked.task_id])
  expect(await ids({ session: api.session_id })).toEqual([open.task_id])
  expect(await ids({ project: 'web' })).toEqual([blocked.task_id])
  expect(await ids({ machine: 'rack 1' })).toEqual([open.task_id])
  expect((await call('tasks_list', { status: 'blocked' })).text).toContain(
    `blocked: Wait for the review (no reviewer) [${blocked.task_id}]`,
  )
  hub.clock.pass(24 * 3_600_000)
  expect([await ids({ range: 'today' }), (await ids({ range: 'yesterday' })).length]).toEqual([[], 2])
  expect((await call('tasks_list', { status: 'failed' })).text).toBe('No task matches.')
})

it('says what it left out', async () => {
  const { call, fleet } = await openTools()
  const { session_id } = await fleet.session()
  for (let n = 0; n < 32; n++) await fleet.task(session_id)
  expect((await call('tasks_list')).data).toMatchObject({ total: 32, left_out: 2 })
})
