import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

it("adds a task to the caller's own session, and starts it where asked to", async () => {
  const { call, fleet } = await openTools()
  const { session_id } = await fleet.session()
  const { data } = await call('task_create', { task_name: 'Write the tests', start: true }, { sessionId: session_id })
  expect(await fleet.readTask(data!.task_id as string)).toMatchObject({ session_id, task_name: 'Write the tests', status: 'in_progress' })
  expect((await fleet.read(session_id)).current_task_id).toBe(data!.task_id)
  const other = await call('task_create', { task_name: 'Later', session_id })
  expect(other.data).toMatchObject({ status: 'pending', session_id })
})

it('says what to do where the hub does not know the session, and where it has ended', async () => {
  const { call, fleet } = await openTools()
  const unknown = await call('task_create', { task_name: 't' }, { sessionId: '00000000-0000-4000-8000-000000000000' })
  expect([unknown.isError, unknown.text]).toEqual([true, expect.stringContaining('A session appears on the hub when the collector runs')])
  const { session_id } = await fleet.session()
  await fleet.ok('DELETE', `/sessions/${session_id}`)
  const ended = await call('task_create', { task_name: 't', session_id })
  expect([ended.isError, ended.text]).toEqual([true, expect.stringContaining('completed')])
  expect((await call('task_create', { task_name: '' }, { sessionId: session_id })).text).toContain('task_name')
})
