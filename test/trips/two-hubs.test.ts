import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { HubEvent } from '@signalbox/contract/event'
import type { AvailableMachine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { SessionTasks } from '@signalbox/contract/task'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../support/mongo.ts'
import { tempFolder } from '../support/temp.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const SLOTS = 6
const WORKERS = 4

/** A session as far as the hub confirmed it. */
interface Confirmed {
  readonly id: string
  heartbeat: number
  task?: string
  ended: boolean
}

it('two hubs on one MongoDB: each receives events of the other, and one goes on with everything confirmed when the other is killed', async () => {
  const MONGODB_URI = await freshDatabase()
  const start = () => startHubProcess({ DATA_DIR: tempFolder(), MONGODB_URI, LOG_LEVEL: 'error' })
  const [a, b] = [await start(), await start()]
  const stream = follow(b)
  await expect.poll(() => stream.open, { timeout: 45_000 }).toBe(true)

  // An event of one hub reaches a stream of the other.
  await a.ask('POST', '/machines', { machine_id: 'box', hostname: 'box', docker_slots: slots() })
  const { body: first } = await a.ask<Session>('POST', '/sessions', { project_id: 'p', machine_id: 'box' })
  await expect.poll(() => stream.received.some(({ data }) => data.session_id === first.session_id), { timeout: 45_000 }).toBe(true)

  // One hub is killed under load on both, over the same slots.
  const confirmed = { a: [] as Confirmed[], b: [] as Confirmed[] }
  const end = new AbortController()
  const workers = [
    ...Array.from({ length: WORKERS }, () => work(a, confirmed.a, end.signal)),
    ...Array.from({ length: WORKERS }, () => work(b, confirmed.b, end.signal)),
  ]
  const working = Promise.all(workers)
  const waitFor = (wanted: () => boolean) => Promise.race([working, expect.poll(wanted, { timeout: 90_000 }).toBe(true)])
  const ended = (all: readonly Confirmed[]) => all.filter((one) => one.ended).length
  await waitFor(() => ended(confirmed.a) > 3 && ended(confirmed.b) > 3)
  await a.child.stop('SIGKILL')
  const before = confirmed.b.length
  await waitFor(() => confirmed.b.length > before + 3)
  end.abort()
  await working

  for (const one of [...confirmed.a, ...confirmed.b]) await check(b, one)

  // The other hub finishes what the killed one began, and no slot stays held without a session.
  const live = await b.ask<Session[]>('GET', '/sessions?status=active&status=paused&status=stalled&limit=100')
  const held = live.body.flatMap(({ docker_slot }) => docker_slot ?? [])
  const { body: free } = await b.ask<AvailableMachine[]>('GET', '/machines/available')
  expect([...held, ...free.flatMap(({ available_slot_numbers }) => available_slot_numbers)].sort()).toEqual(slots())
  for (const { session_id } of live.body) expect((await b.ask('DELETE', `/sessions/${session_id}`)).status).toBe(204)
  expect((await b.ask<AvailableMachine[]>('GET', '/machines/available')).body[0]?.available_slots).toBe(SLOTS)
  const claims = await Promise.all(
    slots().map((docker_slot) => b.ask('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot })),
  )
  expect(claims.map(({ status }) => status)).toEqual(slots().map(() => 201))

  // A new hub in place of the killed one has the same data.
  const third = await start()
  for (const one of confirmed.a) await check(third, one)

  // Every confirmed change has its event once and in order, in the log and on the stream that stayed open.
  const failures = (log: readonly HubEvent[], id: string) =>
    log.filter(({ event, data }) => event === 'session.status' && data.session_id === id && data.status === 'failed')
  await expect.poll(async () => (await wholeLog(b)).at(-1)!.id === stream.received.at(-1)!.id, { timeout: 20_000 }).toBe(true)
  const log = await wholeLog(third)
  expect(log.map(({ id }) => id)).toEqual(log.map((_, n) => n + 1))
  for (const { id, ended } of [...confirmed.a, ...confirmed.b]) {
    expect(log.filter(({ event, data }) => event === 'session.created' && data.session_id === id)).toHaveLength(1)
    if (ended) expect(failures(log, id)).toHaveLength(1)
  }
  expect(stream.ended).toBe(false)
  expect(stream.received.map(({ id }) => id)).toEqual(stream.received.map((_, n) => stream.received[0]!.id + n))
  expect(stream.received.at(-1)!.id).toBeGreaterThanOrEqual(log.at(-1)!.id - 2)
}, 240_000)

/** Repeats: claims a slot, sends heartbeats, completes a task, fails. Records only what the hub confirmed. */
async function work(hub: HubProcess, confirmed: Confirmed[], signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      const id = randomUUID()
      const docker_slot = 1 + Math.floor(Math.random() * SLOTS)
      const made = await hub.ask('POST', '/sessions', { session_id: id, project_id: 'p', machine_id: 'box', docker_slot })
      // Another session holds the slot, or the store is too busy to answer in time.
      if ([409, 503, 504].includes(made.status)) {
        await delay(20)
        continue
      }
      expect(made.status, JSON.stringify(made.body)).toBe(201)
      const one: Confirmed = { id, heartbeat: 0, ended: false }
      confirmed.push(one)
      const { body: task } = await hub.ask<{ task_id: string }>('POST', '/tasks', { session_id: id, task_name: 't' })
      await hub.ask('POST', `/tasks/${task.task_id}/start`, {})
      for (let n = 1; n <= 2; n++) {
        if ((await hub.ask('POST', `/sessions/${id}/heartbeat`, { metadata: { n } })).status === 200) one.heartbeat = n
      }
      if ((await hub.ask('POST', `/tasks/${task.task_id}/complete`, {})).status === 200) one.task = task.task_id
      if ((await hub.ask('POST', `/sessions/${id}/mark-failed`, { reason: 'r' })).status === 200) one.ended = true
    }
  } catch (error) {
    // `fetch` throws a TypeError when the hub is gone.
    if (!(error instanceof TypeError)) throw error
  }
}

async function check(hub: HubProcess, { id, heartbeat, task, ended }: Confirmed): Promise<void> {
  const { status, body } = await hub.ask<Session>('GET', `/sessions/${id}`)
  expect(status, `${id} was confirmed`).toBe(200)
  expect((body.metadata.n as number | undefined) ?? 0).toBeGreaterThanOrEqual(heartbeat)
  if (ended) expect(body.status).toBe('failed')
  if (task === undefined) return
  const { body: tasks } = await hub.ask<SessionTasks>('GET', `/sessions/${id}/tasks`)
  expect(tasks.tasks.completed.map(({ task_id }) => task_id)).toContain(task)
}

function follow({ url }: HubProcess): { readonly received: HubEvent[]; readonly open: boolean; readonly ended: boolean } {
  const stream = { received: [] as HubEvent[], open: false, ended: false }
  const end = new AbortController()
  onTestFinished(() => end.abort())
  const read = async () => {
    const { body } = await fetch(`${url}/events`, { headers: { authorization: 'Bearer trip' }, signal: end.signal })
    stream.open = true
    let text = ''
    for await (const bytes of body!.pipeThrough(new TextDecoderStream())) {
      const parts = (text + bytes).split('\n\n')
      text = parts.pop()!
      for (const part of parts) {
        const [, id] = /^id: (\d+)$/m.exec(part) ?? []
        const [, event] = /^event: (.+)$/m.exec(part) ?? []
        const [, data] = /^data: (.+)$/m.exec(part) ?? []
        if (id !== undefined && event !== undefined) stream.received.push({ id: Number(id), event, data: JSON.parse(data!) } as HubEvent)
      }
    }
  }
  void read()
    .catch(() => {})
    .then(() => {
      stream.ended = true
    })
  return stream
}

async function wholeLog(hub: HubProcess): Promise<HubEvent[]> {
  const all: HubEvent[] = []
  for (;;) {
    const { body } = await hub.ask<HubEvent[]>('GET', `/events?format=json&limit=1000&after=${all.at(-1)?.id ?? 0}`)
    all.push(...body)
    if (body.length < 1000) return all
  }
}

function slots(): number[] {
  return Array.from({ length: SLOTS }, (_, n) => n + 1)
}
