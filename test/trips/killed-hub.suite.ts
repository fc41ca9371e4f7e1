import { randomUUID } from 'node:crypto'
import type { AvailableMachine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { SessionTasks } from '@signalbox/contract/task'
import { expect, it, vi } from 'vitest'
import { type HubProcess, startHubProcess } from './hub-process.ts'

/** What a hub has confirmed of a session. */
export interface Confirmed {
  readonly id: string
  /** The number of the last confirmed heartbeat. */
  heartbeat: number
  ended: boolean
  /** Tasks whose completion was confirmed. */
  readonly done: Set<string>
}

type Asked = Pick<HubProcess, 'ask'>

const SLOTS = 6
const WORKERS = 12

/** Runs the same test on any store; `env` selects it. */
export function killedHubSuite(env: () => Promise<Record<string, string>>): void {
  it('a hub that is killed under load keeps everything it confirmed, and no dead claim holds a slot', async () => {
    const settings = await env()
    const confirmed = new Map<string, Confirmed>()
    for (const ms of [300, 500, 700]) {
      const hub = await startHubProcess(settings)
      await hub.ask('POST', '/machines', { machine_id: 'box', hostname: 'box', docker_slots: slots() })
      // The workers of these sessions stopped with the previous hub.
      for (const { session_id } of await liveSessions(hub)) await hub.ask('DELETE', `/sessions/${session_id}`)
      const end = new AbortController()
      const before = confirmed.size
      const workers = Array.from({ length: WORKERS }, () => work(hub, confirmed, end.signal))
      await new Promise((resolve) => setTimeout(resolve, ms))
      // On a slow machine too, the kill comes in the middle of the work.
      await vi.waitFor(() => expect(confirmed.size).toBeGreaterThan(before + 4), { timeout: 30_000, interval: 5 })
      await hub.child.stop('SIGKILL')
      end.abort()
      await Promise.all(workers)
    }
    expect(confirmed.size).toBeGreaterThan(10)
    await checkConfirmed(await startHubProcess(settings), confirmed)
  }, 120_000)
}

/** Everything that was confirmed is there, no slot is held twice or by a dead claim, and every change is in the log, once. */
export async function checkConfirmed(hub: Asked, confirmed: ReadonlyMap<string, Confirmed>): Promise<void> {
  for (const one of confirmed.values()) await check(hub, one)
  const live = await liveSessions(hub)
  const held = live.flatMap(({ docker_slot }) => (docker_slot === undefined ? [] : [docker_slot]))
  expect(new Set(held).size, 'no slot twice').toBe(held.length)
  const { body: free } = await hub.ask<AvailableMachine[]>('GET', '/machines/available')
  const freeSlots = free.flatMap(({ available_slot_numbers }) => available_slot_numbers)
  expect([...held, ...freeSlots].sort((a, b) => a - b)).toEqual(slots())
  // Every session that holds a slot can be ended, and then all slots are free.
  for (const { session_id } of live) expect((await hub.ask('DELETE', `/sessions/${session_id}`)).status).toBe(204)
  expect((await hub.ask<AvailableMachine[]>('GET', '/machines/available')).body[0]?.available_slots).toBe(SLOTS)
  // Every change is in the log, once, in order.
  const log = await wholeLog(hub)
  expect(new Set(log.map(({ id }) => id)).size).toBe(log.length)
  for (const { id, ended } of confirmed.values()) {
    const own = log.filter(({ data }) => data.session_id === id)
    expect(own.filter(({ event }) => event === 'session.created')).toHaveLength(1)
    const ends = own.filter(({ event, data }) => event === 'session.status' && (data.status === 'completed' || data.status === 'failed'))
    expect(ends).toHaveLength(1)
    if (ended) expect(ends[0]!.data.status).toBe('failed')
  }
}

/** Repeats: claims a slot, sends heartbeats, completes a task, fails. Records only what the hub confirmed. */
export async function work(hub: Asked, confirmed: Map<string, Confirmed>, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      const id = randomUUID()
      const body = { session_id: id, project_id: 'p', machine_id: 'box', docker_slot: 1 + Math.floor(Math.random() * SLOTS) }
      const made = await hub.ask('POST', '/sessions', body)
      if (made.status === 409) continue
      if (made.status !== 201) throw new Error(`${made.status} ${JSON.stringify(made.body)}`)
      const one: Confirmed = { id, heartbeat: 0, ended: false, done: new Set() }
      confirmed.set(id, one)
      const { body: task } = await hub.ask<{ task_id: string }>('POST', '/tasks', { session_id: id, task_name: 't' })
      await hub.ask('POST', `/tasks/${task.task_id}/start`, {})
      for (let n = 1; n <= 5; n++) {
        if ((await hub.ask('POST', `/sessions/${id}/heartbeat`, { metadata: { n } })).status === 200) one.heartbeat = n
      }
      if ((await hub.ask('POST', `/tasks/${task.task_id}/complete`, {})).status === 200) one.done.add(task.task_id)
      if ((await hub.ask('POST', `/sessions/${id}/mark-failed`, { reason: 'r' })).status === 200) one.ended = true
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

async function check(hub: Asked, { id, heartbeat, ended, done }: Confirmed): Promise<void> {
  const { status, body } = await hub.ask<Session>('GET', `/sessions/${id}`)
  expect(status, `${id} was confirmed`).toBe(200)
  expect((body.metadata.n as number | undefined) ?? 0).toBeGreaterThanOrEqual(heartbeat)
  if (ended) expect(body.status).toBe('failed')
  const { body: tasks } = await hub.ask<SessionTasks>('GET', `/sessions/${id}/tasks`)
  for (const task of done) expect(tasks.tasks.completed.map(({ task_id }) => task_id)).toContain(task)
  if (body.completed_at !== undefined) expect(tasks.tasks.in_progress).toEqual([])
}

async function liveSessions(hub: Asked): Promise<Session[]> {
  const all: Session[] = []
  for (let offset = 0; ; offset += 100) {
    const { body } = await hub.ask<Session[]>('GET', `/sessions?status=active&status=paused&status=stalled&limit=100&offset=${offset}`)
    all.push(...body)
    if (body.length < 100) return all
  }
}

async function wholeLog(hub: Asked): Promise<{ id: number; event: string; data: Record<string, unknown> }[]> {
  const all: { id: number; event: string; data: Record<string, unknown> }[] = []
  for (;;) {
    const { body } = await hub.ask<typeof all>('GET', `/events?format=json&limit=1000&after=${all.at(-1)?.id ?? 0}`)
    all.push(...body)
    if (body.length < 1000) return all
  }
}

/** Of the machine that they work on. */
export function slots(): number[] {
  return Array.from({ length: SLOTS }, (_, n) => n + 1)
}
