import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

it('shows the session as waiting with its question, until it reports progress again', async () => {
  const { call, fleet } = await openTools()
  const { session_id } = await fleet.session({ project_id: 'web', activity: 'working' })
  const { text } = await call('ask_for_input', { question: 'Drop the old table?' }, { sessionId: session_id })
  expect(text).toContain('No answer comes back through this tool')
  expect(await fleet.read(session_id)).toMatchObject({
    activity: 'waiting',
    waiting_for: 'input',
    metadata: { question: 'Drop the old table?' },
  })
  expect((await call('sessions_list', { state: 'person' })).text).toContain(
    'web on m: waiting for input, since 0 s, asks: Drop the old table?',
  )
  // The turn ends, and Claude Code reports the session as idle: the question still stands.
  await fleet.heartbeat(session_id, { activity: 'idle' })
  expect((await call('sessions_list', { state: 'person' })).text).toContain('web on m: idle, asks: Drop the old table?')
  // A person has answered in the session.
  await fleet.heartbeat(session_id, { activity: 'working' })
  expect((await call('sessions_list', { state: 'person' })).data).toMatchObject({ total: 0 })
  expect((await call('sessions_list')).text).not.toContain('asks:')
  await call('report_progress', { progress: 'table kept' }, { sessionId: session_id })
  const after = await fleet.read(session_id)
  expect([after.activity, after.metadata]).toEqual(['working', { progress: 'table kept' }])
  expect((await call('sessions_list', { state: 'person' })).text).toBe('No session waits for a person.')
})
