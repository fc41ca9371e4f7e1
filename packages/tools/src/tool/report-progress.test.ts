import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

it('is a heartbeat with a sentence that others can read, and replaces the former one', async () => {
  const { call, fleet, hub } = await openTools()
  const { session_id } = await fleet.session({ metadata: { branch: 'main' } })
  await call('report_progress', { progress: '1 of 7 tests fixed', percent: 14 }, { sessionId: session_id })
  hub.clock.pass(60_000)
  const { text } = await call('report_progress', { progress: '3 of 7 tests fixed' }, { sessionId: session_id })
  expect(text).toBe('Reported; the session is active on the board.')
  expect(await fleet.read(session_id)).toMatchObject({
    activity: 'working',
    last_heartbeat: '2026-10-06T09:13:00.000Z',
    metadata: { branch: 'main', progress: '3 of 7 tests fixed' },
  })
  expect((await fleet.read(session_id)).metadata).not.toHaveProperty('progress_percent')
  expect((await call('sessions_list')).text).toContain('says: 3 of 7 tests fixed')
})

it('says that a session has ended, and that one is not known', async () => {
  const { call, fleet } = await openTools()
  const { session_id } = await fleet.session()
  await fleet.ok('DELETE', `/sessions/${session_id}`)
  expect(await call('report_progress', { progress: 'x', session_id })).toMatchObject({
    isError: true,
    text: expect.stringContaining('completed'),
  })
  const unknown = '00000000-0000-4000-8000-000000000000'
  expect((await call('report_progress', { progress: 'x', session_id: unknown })).text).toContain('Go on without reporting')
  expect((await call('report_progress', { progress: 'x' })).text).toContain('Pass session_id')
})
