import type { UsageReport } from '@signalbox/contract/usage'
import { expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'

const [anna, ben] = ['0f6b8a52-4c1d-4b7e-9a35-6de1c2f04711', '7d1f0c3a-9b2e-4f6a-8c5d-2e4b6a8c0d1e']
const at = (time: string) => `2026-10-06T${time}:00.000Z`

async function open() {
  const hub = await openHub()
  const call = (machine_id: string, time: string, output: number) =>
    hub.ask('POST', '/api/usage/calls', {
      payload: { machine_id, calls: [someCall({ key: `msg_${machine_id}${time}`, at: at(time), output })] },
    })
  const account = (machine_id: string, account: string, time: string) =>
    hub.ask('POST', '/api/claude/console-usage', { payload: someSnapshot(at(time), { machine_id, account }) })
  const report = async (query: string): Promise<UsageReport> => (await hub.ask('GET', `/api/usage?${query}`)).json()
  return { hub, call, account, report }
}

const outputs = ({ rows }: UsageReport) => Object.fromEntries(rows.map(({ person, output }) => [person, output]))

it('a call is of the person whose account its machine named next; the name of an account may be given later', async () => {
  const { hub, call, account, report } = await open()
  await call('laptop', '06:00', 1)
  await call('laptop', '08:00', 10)
  await call('laptop', '09:05', 100)
  await call('rack', '08:00', 1_000)
  await call('box', '08:00', 10_000)
  await account('laptop', anna, '07:00')
  await account('laptop', ben, '09:00')
  await account('rack', anna, '09:00')
  expect(outputs(await report('group=person'))).toEqual({ '': 10_000, [anna]: 1_001, [ben]: 110 })
  for (const [id, name] of [
    [anna, 'Anna'],
    [ben, 'Ben'],
  ])
    await hub.ask('PATCH', `/api/claude/accounts/${id}`, { payload: { name } })
  expect(outputs(await report('group=person'))).toEqual({ '': 10_000, Anna: 1_001, Ben: 110 })
  // As parts of other rows, and as a filter, also of blocks and with the hub's short forms of names.
  const day = (await report('group=day&split=person')).rows[0]
  expect(day?.splits?.map(({ name, output }) => [name, output])).toEqual([
    ['', 10_000],
    ['Anna', 1_001],
    ['Ben', 110],
  ])
  for (const group of ['day', 'machine', 'block', 'model'])
    expect((await report(`group=${group}&person=ben`)).totals.output, group).toBe(110)
  expect((await report('group=machine&person=')).rows.map(({ machine }) => machine)).toEqual(['box'])
  const unknown = await report('group=day&person=Bem')
  expect([unknown.rows, unknown.filters?.person]).toEqual([[], { asked: 'Bem', names: [], nearest: ['Ben', 'Anna'] }])
  // Two accounts of one name are one person.
  await hub.ask('PATCH', `/api/claude/accounts/${ben}`, { payload: { name: 'Anna' } })
  expect(outputs(await report('group=person'))).toEqual({ '': 10_000, Anna: 1_111 })
  const csv = await hub.ask('GET', '/api/usage?group=person', { headers: { accept: 'text/csv' } })
  expect(csv.body.split('\r\n')[0]).toMatch(/^person,calls,/)
})
