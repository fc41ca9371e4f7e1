import type { TurnAnswer } from '@signalbox/contract/assistant'
import { expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { fleetOf } from '../../test/fleet.ts'
import { openHub } from '../../test/open-hub.ts'

it('a question is understood, an action named with what it may be about, and a tool that reads is asked', async () => {
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' } })
  const fleet = fleetOf(hub)
  const first = await fleet.session({ project_id: 'platform-web', machine_id: 'rack-1' })
  const second = await fleet.session({ project_id: 'platform-web', machine_id: 'rack-1' })
  const other = await fleet.session({ project_id: 'firmware', machine_id: 'rack-1' })
  const calls = [someCall({ at: '2026-10-06T08:00:00.000Z', cwd: '/home/ada/platform-web' })]
  await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'rack-1', calls } })
  const turn = async (question: string, more: object = {}) => {
    const answer = await hub.ask('POST', '/api/assistant/turns', { payload: { question, timezone: 'Europe/Berlin', ...more } })
    expect([answer.statusCode, question]).toEqual([200, question])
    return answer.json<TurnAnswer>()
  }
  const spent = await turn('what did I spend today?')
  expect(spent).toEqual({ call: { tool: 'usage_report', arguments: { range: 'today' } }, is_action: false, unknown: [], suggestions: [] })
  const next = await turn('and per model?', { previous: spent.call })
  expect(next.call).toEqual({ tool: 'usage_report', arguments: { range: 'today', group: 'model' } })

  // Of two sessions none is chosen, and nothing was done.
  const pause = await turn('pause platform-web')
  expect(pause).toMatchObject({ is_action: true, call: { tool: 'session_act', arguments: { action: 'pause' } } })
  expect(pause.session_ids?.toSorted()).toEqual([first.session_id, second.session_id].sort())
  expect((await turn('pause firmware')).session_ids).toEqual([other.session_id])
  expect((await hub.ask('GET', `/sessions/${other.session_id}`)).json()).toMatchObject({ status: 'active' })
  // It is 11:12 in Berlin.
  expect((await turn('mute alerts until 17:00')).until).toBe('2026-10-06T15:00:00.000Z')

  const missed = await turn('what will bitcoin cost tomorrow')
  expect(missed).toMatchObject({ call: null, is_action: false, unknown: ['bitcoin'] })
  expect(missed.suggestions).toHaveLength(3)

  const tool = (name: string, payload: object, headers = {}) => hub.ask('POST', `/api/tools/${name}`, { payload, headers })
  const report = await tool('usage_report', { range: 'today', project: 'platform web' })
  expect(report.json()).toMatchObject({ text: expect.stringContaining('in 1 call'), data: { totals: { calls: 1 } } })
  expect((await tool('usage_report', { range: 'soon' })).json()).toMatchObject({
    success: false,
    message: expect.stringContaining('range is not a range'),
  })
  expect((await tool('usage_report', { range: 'today', project: 'unseen' })).json()).toMatchObject({
    message: 'No usage of a project "unseen" in this range',
    suggestion: 'With usage: /home/ada/platform-web.',
  })
  // What writes is not here, for any key.
  expect((await tool('task_create', { task_name: 't' })).statusCode).toBe(404)

  // A tool can do what its caller can, and no more.
  const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'w', scopes: ['ingest'] } })).json<{ key: string }>()
  const refused = await hub.inject({
    method: 'POST',
    url: '/api/tools/hub_health',
    payload: {},
    headers: { authorization: `Bearer ${key}` },
  })
  expect(refused.statusCode).toBe(403)
})
