import { setTimeout as delay } from 'node:timers/promises'
import type { HubEvent } from '@signalbox/contract/event'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { stretchForLoad } from '../support/machine-load.ts'
import { MONGO_START_TIMEOUT_MS, mongoForTests, startMongo } from '../support/mongo.ts'
import { tempFolder } from '../support/temp.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

// Builds the server if necessary; this test starts and kills its own.
beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const STALL_MS = 4_000
/** Several times as long as a session may be without a heartbeat, and as a hub waits for its database (2.5 s). */
const OUTAGE_MS = 12_000
/** A hub waits 2.5 s for its database before it answers 503, and for some requests twice. */
const ANSWER_TIMEOUT_MS = 8_000

it('during an outage of MongoDB every hub answers 503; then all recover by themselves, and no session is stalled', async () => {
  const data = tempFolder()
  const server = await startMongo({ data })
  onTestFinished(() => server.stop())
  const start = () =>
    startHubProcess({
      DATA_DIR: tempFolder(),
      MONGODB_URI: `${server.uri}signalbox`,
      STALL_THRESHOLD_MS: String(STALL_MS),
      LOG_LEVEL: 'error',
    })
  const hubs = [await start(), await start()] as const
  await hubs[0].ask('POST', '/machines', { machine_id: 'm', hostname: 'm', docker_slots: [1, 2, 3] })
  const sessions = await Promise.all(
    [1, 2, 3].map(async (docker_slot, n) => {
      const { body } = await hubs[n % 2]!.ask<{ session_id: string }>('POST', '/sessions', {
        project_id: 'p',
        machine_id: 'm',
        docker_slot,
      })
      return { id: body.session_id, hub: hubs[n % 2]!, heartbeats: 0, refused: 0, answeredAt: [Date.now()] }
    }),
  )
  const streams = hubs.map((hub) => follow(hub))
  const taskIds: string[] = []
  let working = true
  let sending = true
  const heartbeatLoops = sessions.map(async (session) => {
    while (sending) {
      const { status, headers } = await session.hub.ask('POST', `/sessions/${session.id}/heartbeat`, {
        metadata: { heartbeats: session.heartbeats + 1 },
      })
      if (status === 200) {
        session.heartbeats++
        session.answeredAt.push(Date.now())
      } else {
        expect([status, headers.get('retry-after')]).toEqual([503, '5'])
        session.refused++
      }
      await delay(500)
    }
  })
  const taskLoops = hubs.map(async (hub, n) => {
    while (working) {
      const { status, body } = await hub.ask<{ task_id: string }>('POST', '/tasks', { session_id: sessions[n]!.id, task_name: 't' })
      if (status === 201) taskIds.push(body.task_id)
      else expect(status).toBe(503)
      await delay(200)
    }
  })
  await delay(2 * STALL_MS)
  const lastBefore = (await hubs[0].ask<HubEvent[]>('GET', '/events?format=json&limit=1')).body[0]!.id

  const downFrom = Date.now()
  server.signal('SIGKILL')
  const killedAt = performance.now()
  await delay(1_000)
  for (const hub of hubs) {
    const requests = [
      ['GET', '/sessions'],
      ['GET', `/sessions/${sessions[0]!.id}`],
      ['GET', '/tasks'],
      ['GET', '/machines/available'],
      ['GET', '/events?format=json'],
      ['POST', '/sessions', { project_id: 'p', machine_id: 'm' }],
      ['PUT', `/sessions/${sessions[0]!.id}`, { status: 'paused' }],
      ['POST', '/machines/m/heartbeat', {}],
      ['POST', `/sessions/${sessions[0]!.id}/mark-failed`, { reason: 'r' }],
    ] as const
    const limitMs = await stretchForLoad(ANSWER_TIMEOUT_MS)
    const started = performance.now()
    const answers = await Promise.all(requests.map(([method, at, body]) => hub.ask(method, at, body)))
    expect(performance.now() - started).toBeLessThan(limitMs)
    for (const [index, { status, headers, body }] of answers.entries()) {
      expect([status, headers.get('retry-after'), body.error], String(requests[index])).toEqual([503, '5', 'unavailable'])
    }
    for (const at of ['/health', '/health/ready']) expect((await hub.ask('GET', at)).status).toBe(503)
  }
  const third = await start().then(
    () => 'started',
    (error: Error) => error.message,
  )
  expect(third.trim().split('\n').slice(1)).toEqual([expect.stringMatching(/^signalbox hub: The hub database cannot be reached\. /)])

  await delay(Math.max(0, OUTAGE_MS - (performance.now() - killedAt)))
  const restarted = await startMongo({ data, port: server.port })
  onTestFinished(() => restarted.stop())
  for (const hub of hubs) {
    const health = async () => {
      const { body } = await hub.ask<{ status: string; message?: string }>('GET', '/health')
      // Says why a hub is not back.
      return body.message ?? body.status
    }
    await expect.poll(health, { timeout: 120_000 }).toBe('ok')
  }
  const backAt = Date.now()
  for (const { heartbeats, refused } of sessions) expect(Math.min(heartbeats, refused)).toBeGreaterThan(0)
  // Long enough for a session to be stalled by mistake.
  await delay(2.5 * STALL_MS)
  working = false
  await Promise.all(taskLoops)

  for (const { id, heartbeats, hub } of sessions) {
    const { body } = await hub.ask<{ status: string; metadata: { heartbeats: number } }>('GET', `/sessions/${id}`)
    // A late heartbeat of this test itself is judged by the log.
    expect(['active', 'stalled']).toContain(body.status)
    expect(body.metadata.heartbeats).toBeGreaterThanOrEqual(heartbeats)
  }
  for (const id of taskIds) expect((await hubs[0].ask('GET', `/tasks/${id}`)).status).toBe(200)
  const log: HubEvent[] = []
  for (;;) {
    const { body } = await hubs[1].ask<HubEvent[]>('GET', `/events?format=json&limit=1000&after=${log.at(-1)?.id ?? 0}`)
    log.push(...body)
    if (body.length < 1000) break
  }
  // Only now: sessions without heartbeats would be stalled while the log is read.
  sending = false
  await Promise.all(heartbeatLoops)
  expect(log.map(({ id }) => id)).toEqual(log.map((_, index) => index + 1))
  const isOwnFault = ({ event, data }: HubEvent) => {
    const session = sessions.find(({ id }) => id === data.session_id)
    if (event !== 'session.status' || session === undefined) return false
    // What was stalled by this test itself goes on.
    if (data.status === 'active') return log.some((one) => one.data.session_id === data.session_id && one.data.status === 'stalled')
    return isLate(session.answeredAt, Date.parse(String(data.occurred_at)), downFrom, backAt)
  }
  const statuses = log.filter(({ event }) => event === 'session.status' || event === 'machine.status')
  expect(statuses.filter((one) => !isOwnFault(one))).toEqual([])
  const created = log.filter(({ event, data }) => event === 'task.created' && taskIds.includes(data.task_id as string))
  expect(created).toHaveLength(taskIds.length)
  // At most one event about each hub itself.
  const alerts = log.filter(({ event }) => event === 'monitor.paused').map(({ data }) => data.reason)
  expect(alerts.length).toBeLessThanOrEqual(2)
  for (const reason of alerts) expect(reason).toBe('The hub database could not be written')
  // Both streams stayed open and delivered every event.
  for (const stream of streams) {
    // Events may have come after the log was read.
    await expect.poll(() => stream.ids.at(-1), { timeout: 60_000 }).toBeGreaterThanOrEqual(log.at(-1)!.id)
    expect(stream.ended).toBe(false)
    const delivered = stream.ids.filter((id) => id <= log.at(-1)!.id)
    expect(delivered).toEqual(log.map(({ id }) => id).filter((id) => id >= stream.ids[0]!))
    expect(stream.ids[0]).toBeLessThanOrEqual(lastBefore)
  }
}, 600_000)

/** Whether this test, on a machine that does much else, was late with the heartbeats around an instant; never in the outage. */
function isLate(answeredAt: readonly number[], at: number, downFrom: number, backAt: number): boolean {
  if (at >= downFrom && at <= backAt) return false
  const before = Math.max(...answeredAt.filter((one) => one <= at), ...(backAt <= at ? [backAt] : []))
  const after = Math.min(...answeredAt.filter((one) => one > at), Number.POSITIVE_INFINITY)
  return after - before >= STALL_MS
}

function follow({ url }: HubProcess): { readonly ids: number[]; readonly ended: boolean } {
  const stream = { ids: [] as number[], ended: false }
  const end = new AbortController()
  onTestFinished(() => end.abort())
  void (async () => {
    const { body } = await fetch(`${url}/events`, { headers: { authorization: 'Bearer trip' }, signal: end.signal })
    let text = ''
    for await (const bytes of body!) {
      text += Buffer.from(bytes).toString()
      const parts = text.split('\n\n')
      text = parts.pop()!
      for (const part of parts) {
        const id = /^id: (\d+)$/m.exec(part)?.[1]
        if (id !== undefined && part.includes('event: ')) stream.ids.push(Number(id))
      }
    }
    stream.ended = true
  })().catch(() => {
    stream.ended = true
  })
  return stream
}
