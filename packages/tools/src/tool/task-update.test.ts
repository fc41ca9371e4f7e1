import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

it('starts, blocks, fails and completes a task by the rules of the hub', async () => {
  const { call, fleet } = await openTools()
  const { session_id } = await fleet.session()
  const { task_id } = await fleet.task(session_id)
  const update = (change: object) => call('task_update', { task_id, ...change })
  expect((await update({ status: 'in_progress' })).data).toMatchObject({ status: 'in_progress' })
  expect((await update({ status: 'blocked', error_message: 'no reviewer' })).text).toContain('blocked: a task (no reviewer)')
  const without = await update({ status: 'failed' })
  expect([without.isError, without.text]).toEqual([true, expect.stringContaining('error_message')])
  expect((await update({ status: 'failed', error_message: 'three tests fail' })).isError).toBe(false)
  await update({ status: 'pending' })
  await update({ status: 'completed', task_name: 'done' })
  expect(await fleet.readTask(task_id)).toMatchObject({ status: 'completed', task_name: 'done' })
  const final = await update({ status: 'pending' })
  expect([final.isError, final.text]).toEqual([true, expect.stringContaining('completed')])
  expect((await call('task_update', { task_id: 'no-such-task', status: 'completed' })).isError).toBe(true)
})
