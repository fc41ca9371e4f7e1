import { expect, it } from 'vitest'
import { openTools } from '../../test/open-tools.ts'

it('says which machines are up and which slots are free', async () => {
  const { fleet, call } = await openTools()
  await fleet.machine('ada-laptop', [1, 2, 3])
  await fleet.machine('rack-1')
  await fleet.machine('rack-2', [1])
  await fleet.session({ machine_id: 'ada-laptop', docker_slot: 2 })
  await fleet.ok('PUT', '/machines/rack-2', { status: 'maintenance' })
  const { text, data } = await call('machines_list')
  expect(text).toContain('ada-laptop: online, last seen 0 s ago, 1 live session, 2 of 3 slots free (1, 3)')
  expect(text).toContain('rack-1: online, last seen 0 s ago, 0 live sessions, no docker slots')
  expect(text).toContain('rack-2: maintenance, last seen 0 s ago, 0 live sessions, 0 of 1 slot free')
  expect((data!.machines as { machine_id: string; free_slots: number[] }[]).map(({ free_slots }) => free_slots)).toEqual([[1, 3], [], []])
  expect((await call('machines_list', { state: 'free' })).data!.machines).toHaveLength(1)
  expect((await call('machines_list', { state: 'maintenance' })).text).toContain('rack-2')
})

it('finds one machine by its name as a person writes it, and names the known ones where there is no such machine', async () => {
  const { fleet, call } = await openTools()
  await fleet.machine('rack-1')
  await fleet.machine('rack-2')
  expect((await call('machines_list', { machine: 'Rack 1' })).data).toMatchObject({ machines: [{ machine_id: 'rack-1' }] })
  expect(await call('machines_list', { machine: 'rack-9' })).toEqual({
    isError: true,
    text: 'There is no machine "rack-9". Known machines: rack-1, rack-2.',
  })
})

it('says how many machines it left out', async () => {
  const { fleet, call } = await openTools()
  for (let n = 0; n < 103; n++) await fleet.machine(`m-${n}`)
  const { text, data } = await call('machines_list')
  expect([text.split('\n').at(-1), data!.left_out]).toEqual(['3 more machines left out; name one with the argument machine.', 3])
})
