import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

it('with the attempt of a session that was recovered since, each writing tool changes nothing and says to stop', async () => {
  const { call, fleet } = await openTools()
  const { session_id } = await fleet.session()
  const { task_id } = await fleet.task(session_id)
  const about = { attempt: 1, session_id }
  expect((await call('report_progress', { progress: 'one of two', ...about })).isError).toBe(false)
  await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'lost' })
  await fleet.ok('POST', `/sessions/${session_id}/recover`, {})
  const before = [await fleet.read(session_id), await fleet.readTask(task_id)]
  for (const [name, input] of [
    ['report_progress', { progress: 'two of two', ...about }],
    ['ask_for_input', { question: 'which?', ...about }],
    ['task_create', { task_name: 'another', start: true, ...about }],
    ['task_update', { task_id, status: 'completed', attempt: 1 }],
  ] as const) {
    const { isError, text } = await call(name, input)
    expect([name, isError, text]).toEqual([name, true, expect.stringMatching(/superseded by attempt 2[\s\S]*Stop this work/)])
  }
  expect([await fleet.read(session_id), await fleet.readTask(task_id)]).toEqual(before)
  expect((await call('session_show', { session: session_id })).data).toMatchObject({ attempt: 2 })
  expect((await call('task_create', { task_name: 'mine', start: true, session_id, attempt: 2 })).data).toMatchObject({
    status: 'in_progress',
  })
  expect((await call('task_update', { task_id, status: 'completed', attempt: 2 })).isError).toBe(false)
})

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
