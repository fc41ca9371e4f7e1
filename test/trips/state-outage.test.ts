import { setTimeout as delay } from 'node:timers/promises'
import type { HubEvent } from '@signalbox/contract/event'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { MONGO_PATIENCE_MS, mongoForTests, startMongo } from '../support/mongo.ts'
import { tempFolder } from '../support/temp.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

// Builds the server if need be; this test kills one of its own.
beforeAll(mongoForTests, MONGO_PATIENCE_MS)

const STALL_MS = 4_000
const GONE_MS = 30_000
/** A hub looks for its database for so long before it says that it is away, and a little more. */
const ANSWERED_MS = 8_000

it('while MongoDB is gone for half a minute every hub says so; then all goes on by itself, and nobody is called silent', async () => {
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
      return { id: body.session_id, hub: hubs[n % 2]!, beats: 0, refused: 0 }
    }),
  )
  const streams = hubs.map((hub) => follow(hub))
  const made: string[] = []
  let stop = false
  const beating = sessions.map(async (session) => {
    while (!stop) {
      const { status, headers } = await session.hub.ask('POST', `/sessions/${session.id}/heartbeat`, {
        metadata: { beats: session.beats + 1 },
      })
      if (status === 200) session.beats++
      else {
        expect([status, headers.get('retry-after')]).toEqual([503, '5'])
        session.refused++
      }
      await delay(500)
    }
  })
  const working = hubs.map(async (hub, n) => {
    while (!stop) {
      const { status, body } = await hub.ask<{ task_id: string }>('POST', '/tasks', { session_id: sessions[n]!.id, task_name: 't' })
      if (status === 201) made.push(body.task_id)
      else expect(status).toBe(503)
      await delay(200)
    }
  })
  await delay(2 * STALL_MS)
  const lastBefore = (await hubs[0].ask<HubEvent[]>('GET', '/events?format=json&limit=1')).body[0]!.id

  server.signal('SIGKILL')
  const goneAt = performance.now()
  await delay(1_000)
  for (const hub of hubs) {
    const asked = [
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
    const began = performance.now()
    const answers = await Promise.all(asked.map(([method, at, body]) => hub.ask(method, at, body)))
    expect(performance.now() - began).toBeLessThan(ANSWERED_MS)
    for (const [index, { status, headers, body }] of answers.entries()) {
      expect([status, headers.get('retry-after'), body.error], String(asked[index])).toEqual([503, '5', 'unavailable'])
    }
    for (const at of ['/health', '/health/ready']) expect((await hub.ask('GET', at)).status).toBe(503)
  }
  const late = await start().then(
    () => 'started',
    (error: Error) => error.message,
  )
  expect(late.trim().split('\n').slice(1)).toEqual([expect.stringMatching(/^signalbox hub: The store cannot be reached\. /)])

  await delay(Math.max(0, GONE_MS - (performance.now() - goneAt)))
  const again = await startMongo({ data, port: server.port })
  onTestFinished(() => again.stop())
  for (const hub of hubs) await expect.poll(async () => (await hub.ask('GET', '/health')).status, { timeout: 20_000 }).toBe(200)
  for (const { beats, refused } of sessions) expect(Math.min(beats, refused)).toBeGreaterThan(2)
  // Long enough for whoever would be called silent.
  await delay(2.5 * STALL_MS)
  stop = true
  await Promise.all([...beating, ...working])

  for (const { id, beats, hub } of sessions) {
    const { body } = await hub.ask<{ status: string; metadata: { beats: number } }>('GET', `/sessions/${id}`)
    expect(body.status).toBe('active')
    expect(body.metadata.beats).toBeGreaterThanOrEqual(beats)
  }
  for (const id of made) expect((await hubs[0].ask('GET', `/tasks/${id}`)).status).toBe(200)
  const log: HubEvent[] = []
  for (;;) {
    const { body } = await hubs[1].ask<HubEvent[]>('GET', `/events?format=json&limit=1000&after=${log.at(-1)?.id ?? 0}`)
    log.push(...body)
    if (body.length < 1000) break
  }
  expect(log.map(({ id }) => id)).toEqual(log.map((_, index) => index + 1))
  expect(log.filter(({ event }) => event === 'session.status' || event === 'machine.status')).toEqual([])
  const told = log.filter(({ event, data }) => event === 'task.created' && made.includes(data.task_id as string))
  expect(told).toHaveLength(made.length)
  // One event about each hub itself, at the most.
  const alerts = log.filter(({ event }) => event === 'alert.opened').map(({ data }) => data.reason)
  expect(alerts.length).toBeLessThanOrEqual(2)
  for (const reason of alerts) expect(reason).toBe('The store could not be written')
  // Both streams were open all the time, and have told everything.
  for (const stream of streams) {
    await expect.poll(() => stream.ids.at(-1), { timeout: 10_000 }).toBe(log.at(-1)!.id)
    expect(stream.ended).toBe(false)
    expect(stream.ids).toEqual(log.map(({ id }) => id).filter((id) => id >= stream.ids[0]!))
    expect(stream.ids[0]).toBeLessThanOrEqual(lastBefore)
  }
}, 150_000)

function follow({ url }: HubProcess): { readonly ids: number[]; readonly ended: boolean } {
  const heard = { ids: [] as number[], ended: false }
  const end = new AbortController()
  onTestFinished(() => end.abort())
  void (async () => {
    const stream = await fetch(`${url}/events`, { headers: { authorization: 'Bearer trip' }, signal: end.signal })
    let text = ''
    for await (const bytes of stream.body!) {
      text += Buffer.from(bytes).toString()
      const parts = text.split('\n\n')
      text = parts.pop()!
      for (const part of parts) {
        const id = /^id: (\d+)$/m.exec(part)?.[1]
        if (id !== undefined && part.includes('event: ')) heard.ids.push(Number(id))
      }
    }
    heard.ended = true
  })().catch(() => {
    heard.ended = true
  })
  return heard
}
