import { beforeAll, expect, it, vi } from 'vitest'
import { MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { type Hub, logOf, names, slowAndWell } from '../../../test/slow-hub.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

async function archived({ fleet, store }: Hub) {
  const { session_id } = await fleet.session()
  await fleet.task(session_id)
  await fleet.ok('DELETE', `/sessions/${session_id}`)
  await fleet.ok('POST', `/sessions/${session_id}/archive`)
  const row = { session: (await store.sessions.find(session_id))!, tasks: await store.tasks.ofSession(session_id), observed: [] }
  return {
    session_id,
    task_id: row.tasks[0]!.task_id,
    copy: ({ store }: Hub) => store.copy.load({ kind: 'sessions', rows: [row] }, 'another store', Date.now()),
    purge: (hub: Hub) => hub.ask('DELETE', `/sessions/${session_id}/purge`, { confirm: true }),
  }
}

it('a purged session may be copied in again, and each purge publishes an event', async () => {
  const { well } = await slowAndWell()
  const { session_id, copy, purge } = await archived(well)
  for (let times = 1; times <= 3; times++) {
    expect((await purge(well)).statusCode).toBe(200)
    expect(names(await logOf(well, `&session_id=${session_id}`)).filter((name) => name === 'session.status gone')).toHaveLength(times)
    await copy(well)
    expect((await well.ask('GET', `/sessions/${session_id}/tasks`)).json().stats.total).toBe(1)
  }
})

it('a session is copied in while its purged document is being removed', async () => {
  const { slow, well, line } = await slowAndWell()
  const { session_id, task_id, copy, purge } = await archived(well)
  const publish = line.hold('insert', 'event')
  const purging = purge(slow)
  await publish.reached
  line.cut()
  await copy(well)
  expect((await well.fleet.read(session_id)).status).toBe('archived')
  expect((await well.ask('GET', `/sessions/${session_id}/tasks`)).json().stats.total).toBe(1)
  expect((await well.fleet.readTask(task_id)).session_id).toBe(session_id)
  expect((await purging).statusCode).toBe(503)
})
