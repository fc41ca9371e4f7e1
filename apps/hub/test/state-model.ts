import { randomUUID } from 'node:crypto'
import type { Machine } from '@signalbox/contract/machine'
import type { Session, SessionStatus } from '@signalbox/contract/session'
import type { Task, TaskStatus } from '@signalbox/contract/task'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { TestHub } from './open-hub.ts'

/**
 * A small model of the state routes: it predicts the answer of the hub to each step, and in the end everything that the
 * hub shows.
 */

interface ModelTask {
  status: TaskStatus
  started: boolean
  /** It was in progress when its session ended, and no one has given a reason since. */
  endedWithSession?: boolean
}

interface ModelSession {
  id: string
  machine: string
  slot: number | undefined
  status: SessionStatus | 'gone'
  before: 'active' | 'paused'
  lastHeartbeat: number
  /** When it is overdue; undefined while it is not monitored. */
  due: number | undefined
  /** Observed sessions are not stalled for want of heartbeats. */
  observed: boolean
  recoveries: number
  /** Of the client that may change it. */
  attempt: number
  endedAt: number | undefined
  /** The last end that was observed. */
  observedEnd: number | undefined
  current: string | undefined
  tasks: Map<string, ModelTask>
}

const STALL = 300_000
const COLLECTOR_TIMEOUT = 45_000
/** After an end that a client has set, the process may live on for so long. */
const SHUTDOWN = 5_000
const machines = ['m1', 'm2'] as const
const live = (status: SessionStatus | 'gone') => status === 'active' || status === 'paused' || status === 'stalled'

const byChange: Partial<Record<SessionStatus | 'gone', readonly SessionStatus[]>> = {
  active: ['paused', 'completed', 'failed'],
  paused: ['active', 'completed', 'failed'],
  stalled: ['completed', 'failed'],
}
const taskTo: Record<TaskStatus, readonly TaskStatus[]> = {
  pending: ['in_progress', 'blocked', 'completed', 'failed'],
  in_progress: ['completed', 'failed', 'blocked', 'pending'],
  blocked: ['pending', 'in_progress', 'completed', 'failed'],
  failed: ['pending'],
  completed: [],
}

const nat = fc.nat({ max: 9 })
/** Which attempt a request names: none, the current one, or the one before. */
const naming = fc.constantFrom('none', 'current', 'old')
const slot = fc.integer({ min: 1, max: 3 })
const machine = fc.constantFrom(...machines)
export const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('create' as const), machine, slot: fc.option(slot, { nil: undefined }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      s: nat,
      naming,
      status: fc.constantFrom('active', 'paused', 'stalled', 'completed', 'failed', 'archived') as fc.Arbitrary<SessionStatus>,
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('slot' as const), s: nat, naming, slot: fc.option(slot, { nil: null }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('heartbeat' as const),
      s: nat,
      naming,
      status: fc.option(fc.constantFrom('active' as const, 'paused' as const), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom('mark-failed', 'mark-stalled', 'process-ended', 'recover', 'archive', 'delete', 'purge'),
      s: nat,
      naming,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('observe' as const), s: nat, what: fc.constantFrom('alive' as const, 'end' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('recover-to' as const), s: nat, machine, slot }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('task' as const), s: nat, naming }) },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('move' as const),
      s: nat,
      naming,
      t: nat,
      to: fc.constantFrom('pending', 'in_progress', 'completed', 'failed', 'blocked') as fc.Arbitrary<TaskStatus>,
      action: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('untask' as const), s: nat, t: nat, naming }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('assign' as const), s: nat, naming, machine, slot: fc.option(slot, { nil: undefined }) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('release' as const), s: nat, naming, machine }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('slots' as const), machine, slots: fc.subarray([1, 2, 3]) }) },
  { weight: 7, arbitrary: fc.record({ op: fc.constant('pass' as const), minutes: fc.integer({ min: 2, max: 6 }) }) },
)
/** Requests of people and orchestrators, not of the client of an attempt. */
const unfenced: readonly string[] = ['recover', 'archive', 'purge']
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/**
 * How heartbeats are checked while time passes: every few seconds by one hub, or by one of two while the other is frozen, or once a
 * minute by one of three that are frozen in between.
 */
export const looks = ['by one', 'by one of two', 'once a minute'] as const
export type Looks = (typeof looks)[number]
const MINUTE = 60_000

export class Model {
  readonly #hub: TestHub
  readonly #looks: Looks
  readonly #monitors: Pick<TestHub['monitor'], 'check'>[]
  #turn = 0
  readonly #sessions: ModelSession[] = []
  readonly #slots: Record<string, number[]> = { m1: [1, 2], m2: [1] }
  readonly #start: number
  /** Since when, and until when, time without a heartbeat did not count. */
  #gaps: { from: number; to: number }[] = []

  constructor(hub: TestHub, looks: Looks) {
    this.#hub = hub
    this.#looks = looks
    if (looks === 'once a minute') this.#monitors = [1, 2, 3].map(() => hub.startMonitor(MINUTE))
    else this.#monitors = looks === 'by one' ? [hub.monitor] : [hub.monitor, hub.startMonitor()]
    this.#start = hub.clock.now()
  }

  async open(): Promise<void> {
    if (this.#looks === 'once a minute') await this.#hub.monitor.check()
    else for (const monitor of this.#monitors) await monitor.check()
    for (const id of machines) await this.#ask('POST', '/machines', 201, { machine_id: id, hostname: id, docker_slots: this.#slots[id] })
  }

  async take(step: Step): Promise<void> {
    // Every write gets an instant of its own.
    this.#hub.clock.pass(1)
    const now = this.#hub.clock.now()
    if (step.op === 'create') return this.#create(step.machine, step.slot, now)
    if (step.op === 'slots') return this.#declare(step.machine, step.slots)
    if (step.op === 'pass') return this.#pass(step.minutes)
    const one = this.#sessions[step.s % Math.max(1, this.#sessions.length)]
    if (one === undefined) return
    const url = `/sessions/${one.id}`
    const gone = one.status === 'gone'
    const isNamed = 'naming' in step && !gone && !unfenced.includes(step.op)
    if (isNamed && step.naming === 'old' && one.attempt > 1) return this.#tryOld(one, step)
    const attempt = isNamed && step.naming === 'current' ? { attempt: one.attempt } : {}
    const query = 'attempt' in attempt ? `?attempt=${attempt.attempt}` : ''
    switch (step.op) {
      case 'put': {
        const ok = step.status === one.status || (byChange[one.status]?.includes(step.status) ?? false)
        await this.#ask('PUT', url, gone ? 404 : ok ? 200 : 409, { status: step.status, ...attempt })
        if (!gone && ok && step.status !== one.status) this.#become(one, step.status, now)
        return
      }
      case 'slot': {
        const refused = this.#slotRefusal(one.machine, step.slot ?? undefined, one)
        const status = gone ? 404 : !live(one.status) && step.slot !== null ? 409 : step.slot === null ? 200 : (refused ?? 200)
        await this.#ask('PUT', url, status, { docker_slot: step.slot, ...attempt })
        if (status === 200 && live(one.status)) one.slot = step.slot ?? undefined
        return
      }
      case 'heartbeat': {
        const status = gone ? 404 : live(one.status) ? 200 : 409
        await this.#ask('POST', `${url}/heartbeat`, status, { ...(step.status === undefined ? {} : { status: step.status }), ...attempt })
        if (status !== 200) return
        one.lastHeartbeat = now
        one.due = now + STALL
        if (one.status === 'stalled') one.status = one.before
        if (step.status !== undefined) one.status = step.status
        return
      }
      case 'observe':
        // A purged session would be created anew.
        return gone ? undefined : this.#observe(one, step.what, now)
      case 'mark-failed': {
        const status = gone ? 404 : live(one.status) ? 200 : 409
        await this.#ask('POST', `${url}/mark-failed`, status, { reason: 'r', ...attempt })
        if (status === 200) this.#become(one, 'failed', now)
        return
      }
      case 'process-ended': {
        await this.#ask('POST', `${url}/process-ended`, gone ? 404 : 200, { witness: 'w', ...attempt })
        if (live(one.status)) this.#become(one, 'failed', now)
        return
      }
      case 'mark-stalled': {
        const status = gone ? 404 : one.status === 'active' || one.status === 'paused' ? 200 : 409
        await this.#ask('POST', `${url}/mark-stalled`, status, { reason: 'r', ...attempt })
        if (status === 200) this.#stall(one)
        return
      }
      case 'delete': {
        await this.#ask('DELETE', `${url}${query}`, gone ? 404 : 204)
        if (live(one.status)) this.#become(one, 'completed', now)
        return
      }
      case 'archive': {
        const status = gone ? 404 : one.status === 'completed' || one.status === 'failed' ? 200 : 409
        await this.#ask('POST', `${url}/archive`, status, {})
        if (status === 200) one.status = 'archived'
        return
      }
      case 'purge': {
        const status = gone ? 404 : one.status === 'archived' ? 200 : 409
        await this.#ask('DELETE', `${url}/purge`, status, { confirm: true })
        if (status === 200) {
          one.status = 'gone'
          one.tasks.clear()
        }
        return
      }
      case 'recover': {
        const may = (one.status === 'stalled' || one.status === 'failed') && one.recoveries < 3
        await this.#ask('POST', `${url}/recover`, gone ? 404 : may ? 200 : 409, {})
        if (may) this.#recover(one, one.machine, one.slot, now)
        return
      }
      case 'recover-to': {
        const may = (one.status === 'stalled' || one.status === 'failed') && one.recoveries < 3
        const status = gone ? 404 : may ? (this.#slotRefusal(step.machine, step.slot, one) ?? 200) : 409
        await this.#ask('POST', `${url}/recover`, status, { new_machine_id: step.machine, new_docker_slot: step.slot })
        if (status === 200) this.#recover(one, step.machine, step.slot, now)
        return
      }
      case 'task': {
        const id = randomUUID()
        const status = gone ? 400 : live(one.status) ? 201 : 409
        await this.#ask('POST', '/tasks', status, { session_id: one.id, task_name: 't', task_id: id, ...attempt })
        if (status === 201) one.tasks.set(id, { status: 'pending', started: false })
        return
      }
      case 'move': {
        const [id, task] = [...one.tasks][step.t % Math.max(1, one.tasks.size)] ?? []
        if (id === undefined || task === undefined) return
        const action = step.action
          ? { pending: undefined, in_progress: 'start', completed: 'complete', failed: 'fail', blocked: 'block' }[step.to]
          : undefined
        const same = task.status === step.to
        const isLateOutcome = step.to === 'completed' && one.status === 'completed' && task.endedWithSession === true
        const ok = same || isLateOutcome || (live(one.status) && taskTo[task.status].includes(step.to))
        const why = step.to === 'failed' ? { error_message: 'e' } : {}
        if (action === undefined) await this.#ask('PUT', `/tasks/${id}`, ok ? 200 : 409, { status: step.to, ...why, ...attempt })
        else await this.#ask('POST', `/tasks/${id}/${action}`, ok ? 200 : 409, { ...why, ...attempt })
        if (ok) task.endedWithSession = false
        if (!ok || same) return
        task.status = step.to
        if (step.to === 'in_progress') {
          task.started = true
          one.current = id
        } else if (one.current === id) one.current = undefined
        if (step.to === 'pending') task.started = false
        return
      }
      case 'untask': {
        const [id, task] = [...one.tasks][step.t % Math.max(1, one.tasks.size)] ?? []
        if (id === undefined || task === undefined) return
        const may = !task.started && (task.status === 'pending' || task.status === 'blocked')
        await this.#ask('DELETE', `/tasks/${id}${query}`, may ? 204 : 409)
        if (may) one.tasks.delete(id)
        return
      }
      case 'assign': {
        const keeps = one.machine === step.machine ? one.slot : undefined
        const wanted = step.slot ?? keeps ?? this.#lowestFree(step.machine, one)
        const status = gone
          ? 404
          : !live(one.status)
            ? 409
            : wanted === undefined
              ? 409
              : wanted === keeps
                ? 200
                : (this.#slotRefusal(step.machine, wanted, one) ?? 200)
        const body = { session_id: one.id, ...attempt, ...(step.slot === undefined ? {} : { docker_slot: step.slot }) }
        await this.#ask('POST', `/machines/${step.machine}/assign-session`, status, body)
        if (status !== 200) return
        one.machine = step.machine
        one.slot = wanted
        return
      }
      case 'release': {
        const status = gone ? 404 : one.machine === step.machine ? 200 : 409
        await this.#ask('POST', `/machines/${step.machine}/release-session`, status, { session_id: one.id, ...attempt })
        if (status === 200) one.slot = undefined
        return
      }
    }
  }

  /** Everything the hub shows is what the model says, and nothing else. */
  async check(): Promise<void> {
    for (const one of this.#sessions) {
      const answer = await this.#hub.ask('GET', `/sessions/${one.id}`)
      if (one.status === 'gone') {
        expect(answer.statusCode).toBe(404)
        continue
      }
      const session = answer.json() as Session
      const ended = one.endedAt !== undefined
      const { status, attempt, stalled_since, machine_id, docker_slot, current_task_id, last_heartbeat } = session
      const shownEnd = session.completed_at === undefined ? undefined : Date.parse(session.completed_at)
      expect(stalled_since !== undefined, 'stalled and stalled_since').toBe(status === 'stalled')
      expect({ status, attempt, machine_id, docker_slot, current_task_id, last_heartbeat, completed_at: shownEnd }).toEqual({
        status: one.status,
        attempt: one.attempt,
        machine_id: one.machine,
        docker_slot: one.slot,
        current_task_id: one.current,
        last_heartbeat: new Date(one.lastHeartbeat).toISOString(),
        completed_at: one.endedAt,
      })
      expect(ended, 'ended and completed_at').toBe(!live(one.status))
      expect(Date.parse(session.updated_at)).toBeGreaterThanOrEqual(this.#start)
      const { tasks, stats } = (await this.#hub.ask('GET', `/sessions/${one.id}/tasks`)).json()
      const shown = Object.entries(tasks as Record<string, Task[]>).flatMap(([status, all]) => all.map((task) => [task.task_id, status]))
      expect(Object.fromEntries(shown)).toEqual(Object.fromEntries([...one.tasks].map(([id, task]) => [id, task.status])))
      expect(stats.total).toBe(one.tasks.size)
      if (!live(one.status)) expect(tasks.in_progress).toEqual([])
      for (const task of Object.values(tasks as Record<string, Task[]>).flat()) {
        expect(task.completed_at !== undefined, `${task.status} and completed_at`).toBe(
          task.status === 'completed' || task.status === 'failed',
        )
        if (task.completed_at && task.started_at) expect(task.completed_at >= task.started_at).toBe(true)
        if (task.status === 'in_progress') expect(task.started_at).toBeDefined()
      }
    }
    for (const id of machines) {
      const shown = (await this.#hub.ask('GET', `/machines/${id}`)).json() as Machine
      const on = this.#sessions.filter((one) => one.machine === id && live(one.status)).map((one) => one.id)
      expect(shown.active_sessions).toEqual(on.sort())
    }
    const free = (await this.#hub.ask('GET', '/machines/available')).json() as { machine_id: string; available_slot_numbers: number[] }[]
    const wanted = machines
      .map((id) => [id, this.#slots[id]!.filter((slot) => this.#holder(id, slot) === undefined)] as const)
      .filter(([, slots]) => slots.length > 0)
    expect(Object.fromEntries(free.map((one) => [one.machine_id, one.available_slot_numbers]))).toEqual(Object.fromEntries(wanted))
    for (const status of ['active', 'paused', 'stalled', 'completed', 'failed', 'archived'] as const) {
      const total = Number((await this.#hub.ask('GET', `/sessions?status=${status}`)).headers['x-total-count'])
      expect(total, status).toBe(this.#sessions.filter((one) => one.status === status).length)
    }
  }

  async #create(machine: string, slot: number | undefined, now: number): Promise<void> {
    const id = randomUUID()
    const status = slot === undefined ? 201 : (this.#slotRefusal(machine, slot, undefined) ?? 201)
    const body = { session_id: id, project_id: 'p', machine_id: machine, ...(slot === undefined ? {} : { docker_slot: slot }) }
    await this.#ask('POST', '/sessions', status, body)
    if (status !== 201) return
    this.#sessions.push({
      id,
      machine,
      slot,
      status: 'active',
      before: 'active',
      lastHeartbeat: now,
      due: now + STALL,
      observed: false,
      recoveries: 0,
      attempt: 1,
      endedAt: undefined,
      observedEnd: undefined,
      current: undefined,
      tasks: new Map(),
    })
  }

  /** Whatever a client of an earlier attempt asks for is refused, and changes nothing. */
  async #tryOld(one: ModelSession, step: Step & { s: number }): Promise<void> {
    const old = { attempt: one.attempt - 1 }
    const url = `/sessions/${one.id}`
    const [task = randomUUID()] = one.tasks.keys()
    const requests: Partial<Record<Step['op'], [method: string, url: string, body?: object]>> = {
      put: ['PUT', url, { status: 'completed', ...old }],
      slot: ['PUT', url, { docker_slot: null, ...old }],
      heartbeat: ['POST', `${url}/heartbeat`, old],
      'mark-failed': ['POST', `${url}/mark-failed`, { reason: 'r', ...old }],
      'mark-stalled': ['POST', `${url}/mark-stalled`, { reason: 'r', ...old }],
      'process-ended': ['POST', `${url}/process-ended`, { witness: 'w', ...old }],
      delete: ['DELETE', `${url}?attempt=${old.attempt}`],
      task: ['POST', '/tasks', { session_id: one.id, task_name: 't', ...old }],
      ...(one.tasks.has(task)
        ? {
            move: ['POST', `/tasks/${task}/complete`, old],
            untask: ['DELETE', `/tasks/${task}?attempt=${old.attempt}`],
          }
        : {}),
      assign: ['POST', '/machines/m1/assign-session', { session_id: one.id, ...old }],
      release: ['POST', `/machines/${one.machine}/release-session`, { session_id: one.id, ...old }],
    }
    const request = requests[step.op]
    if (request === undefined) return
    const read = async () => [(await this.#hub.ask('GET', url)).json(), (await this.#hub.ask('GET', `${url}/tasks`)).json()]
    const before = await read()
    const [method, path, payload] = request
    const answer = await this.#hub.ask(method, path, payload === undefined ? {} : { payload })
    expect([answer.statusCode, answer.json().error, answer.json().details?.attempt], `${method} ${path}`).toEqual([
      409,
      'attempt_superseded',
      one.attempt,
    ])
    expect(await read()).toEqual(before)
  }

  async #declare(machine: string, slots: number[]): Promise<void> {
    const held = this.#slots[machine]!.some((slot) => !slots.includes(slot) && this.#holder(machine, slot) !== undefined)
    await this.#ask('PUT', `/machines/${machine}`, held ? 409 : 200, { docker_slots: slots })
    if (!held) this.#slots[machine] = slots
  }

  async #pass(minutes: number): Promise<void> {
    const interval = this.#looks === 'once a minute' ? 60 : 4
    let monitor = this.#thawed()
    for (let second = 0; second < minutes * 60; second += interval) {
      this.#hub.clock.pass(interval * 1000)
      if (this.#looks === 'once a minute') monitor = this.#thawed()
      else if (second === 0) await this.#takeOver()
      // The machines are not what this is about.
      if (second % 240 === 0) for (const id of machines) await this.#ask('POST', `/machines/${id}/heartbeat`, 200, {})
      const now = this.#hub.clock.now()
      const graceOf = ({ lastHeartbeat }: ModelSession) =>
        this.#gaps.reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, lastHeartbeat)), 0)
      const due = (one: ModelSession) => (one.due ?? Number.POSITIVE_INFINITY) + graceOf(one)
      const monitored = this.#sessions.filter((one) => one.status === 'active' || one.status === 'paused')
      const overdue = monitored.filter((one) => due(one) <= now)
      // Overdue within one heartbeat interval, and without a grace period since its last heartbeat.
      const promised = monitored.filter((one) => !one.observed)
      const missing = promised.filter((one) => graceOf(one) < STALL / 5 && one.lastHeartbeat + STALL + graceOf(one) - STALL / 5 <= now)
      if (overdue.length > 0 && missing.length >= 5 && missing.length >= 0.3 * monitored.length)
        this.#gaps.push({ from: Math.min(...missing.map((one) => one.lastHeartbeat)), to: now })
      else for (const one of overdue) one.observed ? this.#lose(one) : this.#stall(one)
      await monitor.check()
    }
  }

  #thawed(): Pick<TestHub['monitor'], 'check'> {
    return this.#monitors[this.#turn++ % this.#monitors.length]!
  }

  /** What a hub missed while it was frozen, the other has not: only the time since the last note of that one does not count. */
  async #takeOver(): Promise<void> {
    if (this.#looks !== 'by one of two') return
    const now = this.#hub.clock.now()
    const { until = now } = await this.#hub.store.listening.read()
    if (now - until > 5_000) this.#gaps.push({ from: until, to: now })
  }

  #become(one: ModelSession, status: SessionStatus, now: number): void {
    one.status = status
    if (status !== 'completed' && status !== 'failed') return
    one.endedAt = now
    one.due = undefined
    one.slot = undefined
    for (const [id, task] of one.tasks) {
      if (task.status !== 'in_progress') continue
      task.status = 'failed'
      task.endedWithSession = true
      if (one.current === id) one.current = undefined
    }
  }

  #stall(one: ModelSession): void {
    one.before = one.status as 'active' | 'paused'
    one.status = 'stalled'
    one.due = undefined
  }

  /** It is not seen any more, and keeps its status. */
  #lose(one: ModelSession): void {
    one.due = undefined
  }

  async #observe(one: ModelSession, what: 'alive' | 'end', now: number): Promise<void> {
    const observation = {
      observation_id: `${now}`,
      session_id: one.id,
      source: 'process-file',
      at: new Date(now).toISOString(),
      ...(what === 'alive' ? { alive: true } : { end: { outcome: 'failed', reason: 'process ended' } }),
    }
    await this.#ask('POST', '/sessions/observations', 200, { machine_id: one.machine, observations: [observation] })
    one.observed = true
    one.lastHeartbeat = now
    const wasObserved = one.observedEnd === one.endedAt
    if (what === 'end') {
      one.observedEnd = now
      if (live(one.status)) this.#become(one, 'failed', now)
      // Reported again, by the same source.
      else if (wasObserved && one.status !== 'archived') one.endedAt = now
      return
    }
    if (!live(one.status)) {
      if (now <= one.endedAt! + (wasObserved ? 0 : SHUTDOWN)) return
      one.status = 'active'
      one.endedAt = undefined
    } else if (one.status === 'stalled') one.status = one.before
    one.due = Math.max(one.due ?? 0, now + COLLECTOR_TIMEOUT)
  }

  #recover(one: ModelSession, machine: string, slot: number | undefined, now: number): void {
    one.status = 'active'
    one.slot = machine === one.machine || slot !== undefined ? slot : undefined
    one.machine = machine
    one.recoveries++
    one.attempt++
    one.endedAt = undefined
    one.lastHeartbeat = now
    one.due = now + STALL
    for (const [id, task] of one.tasks) {
      if (task.status !== 'failed' && task.status !== 'in_progress') continue
      task.status = 'pending'
      task.started = false
      if (one.current === id) one.current = undefined
    }
  }

  #holder(machine: string, slot: number): ModelSession | undefined {
    return this.#sessions.find((one) => one.machine === machine && one.slot === slot && live(one.status))
  }

  #slotRefusal(machine: string, slot: number | undefined, self: ModelSession | undefined): 400 | 409 | undefined {
    if (slot === undefined) return undefined
    if (!this.#slots[machine]!.includes(slot)) return 400
    const holder = this.#holder(machine, slot)
    return holder !== undefined && holder !== self ? 409 : undefined
  }

  #lowestFree(machine: string, self: ModelSession): number | undefined {
    return this.#slots[machine]!.find((slot) => {
      const holder = this.#holder(machine, slot)
      return holder === undefined || holder === self
    })
  }

  async #ask(method: string, url: string, wanted: number, payload?: object): Promise<void> {
    const answer = await this.#hub.ask(method, url, payload === undefined ? {} : { payload })
    expect(answer.statusCode, `${method} ${url} ${JSON.stringify(payload)}: ${answer.body}`).toBe(wanted)
  }
}
