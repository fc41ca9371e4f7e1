import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { MONGO_PATIENCE_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { beforeSecondLook, forget, type Hub, logOf, names, slowAndWell } from '../../../test/slow-hub.ts'
import { silentMachine } from '../../state/machine.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)
vi.setConfig({ testTimeout: 60_000 })

const soon = { timeout: 15_000 }

/** Nothing is left that somebody would have to see to. */
async function settled({ store }: Hub): Promise<void> {
  await vi.waitFor(async () => {
    for (const name of ['session', 'machine']) {
      const lying = { $or: [{ has_untold: true }, { unsure: { $exists: true } }, { let_go: { $exists: true } }] }
      expect(await store.connection.collection(name).find(lying).toArray(), name).toEqual([])
    }
  }, soon)
}

const placesOf = ({ store }: Hub) => store.connection.collection('task_place').countDocuments({})

describe('a hub that dies between a claim of a slot and its second look', () => {
  /** The slot was taken away since the first look. */
  const dieAfter = async (command: 'insert' | 'update', key?: string) => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    const request = { project_id: 'p', machine_id: 'box', docker_slot: 1 }
    const send = (hub: Hub) =>
      command === 'insert'
        ? hub.ask('POST', '/sessions', request, headers)
        : hub.ask('POST', '/machines/box/assign-session', { session_id, docker_slot: 1 }, headers)
    const claim = await beforeSecondLook({
      line,
      write: [command, 'session'],
      look: ['find', 'machine'],
      send: () => send(slow),
      meanwhile: () => well.fleet.ok('PUT', '/machines/box', { docker_slots: [2] }),
    })
    line.cut()
    expect((await claim.answer).statusCode).toBe(503)
    return { well, send: () => send(well) }
  }

  it.each(['insert', 'update'] as const)('of a slot that is gone does not hold it, and that is told (%s)', async (command) => {
    const { well } = await dieAfter(command)
    await settled(well)
    const sessions = (await well.ask('GET', '/sessions')).json() as Record<string, unknown>[]
    expect(sessions.filter((session) => 'docker_slot' in session)).toEqual([])
    const last = (await logOf(well)).findLast(({ data }) => data.session_id !== undefined)!
    expect(last.event).toBe('session.updated')
    expect(last.data).not.toHaveProperty('docker_slot')
    expect(last.data.revision).toBe(sessions.find(({ session_id }) => session_id === last.data.session_id)!.revision)
    await well.fleet.ok('PUT', '/machines/box', { docker_slots: [1, 2] })
    expect((await well.fleet.session({ machine_id: 'box', docker_slot: 1 })).docker_slot).toBe(1)
  })

  it('and whose request is sent again under its key is refused, and not told that it has the slot', async () => {
    const { well, send } = await dieAfter('update', 'again')
    await settled(well)
    await forget(well)
    expect((await send()).statusCode).toBe(400)
  })

  it('of a slot that is still there holds it, and that is told once', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const claim = await beforeSecondLook({
      line,
      write: ['update', 'session'],
      look: ['find', 'machine'],
      send: () => slow.ask('PUT', `/sessions/${session_id}`, { docker_slot: 1 }),
    })
    line.cut()
    expect((await claim.answer).statusCode).toBe(503)
    await settled(well)
    expect((await well.fleet.read(session_id)).docker_slot).toBe(1)
    expect(names(await logOf(well, `&session_id=${session_id}`))).toEqual(['session.created active', 'session.updated active'])
  })
})

describe('a hub that dies between the change of a machine and its second look', () => {
  it('has a slot given back that was claimed meanwhile', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const change = await beforeSecondLook({
      line,
      write: ['update', 'machine'],
      look: ['find', 'session'],
      send: () => slow.ask('PUT', '/machines/box', { docker_slots: [2] }),
      meanwhile: () => well.fleet.ok('PUT', `/sessions/${session_id}`, { docker_slot: 1 }),
    })
    line.cut()
    expect((await change.answer).statusCode).toBe(503)
    await settled(well)
    expect((await well.fleet.readMachine('box')).docker_slots).toEqual([1, 2])
    expect((await logOf(well, '&types=machine.updated')).at(-1)!.data.docker_slots).toEqual([1, 2])
    expect((await well.fleet.read(session_id)).docker_slot).toBe(1)
  })

  it('has a machine back that was put away while a session came', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1])
    const removal = await beforeSecondLook({
      line,
      write: ['update', 'machine'],
      look: ['find', 'session'],
      send: () => slow.ask('DELETE', '/machines/box'),
      meanwhile: () => well.fleet.session({ machine_id: 'box' }),
    })
    line.cut()
    expect((await removal.answer).statusCode).toBe(503)
    await settled(well)
    expect((await well.fleet.readMachine('box')).status).toBe('online')
  })

  it('leaves offline what was silent, though a session is on it', async () => {
    const { slow, well, line, clock } = await slowAndWell()
    await well.fleet.session({ machine_id: 'box' })
    clock.pass(601_000)
    const now = clock.now()
    const tell = line.hold('insert', 'event')
    const calling = slow.store.machines.change('box', { now }, (held) => silentMachine(held, 0, now))
    await tell.reached
    line.cut()
    await expect(calling).rejects.toMatchObject({ code: 'unavailable' })
    await settled(well)
    expect((await well.fleet.readMachine('box')).status).toBe('offline')
    expect(names(await logOf(well)).filter((name) => name === 'machine.status offline')).toHaveLength(1)
  })
})

describe('a hub that hesitates between a claim and its second look', () => {
  it('finds that another has taken the slot away, and refuses it', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const claim = await beforeSecondLook({
      line,
      write: ['update', 'session'],
      look: ['find', 'machine'],
      send: () => slow.ask('PUT', `/sessions/${session_id}`, { docker_slot: 1 }),
      meanwhile: () => well.fleet.ok('PUT', '/machines/box', { docker_slots: [2] }),
    })
    await settled(well)
    claim.release()
    expect((await claim.answer).statusCode).toBe(400)
    await settled(well)
    const session = await well.fleet.read(session_id)
    expect(session).not.toHaveProperty('docker_slot')
    const log = await logOf(well, `&session_id=${session_id}`)
    expect(log.map(({ data }) => data.docker_slot)).toEqual([undefined, 1, undefined])
    expect(log.at(-1)!.data.revision).toBe(session.revision)
  })

  it('and on whose claim somebody has built does not keep the answer it did not give', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'elsewhere' })
    const assign = (hub: Hub) => hub.ask('POST', '/machines/box/assign-session', { session_id, docker_slot: 1 }, { 'idempotency-key': 'k' })
    const claim = await beforeSecondLook({
      line,
      write: ['update', 'session'],
      look: ['find', 'machine'],
      send: () => assign(slow),
      meanwhile: () => well.fleet.ok('PUT', '/machines/box', { docker_slots: [2] }),
    })
    await well.fleet.beat(session_id, { metadata: { beaten: true } })
    claim.release()
    expect((await claim.answer).statusCode).toBe(400)
    expect((await assign(well)).statusCode).toBe(400)
    expect(await well.fleet.read(session_id)).not.toHaveProperty('docker_slot')
    await settled(well)
  })

  it('takes back to the slot it had only what is still there', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('a', [1])
    await well.fleet.machine('b', [1])
    const { session_id } = await well.fleet.session({ machine_id: 'a', docker_slot: 1 })
    const claim = await beforeSecondLook({
      line,
      write: ['update', 'session'],
      look: ['find', 'machine'],
      send: () => slow.ask('POST', '/machines/b/assign-session', { session_id }),
      meanwhile: () => well.fleet.ok('PUT', '/machines/b', { docker_slots: [] }),
    })
    // It is free now, so nothing speaks against it.
    await well.fleet.ok('PUT', '/machines/a', { docker_slots: [] })
    claim.release()
    expect((await claim.answer).statusCode).toBe(409)
    expect(await well.fleet.read(session_id)).not.toHaveProperty('docker_slot')
    await settled(well)
  })
})

describe('a hub that dies at a task', () => {
  it('whose id another session has taken over meanwhile leaves it to that one', async () => {
    const { slow, well, line } = await slowAndWell()
    const [one, two] = [await well.fleet.session(), await well.fleet.session()]
    const task_id = randomUUID()
    const making = await beforeSecondLook({
      line,
      write: ['update', 'session'],
      look: ['find', 'task_place'],
      send: () => slow.ask('POST', '/tasks', { session_id: one.session_id, task_id, task_name: 'slow' }),
      meanwhile: () => well.fleet.task(two.session_id, { task_id, task_name: 'quick' }),
    })
    line.cut()
    expect((await making.answer).statusCode).toBe(503)
    await settled(well)
    expect((await well.ask('GET', `/sessions/${one.session_id}/tasks`)).json().stats.total).toBe(0)
    expect(await well.fleet.readTask(task_id)).toMatchObject({ session_id: two.session_id, task_name: 'quick' })
    expect(await placesOf(well)).toBe(1)
  })

  it('that is removed, or goes with its session, leaves no id behind', async () => {
    const { slow, well, line } = await slowAndWell()
    const [one, two] = [await well.fleet.session(), await well.fleet.session()]
    const { task_id } = await well.fleet.task(one.session_id)
    await well.fleet.task(two.session_id)
    await well.fleet.ok('DELETE', `/sessions/${two.session_id}`)
    await well.fleet.ok('POST', `/sessions/${two.session_id}/archive`)
    const letGo = [line.hold('delete', 'task_place'), line.hold('delete', 'task_place')]
    const removing = slow.ask('DELETE', `/tasks/${task_id}`)
    const purging = slow.ask('DELETE', `/sessions/${two.session_id}/purge`, { confirm: true })
    for (const { reached } of letGo) await reached
    expect(await placesOf(well)).toBe(2)
    line.cut()
    for (const { statusCode } of [await removing, await purging]) expect(statusCode).toBe(503)
    await settled(well)
    expect(await placesOf(well)).toBe(0)
    expect(names(await logOf(well)).filter((name) => name === 'session.status gone')).toHaveLength(1)
  })
})
