import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

const HOUR = 3_600_000

async function openFleet() {
  const opened = await openTools()
  const { fleet, hub } = opened
  await fleet.machine('ada-laptop', [1, 2])
  await fleet.machine('rack-1')
  const working = await fleet.session({
    project_id: '/home/ada/platform-web',
    machine_id: 'ada-laptop',
    docker_slot: 1,
    activity: 'working',
  })
  const waiting = await fleet.session({ project_id: 'timetable-api', machine_id: 'rack-1', activity: 'waiting', waiting_for: 'permission' })
  const failed = await fleet.session({ project_id: 'signal-firmware', machine_id: 'rack-1' })
  await fleet.ok('POST', `/sessions/${failed.session_id}/mark-failed`, { reason: 'out of memory' })
  hub.clock.pass(150_000)
  return { ...opened, working, waiting, failed }
}

const idsOf = (data: unknown) => (data as { sessions: { session_id: string }[] }).sessions.map(({ session_id }) => session_id)

it('says who waits for a person, most urgent first', async () => {
  const { call, waiting, failed, hub } = await openFleet()
  const { text, data } = await call('sessions_list', { state: 'person' })
  expect(idsOf(data)).toEqual([waiting.session_id, failed.session_id])
  expect(text).toContain(`timetable-api on rack-1: waiting for permission, since 2 min (${waiting.session_id.slice(0, 8)})`)
  expect(text).toContain('signal-firmware on rack-1: failed 2 min ago')
  hub.clock.pass(25 * HOUR)
  expect(idsOf((await call('sessions_list', { state: 'person' })).data)).not.toContain(failed.session_id)
})

it('filters by state, activity, project, machine and range', async () => {
  const { call, working, waiting, failed } = await openFleet()
  const ids = async (args: object) => idsOf((await call('sessions_list', args)).data)
  expect((await ids({})).sort()).toEqual([working.session_id, waiting.session_id].sort())
  expect(await ids({ activity: 'working' })).toEqual([working.session_id])
  expect(await ids({ project: 'platform web' })).toEqual([working.session_id])
  expect(await ids({ project: 'timetable-api' })).toEqual([waiting.session_id])
  expect(await ids({ machine: 'ada laptop' })).toEqual([working.session_id])
  expect(await ids({ state: 'failed', range: 'today' })).toEqual([failed.session_id])
  expect(await ids({ state: 'failed', range: 'yesterday' })).toEqual([])
  expect((await call('sessions_list', { state: 'stalled' })).text).toBe('No session matches (state stalled).')
  expect((await call('sessions_list', { state: 'person', project: 'platform-web' })).text).toBe('No session waits for a person.')
})

it('is bounded, and says what it left out', async () => {
  const { call, fleet } = await openTools()
  for (let n = 0; n < 25; n++) await fleet.session()
  const { text, data } = await call('sessions_list')
  expect([idsOf(data).length, data!.total, data!.left_out]).toEqual([20, 25, 5])
  expect(text.split('\n').at(-1)).toBe('5 more sessions left out; pass a larger top, or a filter.')
})
