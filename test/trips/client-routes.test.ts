import type { Fetch, StateTrackingApiClient } from '@signalbox/client'
import { ConflictError, NotFoundError, PreconditionFailedError, ValidationError } from '@signalbox/client'
import { accountSchema } from '@signalbox/contract/account'
import { sessionSourceRowSchema } from '@signalbox/contract/claude-session'
import { collectorHeartbeatResponseSchema } from '@signalbox/contract/collector-heartbeat'
import { collectorWorkSchema } from '@signalbox/contract/collector-poll'
import { currentLimitsSchema } from '@signalbox/contract/current-limits'
import { limitHistorySchema } from '@signalbox/contract/limit-history'
import { snapshotStoredSchema } from '@signalbox/contract/limit-snapshot'
import { triggerResponseSchema } from '@signalbox/contract/limit-trigger'
import { availableMachineSchema, machineRoutes, machineSchema } from '@signalbox/contract/machine'
import { machineHeartbeatResponseSchema } from '@signalbox/contract/machine-heartbeat'
import { failSessionsResultSchema } from '@signalbox/contract/machine-sessions'
import { machineStatuses } from '@signalbox/contract/machine-status'
import type { Route } from '@signalbox/contract/route'
import { projectSessionsSchema, sessionSchema } from '@signalbox/contract/session'
import { cleanupResultSchema, purgeResultSchema } from '@signalbox/contract/session-cleanup'
import { failureInfoSchema } from '@signalbox/contract/session-failure'
import { sessionHealthSchema } from '@signalbox/contract/session-health'
import { heartbeatResponseSchema } from '@signalbox/contract/session-heartbeat'
import { observationResultSchema } from '@signalbox/contract/session-observation'
import { recoverableSessionSchema, recoveryCheckpointSchema, recoveryHistorySchema } from '@signalbox/contract/session-recovery'
import { sessionRoutes } from '@signalbox/contract/session-route'
import { timelineRowSchema } from '@signalbox/contract/session-timeline'
import { sessionTasksSchema, taskRoutes, taskSchema } from '@signalbox/contract/task'
import { describe, expect, test } from 'vitest'
import { listeningHub } from './hub.ts'

interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly status: number
}

/** A `fetch` that reaches the hub and records every request. */
function recordRequests(): { requests: RecordedRequest[]; fetch: Fetch } {
  const requests: RecordedRequest[] = []
  return {
    requests,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      const headers = init.headers as Record<string, string>
      requests.push({ method: init.method ?? 'GET', path: new URL(input).pathname, headers, status: response.status })
      return response
    },
  }
}

const routes: Route[] = [sessionRoutes, taskRoutes, machineRoutes].flatMap((noun) => Object.values(noun) as Route[])
/** Routes without parameters first, as the hub's router prefers them. */
const byPrecedence = routes.toSorted((a, b) => Number(a.path.includes(':')) - Number(b.path.includes(':')))

function routeOf({ method, path }: RecordedRequest): string {
  const matches = (route: Route) => route.method === method && new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`).test(path)
  const found = byPrecedence.find(matches)
  return found === undefined ? `no route: ${method} ${path}` : `${found.method} ${found.path}`
}

const idempotent = ['heartbeat', 'observations', 'collector']

/** Calls every method of the client at least once and parses each answer by its schema in the contract. */
async function callEveryMethod(client: StateTrackingApiClient): Promise<void> {
  const machine_id = 'box 1/ä"?#'
  const project_id = 'a/b & "c" ü'
  machineSchema.parse(await client.createMachine({ machine_id, hostname: 'box', docker_slots: [1, 2] }))
  expect(machineSchema.parse(await client.getMachine(machine_id)).docker_slots).toEqual([1, 2])
  machineSchema.parse(await client.updateMachine(machine_id, { docker_slots: [1, 2, 3] }))
  machineHeartbeatResponseSchema.parse(await client.updateMachineHeartbeat(machine_id, { metadata: { load: 1 } }))
  expect(machineSchema.array().parse(await client.listMachines({ status: machineStatuses }))).toHaveLength(1)
  expect(availableMachineSchema.array().parse(await client.findAvailableMachines({ limit: 5 }))).toMatchObject([{ available_slots: 3 }])

  const session = sessionSchema.parse(await client.createSession({ project_id, machine_id, docker_slot: 2 }))
  const { session_id } = session
  expect(sessionSchema.parse(await client.getSession(session_id))).toEqual(session)
  expect(sessionSchema.array().parse(await client.listSessions({ project_id, status: 'active' }))).toEqual([session])
  sessionSchema.parse(await client.updateSession(session_id, { metadata: { branch: 'main' } }))
  heartbeatResponseSchema.parse(await client.updateSessionHeartbeat(session_id, { activity: 'working' }))
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

  expect(sessionSchema.parse(await client.markSessionStalled(session_id, { reason: 'no heartbeat' })).status).toBe('stalled')
  expect(sessionSchema.parse(await client.markSessionFailed(session_id, { reason: 'lost' })).status).toBe('failed')
  expect(failSessionsResultSchema.parse(await client.failMachineSessions(machine_id, { reason: 'lost', dry_run: true }))).toMatchObject({
    dry_run: true,
  })
  expect(sessionSchema.parse(await client.reportProcessEnded(session_id, { witness: 'the test' })).status).toBe('failed')
  expect(sessionHealthSchema.array().parse(await client.findFailedSessions({ project_id }))).toHaveLength(1)
  expect(recoverableSessionSchema.array().parse(await client.findRecoverableSessions())).toMatchObject([{ can_recover: true }])
  expect(failureInfoSchema.parse(await client.getSessionFailureInfo(session_id)).failure_reason).toBe('lost')
  expect(recoveryCheckpointSchema.parse(await client.prepareSessionRecovery(session_id))).toMatchObject({ last_task_id: one.task_id })
  expect(sessionSchema.parse(await client.recoverSession(session_id, { new_docker_slot: 3 }))).toMatchObject({
    status: 'active',
    docker_slot: 3,
    attempt: 2,
  })
  expect(recoveryHistorySchema.parse(await client.getSessionRecoveryHistory(session_id)).total_attempts).toBe(1)
  expect((await client.getTask(two.task_id)).status).toBe('pending')

  const observation = { observation_id: 'a', session_id, source: 'hook' as const, at: new Date().toISOString(), fields: { name: 'n' } }
  expect(observationResultSchema.parse(await client.observeSessions(machine_id, [observation]))).toEqual({ accepted: 1, rejected: [] })
  expect(sessionSourceRowSchema.array().parse(await client.getSessionSources(session_id))).toMatchObject([{ field: 'name', value: 'n' }])
  const collector = {
    heartbeat_interval_ms: 15_000,
    version: '1',
    started_at: observation.at,
    state: 'idle' as const,
    sessions: [session_id],
  }
  const answer = collectorHeartbeatResponseSchema.parse(await client.sendCollectorHeartbeat(machine_id, collector))
  expect(answer).toMatchObject({ unknown_sessions: [], missing_sessions: [] })
  expect(machineSchema.parse(await client.getMachine(machine_id)).collector).toMatchObject({ connected: true, behind: false })

  await client.endSession(session_id)
  expect((await client.getSession(session_id)).status).toBe('completed')
  expect(timelineRowSchema.array().parse(await client.getSessionTimeline(session_id, { limit: 1000 })).length).toBeGreaterThan(5)
  expect(sessionSchema.parse(await client.archiveSession(session_id)).status).toBe('archived')
  expect(sessionHealthSchema.array().parse(await client.findArchivedSessions())).toHaveLength(1)
  cleanupResultSchema.parse(await client.cleanupSessions({ older_than_days: 7, statuses: ['archived'], dry_run: true }))
  expect(purgeResultSchema.parse(await client.purgeSession(session_id, { confirm: true })).tasks_deleted).toBe(2)
  await client.deleteMachine(machine_id)
  expect((await client.getMachine(machine_id)).status).toBe('offline')
}

test('every route of sessions, tasks and machines has a method that requests exactly that route', async () => {
  const { requests, fetch } = recordRequests()
  const { client } = await listeningHub({ fetch })
  await callEveryMethod(client)
  expect([...new Set(requests.map(routeOf))].sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort())
  // Nothing was retried, and the only refusal is the expected 404.
  expect(requests.filter(({ status }) => status >= 400)).toHaveLength(1)
})

test('every POST except heartbeats and observations, which are idempotent, carries an idempotency key of its own', async () => {
  const { requests, fetch } = recordRequests()
  const { client } = await listeningHub({ fetch })
  await callEveryMethod(client)
  const posts = requests.filter(({ method }) => method === 'POST')
  const keys = posts.flatMap(({ headers }) => headers['idempotency-key'] ?? [])
  const withoutKey = posts.filter(({ headers }) => headers['idempotency-key'] === undefined)
  expect(withoutKey.map(({ path }) => path.split('/').at(-1)).filter((name) => !idempotent.includes(name!))).toEqual([])
  expect(new Set(keys).size).toBe(keys.length)
  expect(requests.filter(({ method, headers }) => method !== 'POST' && headers['idempotency-key'] !== undefined)).toEqual([])
})

test('a lost response duplicates nothing', async () => {
  const lost = new Set<string>()
  /** The hub carries out every write, and the first response to each is dropped. */
  const losing: Fetch = async (input, init) => {
    const response = await fetch(input, init)
    const key = (init.headers as Record<string, string>)['idempotency-key']
    if (key === undefined || lost.has(key)) return response
    lost.add(key)
    await response.arrayBuffer()
    throw new TypeError('fetch failed')
  }
  const { client } = await listeningHub({ fetch: losing, retry: { baseDelay: 1 } })
  await callEveryMethod(client)
  expect(lost.size).toBeGreaterThan(15)
})

describe('an id', () => {
  test.each(['', '.', '..', '\ud800'])('that no URL can hold (%j) is refused before a request is sent', async (id) => {
    const { requests, fetch } = recordRequests()
    const { client } = await listeningHub({ fetch })
    await expect(client.getMachine(id)).rejects.toBeInstanceOf(ValidationError)
    await expect(client.endSession(id)).rejects.toMatchObject({ code: 'validation_error', status: undefined })
    expect(requests).toEqual([])
  })

  test.each(['a/b', '../x', '%2e%2e', 'a b', '"quoted"', "it's", '?a=b', '#x', 'ä😀', ':id', '$&', 'stale'])(
    '%j arrives unchanged',
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

test('a change based on an old revision is not written', async () => {
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

test('a list is a plain array, and onTotal gets the total count', async () => {
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

test('of simultaneous claims of a slot one wins, and the others are rejected with a conflict', async () => {
  const { client } = await listeningHub()
  await client.createMachine({ machine_id: 'm', hostname: 'm', docker_slots: [1] })
  const claims = await Promise.allSettled(
    Array.from({ length: 8 }, () => client.createSession({ project_id: 'p', machine_id: 'm', docker_slot: 1 })),
  )
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const claim of claims) if (claim.status === 'rejected') expect(claim.reason).toBeInstanceOf(ConflictError)
})

test('accounts are listed with their limits, and named', async () => {
  const { client, hub } = await listeningHub({ retry: false })
  const lastUpdated = new Date(hub.clock.now()).toISOString()
  await client.createLimitSnapshot({
    lastUpdated,
    currentSession: { percentageUsed: 12, resetsIn: '4 hr' },
    account: 'a/b',
    machine_id: 'm',
  })
  expect(await client.nameAccount('a/b', 'Ann')).toEqual({ account: 'a/b', name: 'Ann' })
  const [account, ...rest] = (await client.listAccounts()).map((one) => accountSchema.parse(one))
  expect([account, rest]).toMatchObject([{ account: 'a/b', name: 'Ann', inUse: true, machines: ['m'], limits: { accountName: 'Ann' } }, []])
  await expect(client.nameAccount('carl', 'Carl')).rejects.toMatchObject({ status: 404 })
})

test('a snapshot is stored once, read back with its age, and requested from a waiting collector', async () => {
  const { client, hub } = await listeningHub({ retry: false })
  await expect(client.getCurrentLimits()).rejects.toMatchObject({ status: 404, suggestion: expect.stringContaining('No collector') })
  await expect(client.triggerLimitSnapshot()).rejects.toMatchObject({ status: 503, message: expect.stringContaining('collector offline') })
  const snapshot = {
    lastUpdated: new Date(hub.clock.now()).toISOString(),
    currentSession: { percentageUsed: 12, resetsIn: '4 hr' },
    machine_id: 'laptop',
    idempotencyKey: 'one',
  }
  for (const _ of [1, 2]) expect(snapshotStoredSchema.parse(await client.createLimitSnapshot(snapshot)).version).toBe(1)
  const current = currentLimitsSchema.parse(await client.getCurrentLimits())
  expect(current).toMatchObject({ currentSession: snapshot.currentSession, isStale: false, versionInfo: { total: 1 } })
  expect(await client.getCurrentLimits({ version: -1 })).toMatchObject({ currentSession: snapshot.currentSession })
  await expect(client.getCurrentLimits({ version: 2 })).rejects.toBeInstanceOf(ValidationError)
  expect(limitHistorySchema.parse(await client.getLimitHistory({ points: 10 })).series).toHaveLength(1)
  const collector = { state: 'ok' as const, consecutiveFailures: 0 }
  const waiting = client.waitForLimitWork({ machine_id: 'laptop', collector })
  await expect.poll(async () => (await client.getCurrentLimits()).collector?.connected).toBe(true)
  const { id } = triggerResponseSchema.parse(await client.triggerLimitSnapshot())
  expect(collectorWorkSchema.parse(await waiting).trigger).toEqual({ id })
  await client.waitForLimitWork({ machine_id: 'laptop', collector, triggers: [{ id, step: 'done' }], waitMs: 0 })
  const events = await client.listEvents({ types: ['limits.trigger'], after: 0 })
  expect(events.map(({ data }) => data.step)).toEqual(['requested', 'picked_up', 'done'])
  // A collector that stops waiting counts as disconnected.
  const end = new AbortController()
  const aborted = client.waitForLimitWork({ machine_id: 'laptop', collector }, { signal: end.signal })
  setTimeout(() => end.abort(new Error('enough')), 100)
  await expect(aborted).rejects.toThrow('enough')
  await expect.poll(async () => (await client.getCurrentLimits()).collector?.connected).toBe(false)
})
