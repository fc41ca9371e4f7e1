import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Clock,
  ConflictError,
  ConnectionError,
  type Fetch,
  type LiveEvent,
  type Session,
  StateTrackingApiClient,
  systemClock,
  type TrackedSession,
  type TrackingTrouble,
} from '@signalbox/client'
import { expect, onTestFinished, test } from 'vitest'
import { masterKey } from '../../apps/hub/test/open-hub.ts'
import { startNode } from '../support/child.ts'
import { house } from '../support/house.ts'
import { tempFolder } from '../support/temp.ts'
import { KEY, listeningHub, startHub } from './hub.ts'

const where = { project_id: 'p', machine_id: 'm' }

async function until<T>(ask: () => T | Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (isIt(answer)) return answer
    await sleep(20)
  }
}

/** What a tracked session reports beside its result. */
function troubles() {
  const heard: [TrackingTrouble, string][] = []
  return { heard, onError: (error: Error, during: TrackingTrouble) => void heard.push([during, error.name]) }
}

test('a session around a function beats while it runs and is completed when it returns', async () => {
  const { client } = await listeningHub()
  await client.createMachine({ machine_id: 'm', hostname: 'm', docker_slots: [1] })
  const { heard, onError } = troubles()
  const wanted = { ...where, docker_slot: 1, metadata: { branch: 'main' }, heartbeatMs: 6_000, onError }
  const result = await client.trackSession(wanted, async (session) => {
    expect(session).toMatchObject({
      ...where,
      docker_slot: 1,
      status: 'active',
      heartbeat_interval_ms: 6_000,
      metadata: { branch: 'main' },
    })
    // A beat is the only change that nobody here makes.
    await until(
      () => client.getSession(session.session_id),
      ({ revision }) => revision > session.revision,
    )
    expect(session.signal.aborted).toBe(false)
    return session.session_id
  })
  const ended = await client.getSession(result)
  expect(ended).toMatchObject({ status: 'completed' })
  expect(ended.docker_slot).toBeUndefined()
  expect(heard).toEqual([])
})

test('a function that throws has its session marked failed with its message, and throws on', async () => {
  const { client } = await listeningHub()
  const problem = new Error(`the tests fail \u0000 ${'😀'.repeat(300)}`)
  let id = ''
  const tracking = client.trackSession(where, (session) => {
    id = session.session_id
    throw problem
  })
  await expect(tracking).rejects.toBe(problem)
  const { failure_reason, error_details } = await client.getSessionFailureInfo(id)
  expect(failure_reason).toHaveLength(500)
  expect(failure_reason).toMatch(/^the tests fail \ufffd .*…$/u)
  expect(error_details).toBe(problem.message.replace('\u0000', '\ufffd'))
  for (const thrown of [new Error(''), '', undefined, { a: 1 }]) {
    const tracking = client.trackSession(where, () => Promise.reject(thrown))
    expect(await tracking.catch((caught) => caught)).toBe(thrown)
  }
  const { sessions } = await client.getSessionsByProject('p')
  const reasons = await Promise.all(
    sessions.failed.map(async ({ session_id }) => (await client.getSessionFailureInfo(session_id)).failure_reason),
  )
  expect(reasons.map((reason) => reason.slice(0, 15)).sort()).toEqual([
    'Error',
    '[object Object]',
    'the tests fail ',
    'undefined',
    'unknown',
  ])
})

test('there is no session and no work where it cannot be created', async () => {
  const { client } = await listeningHub()
  await client.createMachine({ machine_id: 'm', hostname: 'm', docker_slots: [1] })
  await client.createSession({ ...where, docker_slot: 1 })
  await expect(client.trackSession({ ...where, docker_slot: 1 }, () => expect.unreachable())).rejects.toBeInstanceOf(ConflictError)
})

test('tasks are created, started and completed, and fail with the message of what was thrown', async () => {
  const { client } = await listeningHub()
  let current: string | undefined
  const tracked = await client.trackSession(where, async (session) => {
    const answer = await session.task('count', async (task) => {
      current = (await client.getSession(session.session_id)).current_task_id
      expect(current).toBe(task.task_id)
      return 42
    })
    expect(answer).toBe(42)
    await expect(session.task({ task_name: 'deploy', metadata: { to: 'prod' } }, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    )
    const known = await client.createTask({ session_id: session.session_id, task_name: 'known' })
    await session.task(known, () => {})
    const begun = await client.startTask((await client.createTask({ session_id: session.session_id, task_name: 'begun' })).task_id)
    await session.task(begun, () => {})
    return session
  })
  const { tasks } = await client.getSessionTaskProgress(tracked.session_id)
  expect(tasks.completed.map(({ task_name }) => task_name)).toEqual(['count', 'known', 'begun'])
  expect(tasks.failed).toMatchObject([{ task_name: 'deploy', error_message: 'no', metadata: { to: 'prod' } }])
})

test('a session that ended elsewhere aborts the work, and its end is not told twice', async () => {
  const { client } = await listeningHub()
  const { heard, onError } = troubles()
  const tracking = client.trackSession({ ...where, heartbeatMs: 30, onError }, async (session) => {
    await client.reportProcessEnded(session.session_id, { witness: 'somebody' })
    await new Promise<void>((resolve) => session.signal.addEventListener('abort', () => resolve()))
    expect(session.signal.reason).toMatchObject({ name: 'ConflictError', message: 'A session that is failed cannot beat' })
    await expect(session.task('more', () => expect.unreachable())).rejects.toBeInstanceOf(ConflictError)
    return session.session_id
  })
  const id = await tracking
  expect(heard).toEqual([['heartbeat', 'ConflictError']])
  expect(await client.getSession(id)).toMatchObject({ status: 'failed' })
})

test('the caller aborts the work, and the work says what becomes of the session', async () => {
  const { client } = await listeningHub()
  const stopping = new AbortController()
  const started = Promise.withResolvers<TrackedSession>()
  const tracking = client.trackSession({ ...where, signal: stopping.signal }, async (session) => {
    started.resolve(session)
    await new Promise((_, reject) => session.signal.addEventListener('abort', () => reject(session.signal.reason)))
  })
  const { session_id } = await started.promise
  stopping.abort(new Error('enough for today'))
  await expect(tracking).rejects.toThrow('enough for today')
  expect(await client.getSessionFailureInfo(session_id)).toMatchObject({ failure_reason: 'enough for today' })
  await expect(client.trackSession({ ...where, signal: stopping.signal }, () => expect.unreachable())).rejects.toThrow('enough for today')
})

test('a hub that is away at the end takes away neither result nor error', async () => {
  const { url } = await listeningHub()
  let away = false
  const cut: Fetch = (input, init) => (away ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init))
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: masterKey, fetch: cut, retry: { attempts: 2, baseDelay: 1 } })
  const { heard, onError } = troubles()
  const work = async (session: TrackedSession) => {
    const done = await session.task('all of it', () => {
      away = true
      return 'done'
    })
    return done
  }
  expect(await client.trackSession({ ...where, onError }, work)).toBe('done')
  expect(heard).toEqual([
    ['task', 'ConnectionError'],
    ['end', 'ConnectionError'],
  ])
  away = false
  const failing = client.trackSession({ ...where, onError: () => expect.unreachable() }, () => {
    away = true
    throw new RangeError('mine')
  })
  await expect(failing).rejects.toThrow(RangeError)
  away = true
  await expect(client.trackSession(where, () => expect.unreachable())).rejects.toBeInstanceOf(ConnectionError)
})

test('a hub that comes back in time hears of the end', async () => {
  const folder = tempFolder()
  const first = await startHub(folder)
  const client = new StateTrackingApiClient({ baseUrl: first.url, apiKey: KEY })
  const { heard, onError } = troubles()
  let again: Promise<unknown> | undefined
  const id = await client.trackSession({ ...where, onError }, async ({ session_id }) => {
    await first.child.stop('SIGKILL')
    again = sleep(500).then(() => startHub(folder, new URL(first.url).port))
    return session_id
  })
  await again
  expect(await client.getSession(id)).toMatchObject({ status: 'completed' })
  expect(heard.filter(([during]) => during === 'end')).toEqual([])
})

test('a session that was recovered is gone on with', async () => {
  const { client } = await listeningHub()
  let id = ''
  const crash = client.trackSession(where, async (session) => {
    id = session.session_id
    await session.task('first', () => {})
    await session.task('second', () => Promise.reject(new Error('crash')))
  })
  await expect(crash).rejects.toThrow('crash')
  await expect(client.resumeSession(id, {}, () => expect.unreachable())).rejects.toBeInstanceOf(ConflictError)
  await client.recoverSession(id)
  const left = await client.resumeSession(id, { heartbeatMs: 7_000 }, async (session) => {
    expect(session).toMatchObject({ session_id: id, status: 'active', heartbeat_interval_ms: 7_000 })
    const { tasks } = await client.getSessionTaskProgress(id)
    for (const task of tasks.pending) await session.task(task, () => {})
    return tasks.pending.map(({ task_name }) => task_name)
  })
  expect(left).toEqual(['second'])
  expect(await client.getSession(id)).toMatchObject({ status: 'completed' })
  expect((await client.getSessionTaskProgress(id)).stats).toMatchObject({ total: 2, completed: 2 })
})

test('a heartbeat keeps a session alive through an outage, and ends with the session', async () => {
  const folder = tempFolder()
  const first = await startHub(folder)
  const client = new StateTrackingApiClient({ baseUrl: first.url, apiKey: KEY })
  const { session_id } = await client.createSession(where)
  const beats: string[] = []
  const ended = Promise.withResolvers<string>()
  let failures = 0
  client.heartbeat(session_id, {
    intervalMs: 100,
    onBeat: ({ last_heartbeat }) => beats.push(last_heartbeat),
    onError: () => failures++,
    onEnd: ({ reason }) => ended.resolve(reason),
  })
  await until(
    () => beats.length,
    (count) => count >= 2,
  )
  await first.child.stop('SIGTERM')
  await until(
    () => failures,
    (count) => count >= 2,
  )
  const before = beats.length
  await startHub(folder, new URL(first.url).port)
  await until(
    () => beats.length,
    (count) => count > before,
  )
  await client.updateSession(session_id, { status: 'completed' })
  expect(await ended.promise).toBe('ended')
})

test('a heartbeat keeps no process alive that has nothing else to do', async () => {
  const { url, client } = await listeningHub()
  const { session_id } = await client.createSession(where)
  const program = `
    import { StateTrackingApiClient } from '@signalbox/client'
    const client = new StateTrackingApiClient({ baseUrl: ${JSON.stringify(url)}, apiKey: ${JSON.stringify(masterKey)} })
    client.heartbeat(${JSON.stringify(session_id)}, { onBeat: () => console.log('beat') })
    await client.getSession(${JSON.stringify(session_id)})
    console.log('done')
  `
  const started = Date.now()
  const child = startNode(['--input-type=module', '--eval', program], { cwd: house })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  const { code, stdout, stderr } = await child.finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.split('\n').filter(Boolean).sort()).toEqual(['beat', 'done'])
  expect(Date.now() - started).toBeLessThan(20_000)
})

test('the live stream hears beats, which have no id, and resumes by the last id without gap or double', async () => {
  const folder = tempFolder()
  let { url, child } = await startHub(folder)
  const { port } = new URL(url)
  const clock: Clock = { ...systemClock, wait: (milliseconds, signal) => systemClock.wait(milliseconds / 10, signal) }
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: KEY, clock, retry: { attempts: Number.POSITIVE_INFINITY } })
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const seen: LiveEvent[] = []
  let open = 0
  const following = (async () => {
    const onConnection = ({ state }: { state: string }) => {
      if (state === 'open') open++
    }
    for await (const event of client.events({ after: 0, signal: stopping.signal, onConnection })) seen.push(event)
  })()
  const sessions: Session[] = []
  for (const [round, signal] of (['SIGTERM', 'SIGKILL', undefined] as const).entries()) {
    await until(
      () => open,
      (count) => count > round,
    )
    const session = await client.createSession({ ...where, metadata: { round } })
    sessions.push(session)
    const heard = seen.length
    await client.updateSessionHeartbeat(session.session_id)
    await until(
      () => seen.slice(heard),
      (events) => events.some(({ event }) => event === 'session.heartbeat'),
    )
    if (signal === undefined) break
    await child.stop(signal)
    // What is done before the stream is back must not be missed by it.
    ;({ child } = await startHub(folder, port))
    await client.updateSession(session.session_id, { status: 'paused' })
  }
  await client.endSession(sessions[2]!.session_id)
  await until(
    () => seen.at(-1),
    (event) => event?.data.status === 'completed',
  )
  stopping.abort()
  await following
  const logged = await client.listEvents({ after: 0, limit: 1000 })
  const kept = seen.filter(({ id }) => id !== undefined)
  expect(kept.map(({ id }) => id)).toEqual(logged.map(({ id }) => id))
  const beats = seen.filter(({ event }) => event === 'session.heartbeat')
  expect(beats.every(({ id }) => id === undefined)).toBe(true)
  expect(new Set(beats.map(({ data }) => data.session_id))).toEqual(new Set(sessions.map(({ session_id }) => session_id)))
})
