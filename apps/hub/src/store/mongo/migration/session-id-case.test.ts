import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { fleetOf } from '../../../../test/fleet.ts'
import { openHub } from '../../../../test/open-hub.ts'
import { Connection } from '../connection.ts'
import { openMongoStore } from '../open.ts'
import { freeKey, type SessionDocument } from '../session-document.ts'
import { deletions } from './008-deletions.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

it('a session whose id had capitals keeps its tasks, events and slot; a second one of the same id gets another', async () => {
  const uri = await freshDatabase()
  const hub = await openHub({ store: await openMongoStore({ uri, prices: defaultPriceTable() }) })
  const fleet = fleetOf(hub)
  await fleet.machine('m', [1])
  const { session_id: alone } = await fleet.session({ session_id: 'aaaaaaaa-0000-4000-8000-000000000001', docker_slot: 1 })
  const { session_id: twin } = await fleet.session({ session_id: 'bbbbbbbb-0000-4000-8000-000000000002', project_id: 'upper' })
  const task = await fleet.task(alone)
  // As the version before has left them.
  const connection = await Connection.open(uri)
  const sessions = connection.collection<SessionDocument>('session')
  for (const id of [alone, twin]) {
    const upper = id.toUpperCase()
    const document = (await sessions.findOne({ _id: id }))!
    await sessions.deleteOne({ _id: id })
    const tasks = document.tasks?.map((one) => ({ ...one, session_id: upper })) ?? []
    const slot_key = document.session.docker_slot === null ? freeKey(upper) : document.slot_key
    await sessions.insertOne({ ...document, _id: upper, slot_key, tasks, session: { ...document.session, session_id: upper } })
    for (const name of ['task_place', 'event']) {
      await connection.collection(name).updateMany({ session_id: id }, { $set: { session_id: upper } })
    }
  }
  const other = await fleet.session({ session_id: twin, project_id: 'lower' })
  await deletions(connection)
  // Two hubs that start at once run it twice.
  await deletions(connection)
  await connection.close()
  expect(await fleet.read(alone)).toMatchObject({ session_id: alone, docker_slot: 1 })
  expect(await fleet.readTask(task.task_id)).toMatchObject({ session_id: alone })
  expect((await hub.ask('GET', `/events?format=json&session_id=${alone}`)).json()).not.toEqual([])
  expect(await fleet.read(twin)).toMatchObject({ project_id: 'lower', session_id: other.session_id })
  const all = await fleet.ok<{ session_id: string; project_id: string }[]>('GET', '/sessions')
  expect([all.length, all.find(({ project_id }) => project_id === 'upper')?.session_id]).toEqual([
    3,
    expect.stringMatching(/^[0-9a-f-]{36}$/),
  ])
})
