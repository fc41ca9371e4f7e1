import { expect, it } from 'vitest'
import { someCall } from '../../../../apps/hub/test/call.ts'
import { openTools } from '../../test/open-tools.ts'

it('shows one session with its tasks, its cost, its timeline and what to do', async () => {
  const { call, fleet, client } = await openTools()
  const { session_id } = await fleet.session({ project_id: 'platform-web', machine_id: 'rack-1' })
  const { task_id } = await fleet.task(session_id, { task_name: 'Install the map' })
  await fleet.ok('POST', `/tasks/${task_id}/start`)
  await client.ingestCalls('rack-1', [someCall({ session_id })])
  await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory', error_details: 'killed by the kernel' })
  const { text, data } = await call('session_show', { session: session_id.slice(0, 8) })
  expect(text).toContain('platform-web on rack-1: failed 0 s ago')
  expect(text).toContain('Failed: out of memory (killed by the kernel).')
  expect(text).toContain('- failed: Install the map')
  expect(data).toMatchObject({
    session_id,
    status: 'failed',
    failure: { failure_reason: 'out of memory' },
    usage: { calls: 1, models: [{ model: 'claude-opus-5-5' }] },
    tasks: { stats: { total: 1, failed: 1 }, rows: [{ task_id }] },
  })
  expect((data!.timeline as { type: string }[]).map(({ type }) => type)).toContain('session.status')
})

it('says what is missing in its cost, and what is no call', async () => {
  const { call, fleet, client } = await openTools()
  const { session_id } = await fleet.session()
  await client.ingestCalls('rack-1', [
    someCall({ session_id, unfinished: true }),
    someCall({ session_id, source: 'cost-state', as_of: '2026-10-06T09:00:00.000Z' }),
  ])
  const { text, data } = await call('session_show', { session: session_id })
  expect(text).toContain('187.6K tokens in 1 call.\n1 call never got the final record from Claude Code, so its output')
  expect(text).toContain('Not itemised: $')
  expect(data!.usage).toMatchObject({
    calls: 1,
    unfinished_calls: 1,
    not_itemised: { total_tokens: 93_812 },
    models: expect.arrayContaining([expect.objectContaining({ model: 'claude-opus-5-5', not_itemised: true, calls: 0 })]),
  })
})

it('finds a session by project, machine or slot, and without any of them that of the caller', async () => {
  const { call, fleet } = await openTools()
  await fleet.machine('rack-1', [3])
  const old = await fleet.session({ project_id: 'web', machine_id: 'rack-1' })
  await fleet.ok('DELETE', `/sessions/${old.session_id}`)
  const live = await fleet.session({ project_id: 'web', machine_id: 'rack-1', docker_slot: 3 })
  for (const args of [{ project: 'web' }, { machine: 'rack-1', slot: 3 }]) {
    expect((await call('session_show', args)).data!.session_id).toBe(live.session_id)
  }
  expect((await call('session_show', {}, { sessionId: old.session_id })).data!.session_id).toBe(old.session_id)
  expect((await call('session_show', {})).text).toContain('This connection does not say which session it belongs to. Pass session;')
  expect((await call('session_show', { session: 'ffffffff' })).text).toBe(
    'There is no session ffffffff. sessions_list shows the sessions there are.',
  )
  expect((await call('session_show', { project: 'nowhere' })).text).toContain('No session matches.')
  expect((await call('session_show', { session: 'no id' })).text).toContain('session must be the beginning of a UUID')
})

it('asks for more of an id that several sessions begin with', async () => {
  const { call, fleet } = await openTools()
  const ids = ['aaaa0000-0000-4000-8000-000000000001', 'aaaa0000-0000-4000-8000-000000000002']
  for (const session_id of ids) await fleet.session({ session_id })
  const { text } = await call('session_show', { session: 'aaaa' })
  expect(text).toContain('Several sessions begin with aaaa. Write more of the id:')
  for (const id of ids) expect(text).toContain(id)
})
