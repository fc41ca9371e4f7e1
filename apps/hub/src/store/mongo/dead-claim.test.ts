import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { beforeReverify, forget, type Hub, logOf, names, slowAndWell } from '../../../test/slow-hub.ts'
import { Listening } from '../../state/listening.ts'
import { markMachineOverdue } from '../../state/machine-heartbeat.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

const soon = { timeout: 45_000 }

/** Waits until nothing is left to recover. */
async function settled({ store }: Hub): Promise<void> {
  await vi.waitFor(async () => {
    for (const name of ['session', 'machine']) {
      const unsettled = { $or: [{ has_untold: true }, { unsure: { $exists: true } }, { let_go: { $exists: true } }] }
      expect(await store.connection.collection(name).find(unsettled).toArray(), name).toEqual([])
    }
  }, soon)
}

const countClaims = ({ store }: Hub) => store.connection.collection('task_place').countDocuments({})

describe('a hub that crashes between the claim of a slot and its verification', () => {
  /** The slot is removed after the read. */
  const crashAfter = async (command: 'insert' | 'update', key?: string) => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    const request = { project_id: 'p', machine_id: 'box', docker_slot: 1 }
    const send = (hub: Hub) =>
      command === 'insert'
        ? hub.ask('POST', '/sessions', request, headers)
        : hub.ask('POST', '/machines/box/assign-session', { session_id, docker_slot: 1 }, headers)
    const claim = await beforeReverify({
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

  it.each(['insert', 'update'] as const)('of a removed slot does not hold it, and an event says so (%s)', async (command) => {
    const { well } = await crashAfter(command)
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

  it('refuses the repeated request, and does not return the slot', async () => {
    const { well, send } = await crashAfter('update', 'again')
    await settled(well)
    await forget(well)
    expect((await send()).statusCode).toBe(400)
  })

  it('of an existing slot holds it, with one event', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const claim = await beforeReverify({
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

describe('a hub that crashes between the change of a machine and its verification', () => {
  it('has a slot restored that was claimed meanwhile', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const change = await beforeReverify({
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

  it('has a removed machine back online for a session that was created meanwhile', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1])
    const removal = await beforeReverify({
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

  it('leaves a machine without heartbeats offline, even with a session on it', async () => {
    const { slow, well, line, clock } = await slowAndWell()
    await well.fleet.session({ machine_id: 'box' })
    clock.pass(601_000)
    const now = clock.now()
    const publish = line.hold('insert', 'event')
    const calling = slow.store.machines.change('box', { now }, (held) => markMachineOverdue(held, new Listening(), now))
    await publish.reached
    line.cut()
    await expect(calling).rejects.toMatchObject({ code: 'unavailable' })
    await settled(well)
    expect((await well.fleet.readMachine('box')).status).toBe('offline')
    expect(names(await logOf(well)).filter((name) => name === 'machine.status offline')).toHaveLength(1)
  })
})

describe('a hub that is slow between a claim and its verification', () => {
  it('finds that another hub has removed the slot, and refuses the claim', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const claim = await beforeReverify({
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

  it('does not store the result of a claim that is compensated after a later change', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'elsewhere' })
    const assign = (hub: Hub) => hub.ask('POST', '/machines/box/assign-session', { session_id, docker_slot: 1 }, { 'idempotency-key': 'k' })
    const claim = await beforeReverify({
      line,
      write: ['update', 'session'],
      look: ['find', 'machine'],
      send: () => assign(slow),
      meanwhile: () => well.fleet.ok('PUT', '/machines/box', { docker_slots: [2] }),
    })
    await well.fleet.heartbeat(session_id, { metadata: { heartbeat: true } })
    claim.release()
    expect((await claim.answer).statusCode).toBe(400)
    expect((await assign(well)).statusCode).toBe(400)
    expect(await well.fleet.read(session_id)).not.toHaveProperty('docker_slot')
    await settled(well)
  })

  it('rolls back to the previous slot only if it still exists', async () => {
    const { slow, well, line } = await slowAndWell()
    await well.fleet.machine('a', [1])
    await well.fleet.machine('b', [1])
    const { session_id } = await well.fleet.session({ machine_id: 'a', docker_slot: 1 })
    const claim = await beforeReverify({
      line,
      write: ['update', 'session'],
      look: ['find', 'machine'],
      send: () => slow.ask('POST', '/machines/b/assign-session', { session_id }),
      meanwhile: () => well.fleet.ok('PUT', '/machines/b', { docker_slots: [] }),
    })
    // It is free now, so it can be removed.
    await well.fleet.ok('PUT', '/machines/a', { docker_slots: [] })
    claim.release()
    expect((await claim.answer).statusCode).toBe(409)
    expect(await well.fleet.read(session_id)).not.toHaveProperty('docker_slot')
    await settled(well)
  })
})

describe('a hub that crashes while it writes a task', () => {
  it('whose id another session has taken over leaves the id to that session', async () => {
    const { slow, well, line } = await slowAndWell()
    const [one, two] = [await well.fleet.session(), await well.fleet.session()]
    const task_id = randomUUID()
    const making = await beforeReverify({
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
    expect(await countClaims(well)).toBe(1)
  })

  it('that is removed, alone or with its session, leaves no claim', async () => {
    const { slow, well, line } = await slowAndWell()
    const [one, two] = [await well.fleet.session(), await well.fleet.session()]
    const { task_id } = await well.fleet.task(one.session_id)
    await well.fleet.task(two.session_id)
    await well.fleet.ok('DELETE', `/sessions/${two.session_id}`)
    await well.fleet.ok('POST', `/sessions/${two.session_id}/archive`)
    const release = [line.hold('delete', 'task_place'), line.hold('delete', 'task_place')]
    const removing = slow.ask('DELETE', `/tasks/${task_id}`)
    const purging = slow.ask('DELETE', `/sessions/${two.session_id}/purge`, { confirm: true })
    for (const { reached } of release) await reached
    expect(await countClaims(well)).toBe(2)
    line.cut()
    for (const { statusCode } of [await removing, await purging]) expect(statusCode).toBe(503)
    await settled(well)
    expect(await countClaims(well)).toBe(0)
    expect(names(await logOf(well)).filter((name) => name === 'session.status gone')).toHaveLength(1)
  })
})
