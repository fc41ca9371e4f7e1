import type { Fetch, StateTrackingApiClient } from '@signalbox/client'
import { ConflictError, NotFoundError, PreconditionFailedError, ValidationError } from '@signalbox/client'
import {
  collectorWorkSchema,
  currentReadingSchema,
  limitHistorySchema,
  readingStoredSchema,
  triggerAnswerSchema,
} from '@signalbox/contract/limits'
import {
  availableMachineSchema,
  machineHeartbeatAnswerSchema,
  machineRoutes,
  machineSchema,
  machineStatuses,
} from '@signalbox/contract/machine'
import type { Route } from '@signalbox/contract/route'
import { projectSessionsSchema, sessionSchema } from '@signalbox/contract/session'
import { cleanedUpSchema, purgedSchema } from '@signalbox/contract/session-cleanup'
import { failureInfoSchema } from '@signalbox/contract/session-failure'
import { sessionHealthSchema } from '@signalbox/contract/session-health'
import { heartbeatAnswerSchema } from '@signalbox/contract/session-heartbeat'
import { recoverableSessionSchema, recoveryCheckpointSchema, recoveryHistorySchema } from '@signalbox/contract/session-recovery'
import { sessionRoutes } from '@signalbox/contract/session-route'
import { timelineRowSchema } from '@signalbox/contract/session-timeline'
import { sessionTasksSchema, taskRoutes, taskSchema } from '@signalbox/contract/task'
import { describe, expect, test } from 'vitest'
import { listeningHub } from './hub.ts'

interface Knock {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly status: number
}

/** The real way to the hub; what went by is written down. */
function recording(): { knocks: Knock[]; fetch: Fetch } {
  const knocks: Knock[] = []
  return {
    knocks,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      const headers = init.headers as Record<string, string>
      knocks.push({ method: init.method ?? 'GET', path: new URL(input).pathname, headers, status: response.status })
      return response
    },
  }
}

const routes: Route[] = [sessionRoutes, taskRoutes, machineRoutes].flatMap((noun) => Object.values(noun) as Route[])
/** Static words win over parameters, as they do at the hub. */
const inOrder = routes.toSorted((a, b) => Number(a.path.includes(':')) - Number(b.path.includes(':')))

function doorOf({ method, path }: Knock): string {
  const matches = (route: Route) => route.method === method && new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`).test(path)
  const found = inOrder.find(matches)
  return found === undefined ? `nowhere: ${method} ${path}` : `${found.method} ${found.path}`
}

/** A day in the life of everything there is: each method once or more, its answer held against the contract. */
async function everything(client: StateTrackingApiClient): Promise<void> {
  const machine_id = 'box 1/ä"?#'
  const project_id = 'a/b & "c" ü'
  machineSchema.parse(await client.createMachine({ machine_id, hostname: 'box', docker_slots: [1, 2] }))
  expect(machineSchema.parse(await client.getMachine(machine_id)).docker_slots).toEqual([1, 2])
  machineSchema.parse(await client.updateMachine(machine_id, { docker_slots: [1, 2, 3] }))
  machineHeartbeatAnswerSchema.parse(await client.updateMachineHeartbeat(machine_id, { metadata: { load: 1 } }))
  expect(machineSchema.array().parse(await client.listMachines({ status: machineStatuses }))).toHaveLength(1)
  expect(availableMachineSchema.array().parse(await client.findAvailableMachines({ limit: 5 }))).toMatchObject([{ available_slots: 3 }])

  const session = sessionSchema.parse(await client.createSession({ project_id, machine_id, docker_slot: 2 }))
  const { session_id } = session
  expect(sessionSchema.parse(await client.getSession(session_id))).toEqual(session)
  expect(sessionSchema.array().parse(await client.listSessions({ project_id, status: 'active' }))).toEqual([session])
  sessionSchema.parse(await client.updateSession(session_id, { metadata: { branch: 'main' } }))
  heartbeatAnswerSchema.parse(await client.updateSessionHeartbeat(session_id, { activity: 'working' }))
  expect(sessionHealthSchema.parse(await client.getSessionHealth(session_id, { threshold: 60 })).is_stale).toBe(false)
  expect(sessionHealthSchema.array().parse(await client.findStaleSessions({ threshold: 60 }))).toEqual([])
  expect(sessionHealthSchema.array().parse(await client.findActiveSessions())).toHaveLength(1)
  expect(projectSessionsSchema.parse(await client.getSessionsByProject(project_id)).stats.active).toBe(1)
  expect(sessionSchema.array().parse(await client.getSessionsByMachine(machine_id, { status: ['active', 'paused'] }))).toHaveLength(1)
  machineSchema.parse(await client.releaseSessionFromMachine(machine_id, { session_id }))
  expect(machineSchema.parse(await client.assignSessionToMachine(machine_id, { session_id })).active_sessions).toEqual([session_id])
  expect((await client.getSession(session_id)).docker_slot).toBe(1)

  const one = taskSchema.parse(await client.createTask({ session_id, task_name: 'one' }))
  const two = await client.createTask({ session_id, task_name: 'two' })
  const three = await client.createTask({ session_id, task_name: 'three' })
  expect(taskSchema.parse(await client.getTask(one.task_id))).toEqual(one)
  expect(taskSchema.array().parse(await client.listTasks({ session_id, status: ['pending'] }))).toHaveLength(3)
  taskSchema.parse(await client.updateTask(one.task_id, { task_name: 'first' }))
  await client.deleteTask(three.task_id)
  await expect(client.getTask(three.task_id)).rejects.toBeInstanceOf(NotFoundError)
  expect(taskSchema.parse(await client.startTask(one.task_id)).status).toBe('in_progress')
  expect(taskSchema.parse(await client.completeTask(one.task_id)).status).toBe('completed')
  expect(taskSchema.parse(await client.blockTask(two.task_id, { reason: 'a review' })).status).toBe('blocked')
  expect(taskSchema.parse(await client.failTask(two.task_id, { error_message: 'no review' })).status).toBe('failed')
  expect(sessionTasksSchema.parse(await client.getSessionTaskProgress(session_id)).stats).toMatchObject({
    total: 2,
    completion_percentage: 50,
  })

  expect(sessionSchema.parse(await client.markSessionStalled(session_id, { reason: 'silent' })).status).toBe('stalled')
  expect(sessionSchema.parse(await client.markSessionFailed(session_id, { reason: 'lost' })).status).toBe('failed')
  expect(sessionSchema.parse(await client.reportProcessEnded(session_id, { witness: 'the test' })).status).toBe('failed')
  expect(sessionHealthSchema.array().parse(await client.findFailedSessions({ project_id }))).toHaveLength(1)
  expect(recoverableSessionSchema.array().parse(await client.findRecoverableSessions())).toMatchObject([{ can_recover: true }])
  expect(failureInfoSchema.parse(await client.getSessionFailureInfo(session_id)).failure_reason).toBe('lost')
  expect(recoveryCheckpointSchema.parse(await client.prepareSessionRecovery(session_id))).toMatchObject({ last_task_id: one.task_id })
  expect(sessionSchema.parse(await client.recoverSession(session_id, { new_docker_slot: 3 }))).toMatchObject({
    status: 'active',
    docker_slot: 3,
  })
  expect(recoveryHistorySchema.parse(await client.getSessionRecoveryHistory(session_id)).total_attempts).toBe(1)
  expect((await client.getTask(two.task_id)).status).toBe('pending')

  await client.endSession(session_id)
  expect((await client.getSession(session_id)).status).toBe('completed')
  expect(timelineRowSchema.array().parse(await client.getSessionTimeline(session_id, { limit: 1000 })).length).toBeGreaterThan(5)
  expect(sessionSchema.parse(await client.archiveSession(session_id)).status).toBe('archived')
  expect(sessionHealthSchema.array().parse(await client.findArchivedSessions())).toHaveLength(1)
  cleanedUpSchema.parse(await client.cleanupSessions({ older_than_days: 7, statuses: ['archived'], dry_run: true }))
  expect(purgedSchema.parse(await client.purgeSession(session_id, { confirm: true })).tasks_deleted).toBe(2)
  await client.deleteMachine(machine_id)
  expect((await client.getMachine(machine_id)).status).toBe('offline')
}

test('every route of sessions, tasks and machines has a method that knocks exactly there', async () => {
  const { knocks, fetch } = recording()
  const { client } = await listeningHub({ fetch })
  await everything(client)
  expect([...new Set(knocks.map(doorOf))].sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort())
  // Nothing was tried twice, and the one thing that was refused was asked for.
  expect(knocks.filter(({ status }) => status >= 400)).toHaveLength(1)
})

test('every POST but a beat carries a key of its own, under which it is carried out once', async () => {
  const { knocks, fetch } = recording()
  const { client } = await listeningHub({ fetch })
  await everything(client)
  const posts = knocks.filter(({ method }) => method === 'POST')
  const keys = posts.flatMap(({ headers }) => headers['idempotency-key'] ?? [])
  expect(posts.filter(({ headers }) => headers['idempotency-key'] === undefined).every(({ path }) => path.endsWith('/heartbeat'))).toBe(
    true,
  )
  expect(new Set(keys).size).toBe(keys.length)
  expect(knocks.filter(({ method, headers }) => method !== 'POST' && headers['idempotency-key'] !== undefined)).toEqual([])
})

test('an answer that is lost on its way doubles nothing', async () => {
  const lost = new Set<string>()
  /** Every write is carried out, and the first answer to each never arrives. */
  const losing: Fetch = async (input, init) => {
    const response = await fetch(input, init)
    const key = (init.headers as Record<string, string>)['idempotency-key']
    if (key === undefined || lost.has(key)) return response
    lost.add(key)
    await response.arrayBuffer()
    throw new TypeError('fetch failed')
  }
  const { client } = await listeningHub({ fetch: losing, retry: { baseDelay: 1 } })
  await everything(client)
  expect(lost.size).toBeGreaterThan(15)
})

describe('an id', () => {
  test.each(['', '.', '..', '\ud800'])('that no address can name (%j) is refused before it is asked for', async (id) => {
    const { knocks, fetch } = recording()
    const { client } = await listeningHub({ fetch })
    await expect(client.getMachine(id)).rejects.toBeInstanceOf(ValidationError)
    await expect(client.endSession(id)).rejects.toMatchObject({ code: 'validation_error', status: undefined })
    expect(knocks).toEqual([])
  })

  test.each(['a/b', '../x', '%2e%2e', 'a b', '"quoted"', "it's", '?a=b', '#x', 'ä😀', ':id', '$&', 'stale'])(
    '%j arrives as it is',
    async (id) => {
      const { client } = await listeningHub()
      await client.createMachine({ machine_id: id, hostname: 'box' })
      expect((await client.getMachine(id)).machine_id).toBe(id)
      await client.createSession({ project_id: id, machine_id: id })
      expect((await client.getSessionsByProject(id)).stats.total).toBe(1)
      expect(await client.getSessionsByMachine(id)).toHaveLength(1)
    },
  )
})

test('a change that was decided upon an old revision is not written', async () => {
  const { client } = await listeningHub()
  const session = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { session_id } = session
  const paused = await client.updateSession(session_id, { status: 'paused' }, { ifMatch: session.revision })
  await expect(client.updateSession(session_id, { status: 'active' }, { ifMatch: session.revision })).rejects.toBeInstanceOf(
    PreconditionFailedError,
  )
  await expect(client.endSession(session_id, { ifMatch: session.revision })).rejects.toBeInstanceOf(PreconditionFailedError)
  const task = await client.createTask({ session_id, task_name: 't' })
  await expect(client.updateTask(task.task_id, { task_name: 'u' }, { ifMatch: 7 })).rejects.toBeInstanceOf(PreconditionFailedError)
  await expect(client.deleteTask(task.task_id, { ifMatch: 7 })).rejects.toBeInstanceOf(PreconditionFailedError)
  const { revision } = await client.getMachine('m')
  await expect(client.updateMachine('m', { hostname: 'n' }, { ifMatch: revision + 1 })).rejects.toBeInstanceOf(PreconditionFailedError)
  await expect(client.deleteMachine('m', { ifMatch: revision + 1 })).rejects.toBeInstanceOf(PreconditionFailedError)
  expect(await client.getSession(session_id)).toMatchObject({ status: 'paused', revision: paused.revision })
})

test('a list is a plain array, and tells how many there are in all to who asks', async () => {
  const { client } = await listeningHub()
  for (let number = 0; number < 5; number++) await client.createSession({ project_id: 'p', machine_id: `m${number % 2}` })
  const totals: number[] = []
  const onTotal = (total: number) => totals.push(total)
  const page = await client.listSessions({ limit: 2, offset: 1 }, { onTotal })
  expect(Array.isArray(page) && page.length).toBe(2)
  await client.findActiveSessions({ limit: 1 }, { onTotal })
  await client.getSessionsByMachine('m0', { limit: 1 }, { onTotal })
  await client.listMachines({ limit: 1 }, { onTotal })
  await client.listTasks({}, { onTotal })
  await client.findAvailableMachines({}, { onTotal })
  expect(totals).toEqual([5, 5, 3, 2, 0, 0])
})

test('of simultaneous claims of a slot one wins, and the others hear of it as a conflict', async () => {
  const { client } = await listeningHub()
  await client.createMachine({ machine_id: 'm', hostname: 'm', docker_slots: [1] })
  const claims = await Promise.allSettled(
    Array.from({ length: 8 }, () => client.createSession({ project_id: 'p', machine_id: 'm', docker_slot: 1 })),
  )
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const claim of claims) if (claim.status === 'rejected') expect(claim.reason).toBeInstanceOf(ConflictError)
})

test('a reading goes in once, comes out with its age, and is asked for at a collector that waits', async () => {
  const { client, hub } = await listeningHub({ retry: false })
  await expect(client.getLimitReading()).rejects.toMatchObject({ status: 404, suggestion: expect.stringContaining('No collector') })
  await expect(client.triggerLimitReading()).rejects.toMatchObject({ status: 503, message: expect.stringContaining('collector offline') })
  const reading = {
    lastUpdated: new Date(hub.clock.now()).toISOString(),
    currentSession: { percentageUsed: 12, resetsIn: '4 hr' },
    machine_id: 'laptop',
    idempotencyKey: 'one',
  }
  for (const _ of [1, 2]) expect(readingStoredSchema.parse(await client.createLimitReading(reading)).version).toBe(1)
  const current = currentReadingSchema.parse(await client.getLimitReading())
  expect(current).toMatchObject({ currentSession: reading.currentSession, isStale: false, versionInfo: { total: 1 } })
  expect(await client.getLimitReading({ version: -1 })).toMatchObject({ currentSession: reading.currentSession })
  await expect(client.getLimitReading({ version: 2 })).rejects.toBeInstanceOf(ValidationError)
  expect(limitHistorySchema.parse(await client.getLimitHistory({ points: 10 })).series).toHaveLength(1)
  const collector = { state: 'ok' as const, consecutiveFailures: 0 }
  const waiting = client.waitForLimitWork({ machine_id: 'laptop', collector })
  await expect.poll(async () => (await client.getLimitReading()).collector?.connected).toBe(true)
  const { id } = triggerAnswerSchema.parse(await client.triggerLimitReading())
  expect(collectorWorkSchema.parse(await waiting).trigger).toEqual({ id })
  await client.waitForLimitWork({ machine_id: 'laptop', collector, triggers: [{ id, step: 'done' }], waitMs: 0 })
  const events = await client.listEvents({ types: ['limits.trigger'], after: 0 })
  expect(events.map(({ data }) => data.step)).toEqual(['requested', 'picked_up', 'done'])
  // Whoever stops waiting is not there any more.
  const end = new AbortController()
  const left = client.waitForLimitWork({ machine_id: 'laptop', collector }, { signal: end.signal })
  setTimeout(() => end.abort(new Error('enough')), 100)
  await expect(left).rejects.toThrow('enough')
  await expect.poll(async () => (await client.getLimitReading()).collector?.connected).toBe(false)
})
