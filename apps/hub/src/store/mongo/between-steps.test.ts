import { randomUUID } from 'node:crypto'
import type { Machine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { beforeReverify, forget, type Hub, logOf, names, slowAndWell as twoHubs } from '../../../test/slow-hub.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

const DAY = 86_400_000
const soon = { timeout: 45_000 }

describe('a slot that is removed', () => {
  it('between the read and the claim is not held, despite a heartbeat in between', async () => {
    const { slow, well, line } = await twoHubs()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const claim = await beforeReverify({
      line,
      write: ['update', 'session'],
      look: ['find', 'machine'],
      send: () => slow.ask('PUT', `/sessions/${session_id}`, { docker_slot: 1 }),
      meanwhile: async () => {
        expect(await well.fleet.ok<Machine>('PUT', '/machines/box', { docker_slots: [2] })).toMatchObject({ docker_slots: [2] })
      },
    })
    expect((await well.fleet.read(session_id)).docker_slot, 'written, and not verified').toBe(1)
    await well.fleet.heartbeat(session_id, { metadata: { heartbeat: true } })
    claim.release()
    const answer = await claim.answer
    expect([answer.statusCode, answer.json().message]).toEqual([400, 'docker_slot: the machine box has no slot 1'])
    const session = await well.fleet.read(session_id)
    expect(session).not.toHaveProperty('docker_slot')
    expect(session.metadata).toEqual({ heartbeat: true })
    await vi.waitFor(async () => expect((await logOf(well)).at(-1)!.data).not.toHaveProperty('docker_slot'), soon)
    expect((await logOf(well)).at(-1)!.data.revision).toBe(session.revision)
  })

  it('between the read and the claim of a new session leaves no session', async () => {
    const { slow, well, line } = await twoHubs()
    await well.fleet.machine('box', [1])
    const claim = line.hold('insert', 'session')
    const claiming = slow.ask('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot: 1 })
    await claim.reached
    await well.fleet.ok('PUT', '/machines/box', { docker_slots: [] })
    claim.release()
    expect((await claiming).statusCode).toBe(400)
    expect((await well.ask('GET', '/sessions')).json()).toEqual([])
    expect(names(await logOf(well))).toEqual(['machine.created online', 'machine.updated online'])
  })

  it('while it is claimed is restored, despite a heartbeat of the machine in between', async () => {
    const { slow, well, line } = await twoHubs()
    await well.fleet.machine('box', [1, 2])
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    const change = await beforeReverify({
      line,
      write: ['update', 'machine'],
      look: ['find', 'session'],
      send: () => slow.ask('PUT', '/machines/box', { docker_slots: [2] }),
      meanwhile: () => well.fleet.ok('PUT', `/sessions/${session_id}`, { docker_slot: 1 }),
    })
    expect((await well.fleet.readMachine('box')).docker_slots, 'written, and not verified').toEqual([2])
    await well.fleet.ok('POST', '/machines/box/heartbeat', { metadata: { heartbeat: true } })
    change.release()
    expect((await change.answer).json().message).toBe(`Slot 1 is held by session ${session_id} and cannot be taken away`)
    expect(await well.fleet.readMachine('box')).toMatchObject({ docker_slots: [1, 2], metadata: { heartbeat: true } })
    expect((await logOf(well, '&types=machine.updated')).at(-1)!.data.docker_slots).toEqual([1, 2])
  })
})

describe('a machine that is removed', () => {
  it('while a session is created stays online, or comes back', async () => {
    const { slow, well, line } = await twoHubs()
    await well.fleet.machine('box', [1])
    const write = line.hold('update', 'machine')
    const removing = slow.ask('DELETE', '/machines/box')
    await write.reached
    const { session_id } = await well.fleet.session({ machine_id: 'box' })
    write.release()
    expect([(await removing).statusCode, (await removing).json().message]).toEqual([409, 'The machine box holds 1 live session'])
    expect((await well.fleet.readMachine('box')).status).toBe('online')

    await well.fleet.ok('DELETE', `/sessions/${session_id}`)
    const comes = line.hold('insert', 'session')
    const coming = slow.ask('POST', '/sessions', { project_id: 'p', machine_id: 'box' })
    await comes.reached
    await well.fleet.ok('DELETE', '/machines/box')
    comes.release()
    expect((await coming).statusCode).toBe(201)
    expect(await well.fleet.readMachine('box')).toMatchObject({ status: 'online', active_sessions: [(await coming).json().session_id] })
  })

  it('while a session is assigned to it refuses the session', async () => {
    const { slow, well, line } = await twoHubs()
    await well.fleet.machine('box', [1])
    const { session_id } = await well.fleet.session({ machine_id: 'elsewhere' })
    const write = line.hold('update', 'session')
    const assigning = slow.ask('POST', '/machines/box/assign-session', { session_id })
    await write.reached
    await well.fleet.ok('DELETE', '/machines/box')
    write.release()
    expect([(await assigning).statusCode, (await assigning).json().message]).toEqual([409, 'The machine box is offline'])
    expect(await well.fleet.read(session_id)).toMatchObject({ machine_id: 'elsewhere' })
  })
})

describe('the id of a task', () => {
  it('of a slow claim belongs to the session that was faster', async () => {
    const { slow, well, line } = await twoHubs()
    const [one, two] = [await well.fleet.session(), await well.fleet.session()]
    const task_id = randomUUID()
    const write = line.hold('update', 'session')
    const making = slow.ask('POST', '/tasks', { session_id: one.session_id, task_id, task_name: 'slow' })
    await write.reached
    // It waits for the other claim, and takes it over then.
    expect((await well.ask('POST', '/tasks', { session_id: two.session_id, task_id, task_name: 'quick' })).statusCode).toBe(201)
    write.release()
    expect((await making).statusCode).toBe(409)
    expect(await well.fleet.readTask(task_id)).toMatchObject({ session_id: two.session_id, task_name: 'quick' })
    expect((await well.ask('GET', `/sessions/${one.session_id}/tasks`)).json().stats.total).toBe(0)
  })

  it('that is used again while it is released can be found', async () => {
    const { slow, well, line } = await twoHubs()
    const [one, two] = [await well.fleet.session(), await well.fleet.session()]
    const { task_id } = await well.fleet.task(one.session_id)
    const release = line.hold('delete', 'task_place')
    const removing = slow.ask('DELETE', `/tasks/${task_id}`)
    await release.reached
    await well.fleet.task(two.session_id, { task_id })
    release.release()
    expect((await removing).statusCode).toBe(204)
    expect((await well.fleet.readTask(task_id)).session_id).toBe(two.session_id)

    const again = line.hold('delete', 'task_place')
    const removingAgain = slow.ask('DELETE', `/tasks/${task_id}`)
    await again.reached
    await well.fleet.task(two.session_id, { task_id })
    again.release()
    expect((await removingAgain).statusCode).toBe(204)
    expect((await well.fleet.readTask(task_id)).session_id).toBe(two.session_id)
  })
})

describe('a purged session', () => {
  const ended = async ({ fleet }: Hub) => {
    const { session_id } = await fleet.session()
    await fleet.task(session_id)
    await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
    return session_id
  }

  it('is purged once, with one event, and cannot be recovered meanwhile', async () => {
    const { slow, well, line, clock } = await twoHubs()
    const session_id = await ended(well)
    clock.pass(8 * DAY)
    // Its event is published, and its removal is held.
    const remove = line.hold('delete', 'session')
    const cleaning = slow.ask('POST', '/sessions/cleanup', { older_than_days: 7, statuses: ['failed'] })
    await remove.reached
    expect((await well.ask('POST', `/sessions/${session_id}/recover`, {})).statusCode).toBe(404)
    expect((await well.ask('GET', `/sessions/${session_id}`)).statusCode).toBe(404)
    expect((await well.ask('DELETE', `/sessions/${session_id}/purge`, { confirm: true })).statusCode).toBe(404)
    expect((await well.ask('GET', '/sessions')).json()).toEqual([])
    remove.release()
    expect((await cleaning).json()).toMatchObject({ sessions_affected: 1, tasks_deleted: 1 })
    expect(names(await logOf(well)).filter((name) => name === 'session.status gone')).toHaveLength(1)
    expect(await well.store.connection.collection('session').countDocuments({})).toBe(0)
  })

  it('of two concurrent purges publishes one event', async () => {
    const { slow, well } = await twoHubs()
    const session_id = await ended(well)
    await well.fleet.ok('POST', `/sessions/${session_id}/archive`)
    const purge = (hub: Hub) => hub.ask('DELETE', `/sessions/${session_id}/purge`, { confirm: true })
    const answers = await Promise.all([purge(slow), purge(well), purge(slow), purge(well)])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 404, 404, 404])
    expect(names(await logOf(well)).filter((name) => name === 'session.status gone')).toHaveLength(1)
  })

  it('may be created again, with all its events', async () => {
    const { well } = await twoHubs()
    const session_id = randomUUID()
    const life = async () => {
      await well.fleet.session({ session_id })
      await well.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
      await well.fleet.ok('POST', `/sessions/${session_id}/archive`)
      await well.fleet.ok('DELETE', `/sessions/${session_id}/purge`, { confirm: true })
    }
    await life()
    const once = names(await logOf(well, `&session_id=${session_id}`))
    await life()
    expect(names(await logOf(well, `&session_id=${session_id}`))).toEqual([...once, ...once])
  })
})

describe('a hub that crashes', () => {
  it('between a change and its event has the event published by another, once', async () => {
    const { slow, well, line } = await twoHubs()
    const { session_id } = await well.fleet.session()
    const publish = line.hold('insert', 'event')
    const failing = slow.ask('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
    await publish.reached
    line.cut()
    expect((await failing).statusCode).toBe(503)
    await vi.waitFor(async () => expect(names(await logOf(well))).toContain('session.status failed'), soon)
    await vi.waitFor(async () => {
      expect(await well.store.connection.collection('session').countDocuments({ has_untold: true })).toBe(0)
    }, soon)
    expect(names(await logOf(well, `&session_id=${session_id}`))).toEqual(['session.created active', 'session.status failed'])
  })

  it('between a new machine and its session leaves a machine, and a repeated request creates the session', async () => {
    const { slow, well, line } = await twoHubs()
    const write = line.hold('insert', 'session')
    const wanted = { project_id: 'p', machine_id: 'new' }
    const making = slow.ask('POST', '/sessions', wanted, { 'idempotency-key': 'k' })
    await write.reached
    line.cut()
    expect((await making).statusCode).toBe(503)
    expect(await well.fleet.readMachine('new')).toMatchObject({ docker_slots: [], active_sessions: [] })
    await forget(well)
    expect((await well.ask('POST', '/sessions', wanted, { 'idempotency-key': 'k' })).statusCode).toBe(201)
    expect(names(await logOf(well))).toEqual(['machine.created online', 'session.created active'])
  })

  it('between the claim of a task’s id and the task leaves the id to any session', async () => {
    const { slow, well, line } = await twoHubs()
    const [one, two] = [await well.fleet.session(), await well.fleet.session()]
    const ids = [randomUUID(), randomUUID()]
    const held = ids.map(() => line.hold('update', 'session'))
    const making = ids.map((task_id) => slow.ask('POST', '/tasks', { session_id: one.session_id, task_id, task_name: 't' }))
    await held[0]!.reached
    line.cut()
    for (const answer of await Promise.all(making)) expect(answer.statusCode).toBe(503)
    expect((await well.ask('GET', `/tasks/${ids[0]}`)).statusCode).toBe(404)
    expect((await well.fleet.task(two.session_id, { task_id: ids[0] })).session_id).toBe(two.session_id)
    expect((await well.fleet.task(one.session_id, { task_id: ids[1] })).session_id).toBe(one.session_id)
  })

  it('in the middle of a purge leaves nothing visible', async () => {
    const { slow, well, line } = await twoHubs()
    const { session_id } = await well.fleet.session()
    await well.fleet.task(session_id)
    await well.fleet.ok('DELETE', `/sessions/${session_id}`)
    await well.fleet.ok('POST', `/sessions/${session_id}/archive`)
    const publish = line.hold('insert', 'event')
    const purging = slow.ask('DELETE', `/sessions/${session_id}/purge`, { confirm: true })
    await publish.reached
    expect((await well.ask('GET', '/sessions')).json()).toEqual([])
    expect((await well.ask('GET', '/tasks')).json()).toEqual([])
    line.cut()
    expect((await purging).statusCode).toBe(503)
    await vi.waitFor(async () => expect(await well.store.connection.collection('session').countDocuments({})).toBe(0), soon)
    expect(names(await logOf(well)).filter((name) => name === 'session.status gone')).toHaveLength(1)
  })

  it('before it stores the result of an idempotent request has done the work, whatever happened since', async () => {
    const { slow, well, line } = await twoHubs()
    await well.fleet.machine('box', [1])
    const { session_id } = await well.fleet.session()
    const { task_id } = await well.fleet.task(session_id)
    const requests = [
      ['POST', `/tasks/${task_id}/start`, {}, 'one'],
      ['POST', `/sessions/${session_id}/mark-failed`, { reason: 'first' }, 'two'],
      ['POST', '/machines', { machine_id: 'other', hostname: 'other' }, 'three'],
      ['POST', '/machines/box/heartbeat', { metadata: { a: 1 } }, 'four'],
    ] as const
    const send = ({ ask }: Hub, [method, url, body, key]: (typeof requests)[number]) => ask(method, url, body, { 'idempotency-key': key })
    const answers: string[] = []
    for (const request of requests) {
      const keep = line.hold('update', 'once')
      const sending = send(slow, request)
      await keep.reached
      answers.push(request[1])
      void sending
    }
    line.cut()
    await forget(well)
    // Other requests in between.
    await well.ask('POST', `/sessions/${session_id}/recover`, {}, { 'idempotency-key': 'five' })
    await well.ask('POST', '/machines/box/heartbeat', { metadata: { a: 2 } }, { 'idempotency-key': 'six' })
    const before = await well.fleet.read(session_id)
    expect(before.status).toBe('active')
    const again = await Promise.all(requests.map((request) => send(well, request)))
    expect(again.map(({ statusCode }) => statusCode)).toEqual([200, 200, 201, 200])
    expect(again[0]!.json()).toMatchObject({ status: 'in_progress', revision: 2 })
    expect(again[1]!.json()).toMatchObject({ status: 'failed' })
    expect(await well.fleet.read(session_id)).toEqual(before)
    expect((await well.fleet.readMachine('box')).metadata).toEqual({ a: 2 })
    const log = await logOf(well, `&session_id=${session_id}`)
    expect(names(log).filter((name) => name === 'session.status failed')).toHaveLength(1)
  })
})

it('an ended session has no slot on any hub', async () => {
  const { slow, well } = await twoHubs()
  await well.fleet.machine('box', [1])
  const made = await slow.fleet.session({ machine_id: 'box', docker_slot: 1 })
  await well.fleet.ok('DELETE', `/sessions/${made.session_id}`)
  expect((await slow.fleet.session({ machine_id: 'box', docker_slot: 1 })).docker_slot).toBe(1)
  const ended: Session = await slow.fleet.read(made.session_id)
  expect(ended).not.toHaveProperty('docker_slot')
})
