import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

it('counts what happened and lists the newest first, by subject, project and range', async () => {
  const { fleet, call, data } = await openTools()
  expect((await call('events_list', { range: 'today' })).text).toBe('Nothing happened in today.')
  const { session_id } = await fleet.session({ project_id: 'signal-firmware', machine_id: 'rack-1' })
  await fleet.session({ project_id: 'web', machine_id: 'rack-1' })
  await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  const args = { range: 'today', about: 'session' }
  const { total, counts } = await data<{ total: number; counts: Record<string, number> }>('events_list', args)
  expect([total, counts]).toEqual([3, { 'session created': 2, 'session failed': 1 }])
  const { text } = await call('events_list', { ...args, project: 'signal firmware' })
  expect(text.split('\n')[1]).toMatch(/session failed: signal-firmware, rack-1 .*\[/)
  expect(await data('events_list', { ...args, machine: 'rack 1' })).toMatchObject({ total: 3 })
  expect(await data('events_list', { range: 'last_night' })).toMatchObject({ total: 0 })
})
