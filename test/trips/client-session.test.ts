import { setTimeout as sleep } from 'node:timers/promises'
import {
  AttemptSupersededError,
  type Clock,
  ConflictError,
  ConnectionError,
  type Fetch,
  type LiveEvent,
  type Session,
  StateTrackingApiClient,
  systemClock,
  type TrackedSession,
  type TrackingError,
} from '@signalbox/client'
import { expect, onTestFinished, test } from 'vitest'
import { masterKey } from '../../apps/hub/test/open-hub.ts'
import { startNode } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { KEY, listeningHub, startHub } from './hub.ts'

const where = { project_id: 'p', machine_id: 'm' }
/** The client's waits between heartbeats and retries, ten times as fast; the hub keeps its own time. */
const fastClock: Clock = {
  ...systemClock,
  wait: (milliseconds, signal, options) => systemClock.wait(milliseconds / 10, signal, options),
}

async function until<T>(ask: () => T | Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    await sleep(20)
  }
}

/** Collects the errors that a tracked session reports beside its result. */
function collectErrors() {
  const errors: [TrackingError, string][] = []
  return { errors, onError: (error: Error, during: TrackingError) => void errors.push([during, error.name]) }
}

test('a session around a function sends heartbeats while it runs and is completed when it returns', async () => {
  const { client } = await listeningHub({ clock: fastClock })
  await client.createMachine({ machine_id: 'm', hostname: 'm', docker_slots: [1] })
  const { errors, onError } = collectErrors()
  const options = { ...where, docker_slot: 1, metadata: { branch: 'main' }, heartbeatMs: 6_000, onError }
  const result = await client.trackSession(options, async (session) => {
    expect(session).toMatchObject({
      ...where,
      docker_slot: 1,
      status: 'active',
      heartbeat_interval_ms: 6_000,
      metadata: { branch: 'main' },
    })
    // Nothing else in this test changes the session: a higher revision means a heartbeat arrived.
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
  expect(errors).toEqual([])
})

test('a function that throws marks its session failed with its message, and the error is rethrown', async () => {
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

test('the function does not run when the session cannot be created', async () => {
  const { client } = await listeningHub()
  await client.createMachine({ machine_id: 'm', hostname: 'm', docker_slots: [1] })
  await client.createSession({ ...where, docker_slot: 1 })
  await expect(client.trackSession({ ...where, docker_slot: 1 }, () => expect.unreachable())).rejects.toBeInstanceOf(ConflictError)
})

test('tasks are created, started and completed, and fail with the message of the thrown error', async () => {
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
    const pending = await client.createTask({ session_id: session.session_id, task_name: 'pending' })
    await session.task(pending, () => {})
    const started = await client.startTask((await client.createTask({ session_id: session.session_id, task_name: 'started' })).task_id)
    await session.task(started, () => {})
    return session
  })
  const { tasks } = await client.getSessionTaskProgress(tracked.session_id)
  expect(tasks.completed.map(({ task_name }) => task_name)).toEqual(['count', 'pending', 'started'])
  expect(tasks.failed).toMatchObject([{ task_name: 'deploy', error_message: 'no', metadata: { to: 'prod' } }])
})

test('a session that another client ended aborts the work, and is not ended again', async () => {
  const { client } = await listeningHub()
  const { errors, onError } = collectErrors()
  const tracking = client.trackSession({ ...where, heartbeatMs: 30, onError }, async (session) => {
    await client.reportProcessEnded(session.session_id, { witness: 'another client' })
    await new Promise<void>((resolve) => session.signal.addEventListener('abort', () => resolve()))
    expect(session.signal.reason).toMatchObject({ name: 'ConflictError', message: 'A session that is failed cannot send a heartbeat' })
    await expect(session.task('more', () => expect.unreachable())).rejects.toBeInstanceOf(ConflictError)
    return session.session_id
  })
  const id = await tracking
  expect(errors).toEqual([['heartbeat', 'ConflictError']])
  expect(await client.getSession(id)).toMatchObject({ status: 'failed' })
})

test('a worker whose session was recovered on another machine is aborted, and can end neither its session nor its task', async () => {
  const { client, url } = await listeningHub()
  const { errors, onError } = collectErrors()
  const lost = { network: false }
  const cut: Fetch = (input, init) => (lost.network ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init))
  const first = new StateTrackingApiClient({ baseUrl: url, apiKey: masterKey, fetch: cut, clock: fastClock })
  const started = Promise.withResolvers<TrackedSession>()
  const aborted = Promise.withResolvers<unknown>()
  const givenUp = first.trackSession({ ...where, heartbeatMs: 100, onError }, async (session) => {
    return session.task('the work', async () => {
      started.resolve(session)
      await new Promise<void>((resolve) => session.signal.addEventListener('abort', () => resolve()))
      aborted.resolve(session.signal.reason)
      return 'done after all'
    })
  })
  const { session_id } = await started.promise
  lost.network = true
  await client.markSessionStalled(session_id, { reason: 'lost' })
  const { attempt } = await client.recoverSession(session_id, { new_machine_id: 'box-2' })
  expect(attempt).toBe(2)
  await client.resumeSession(session_id, { attempt, heartbeatMs: 5_000 }, async (session) => {
    const { tasks } = await client.getSessionTaskProgress(session_id)
    await session.task(tasks.pending[0]!, async () => {
      lost.network = false
      expect(await aborted.promise).toMatchObject({ name: 'AttemptSupersededError', code: 'attempt_superseded', details: { attempt: 2 } })
      // Its work is done, and stays its own.
      expect(await givenUp).toBe('done after all')
      expect(await client.getSession(session_id)).toMatchObject({ status: 'active', attempt: 2, machine_id: 'box-2' })
      expect((await client.getSessionTaskProgress(session_id)).tasks.in_progress).toHaveLength(1)
      expect(session.signal.aborted).toBe(false)
    })
  })
  expect(errors.at(-1)).toEqual(['heartbeat', 'AttemptSupersededError'])
  expect(await client.getSession(session_id)).toMatchObject({ status: 'completed', attempt: 2 })
  expect((await client.getSessionTaskProgress(session_id)).stats).toMatchObject({ total: 1, completed: 1 })
})

test('an end that is refused for its attempt aborts the work, before a heartbeat does; a late worker does not start', async () => {
  const { client } = await listeningHub()
  const { errors, onError } = collectErrors()
  const recover = async (id: string) => {
    await client.markSessionStalled(id, { reason: 'lost' })
    return client.recoverSession(id)
  }
  const id = await client.trackSession({ ...where, heartbeatMs: 600_000, onError }, async (session) => {
    await session.task('the work', () => recover(session.session_id))
    expect(session.signal.reason).toBeInstanceOf(AttemptSupersededError)
    await expect(session.task('more', () => expect.unreachable())).rejects.toBeInstanceOf(AttemptSupersededError)
    return session.session_id
  })
  expect(errors).toEqual([['task', 'AttemptSupersededError']])
  expect(await client.getSession(id)).toMatchObject({ status: 'active', attempt: 2 })
  await recover(id)
  await expect(client.resumeSession(id, { attempt: 2 }, () => expect.unreachable())).rejects.toBeInstanceOf(AttemptSupersededError)
  await expect(client.endSession(id, { attempt: 2 })).rejects.toBeInstanceOf(ConflictError)
  await client.resumeSession(id, {}, (session) => expect(session.attempt).toBe(3))
  expect(await client.getSession(id)).toMatchObject({ status: 'completed', attempt: 3 })
})

test('a caller that aborts the work decides by its reason how the session ends', async () => {
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

test('a hub that is unreachable at the end costs neither result nor error', async () => {
  const { url } = await listeningHub()
  let isAway = false
  const cut: Fetch = (input, init) => (isAway ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init))
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: masterKey, fetch: cut, retry: { attempts: 2, baseDelay: 1 } })
  const { errors, onError } = collectErrors()
  const work = async (session: TrackedSession) => {
    const done = await session.task('all of it', () => {
      isAway = true
      return 'done'
    })
    return done
  }
  expect(await client.trackSession({ ...where, onError }, work)).toBe('done')
  expect(errors).toEqual([
    ['task', 'ConnectionError'],
    ['end', 'ConnectionError'],
  ])
  isAway = false
  const failing = client.trackSession({ ...where, onError: () => expect.unreachable() }, () => {
    isAway = true
    throw new RangeError('mine')
  })
  await expect(failing).rejects.toThrow(RangeError)
  isAway = true
  await expect(client.trackSession(where, () => expect.unreachable())).rejects.toBeInstanceOf(ConnectionError)
})

test('a hub that comes back in time receives the end of the session', async () => {
  const folder = tempFolder()
  const first = await startHub(folder)
  // Without a limit: a busy machine may take longer to restart the hub than the default attempts last.
  const client = new StateTrackingApiClient({
    baseUrl: first.url,
    apiKey: KEY,
    clock: fastClock,
    retry: { attempts: Number.POSITIVE_INFINITY },
  })
  const { errors, onError } = collectErrors()
  let restarted: Promise<unknown> | undefined
  const id = await client.trackSession({ ...where, onError }, async ({ session_id }) => {
    await first.child.stop('SIGKILL')
    restarted = sleep(500).then(() => startHub(folder, new URL(first.url).port))
    return session_id
  })
  await restarted
  expect(await client.getSession(id)).toMatchObject({ status: 'completed' })
  expect(errors.filter(([during]) => during === 'end')).toEqual([])
})

test('a recovered session is resumed', async () => {
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
  const resumed = await client.resumeSession(id, { heartbeatMs: 7_000 }, async (session) => {
    expect(session).toMatchObject({ session_id: id, status: 'active', heartbeat_interval_ms: 7_000 })
    const { tasks } = await client.getSessionTaskProgress(id)
    for (const task of tasks.pending) await session.task(task, () => {})
    return tasks.pending.map(({ task_name }) => task_name)
  })
  expect(resumed).toEqual(['second'])
  expect(await client.getSession(id)).toMatchObject({ status: 'completed' })
  expect((await client.getSessionTaskProgress(id)).stats).toMatchObject({ total: 2, completed: 2 })
})

test('a heartbeat keeps a session alive through an outage, and ends with the session', async () => {
  const folder = tempFolder()
  const first = await startHub(folder)
  const client = new StateTrackingApiClient({ baseUrl: first.url, apiKey: KEY, clock: fastClock })
  const { session_id } = await client.createSession(where)
  const heartbeats: string[] = []
  const ended = Promise.withResolvers<string>()
  let failures = 0
  client.heartbeat(session_id, {
    intervalMs: 1_000,
    onHeartbeat: ({ last_heartbeat }) => heartbeats.push(last_heartbeat),
    onError: () => failures++,
    onEnd: ({ reason }) => ended.resolve(reason),
  })
  await until(
    () => heartbeats.length,
    (count) => count >= 2,
  )
  await first.child.stop('SIGTERM')
  await until(
    () => failures,
    (count) => count >= 2,
  )
  const before = heartbeats.length
  await startHub(folder, new URL(first.url).port)
  await until(
    () => heartbeats.length,
    (count) => count > before,
  )
  await client.updateSession(session_id, { status: 'completed' })
  expect(await ended.promise).toBe('ended')
})

test('a heartbeat does not keep a process alive that has nothing else to do', async () => {
  const { url, client } = await listeningHub()
  const { session_id } = await client.createSession(where)
  const program = `
    import { StateTrackingApiClient } from '@signalbox/client'
    const client = new StateTrackingApiClient({ baseUrl: ${JSON.stringify(url)}, apiKey: ${JSON.stringify(masterKey)} })
    client.heartbeat(${JSON.stringify(session_id)}, { onHeartbeat: () => console.log('heartbeat') })
    await client.getSession(${JSON.stringify(session_id)})
    console.log('done')
  `
  const child = startNode(['--input-type=module', '--eval', program], { cwd: repositoryRoot })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  const { code, stdout, stderr } = await child.finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.split('\n').filter(Boolean).sort()).toEqual(['done', 'heartbeat'])
})

test('the event stream carries heartbeats, which have no id, and resumes from the last id without gap or duplicate', async () => {
  const folder = tempFolder()
  let { url, child } = await startHub(folder)
  const { port } = new URL(url)
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: KEY, clock: fastClock, retry: { attempts: Number.POSITIVE_INFINITY } })
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const received: LiveEvent[] = []
  let open = 0
  const following = (async () => {
    const onConnection = ({ state }: { state: string }) => {
      if (state === 'open') open++
    }
    for await (const event of client.events({ after: 0, signal: stopping.signal, onConnection })) received.push(event)
  })()
  const sessions: Session[] = []
  for (const [round, signal] of (['SIGTERM', 'SIGKILL', undefined] as const).entries()) {
    await until(
      () => open,
      (count) => count > round,
    )
    const session = await client.createSession({ ...where, metadata: { round } })
    sessions.push(session)
    const before = received.length
    await client.updateSessionHeartbeat(session.session_id)
    await until(
      () => received.slice(before),
      (events) => events.some(({ event }) => event === 'session.heartbeat'),
    )
    if (signal === undefined) break
    await child.stop(signal)
    // Events from before the stream reconnects must not be lost.
    ;({ child } = await startHub(folder, port))
    await client.updateSession(session.session_id, { status: 'paused' })
  }
  await client.endSession(sessions[2]!.session_id)
  await until(
    () => received.at(-1),
    (event) => event?.data.status === 'completed',
  )
  stopping.abort()
  await following
  const logged = await client.listEvents({ after: 0, limit: 1000 })
  const durable = received.filter(({ id }) => id !== undefined)
  expect(durable.map(({ id }) => id)).toEqual(logged.map(({ id }) => id))
  const heartbeats = received.filter(({ event }) => event === 'session.heartbeat')
  expect(heartbeats.every(({ id }) => id === undefined)).toBe(true)
  expect(new Set(heartbeats.map(({ data }) => data.session_id))).toEqual(new Set(sessions.map(({ session_id }) => session_id)))
})
