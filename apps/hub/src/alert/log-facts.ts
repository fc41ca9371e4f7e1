import type { ClaudeSession } from '@signalbox/contract/claude-session'
import type { CollectorHealth } from '@signalbox/contract/collector-health'
import type { MachineCollector } from '@signalbox/contract/collector-heartbeat'
import type { HubEvent } from '@signalbox/contract/event'
import type { Machine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'
import type { WeekStart } from '@signalbox/usage/zone'
import type { StoredCollector } from '../state/machine-collector.ts'
import type { MachineRecord } from '../state/machine-record.ts'
import type { TaskRecord } from '../state/task-record.ts'
import { isLive } from '../state/transition.ts'
import type { WatchedSession } from '../state/watched-session.ts'
import type { CollectorRecord } from '../store/collector.ts'
import type { TaskOfSession } from '../store/task.ts'
import type { Facts } from './facts.ts'
import type { MonitorPause } from './monitor-pause.ts'

type Data = Readonly<Record<string, unknown>>

/** A collector counts as in contact until an event says that its machine is offline: heartbeats are not in the log. */
const ALWAYS_CONNECTED_MS = Number.MAX_SAFE_INTEGER / 4

/** Facts of which none is known; what a preview knows replaces some. */
export function noFacts(timezone: string, weekStart: WeekStart): Facts {
  const none = async () => undefined
  const empty = async () => []
  const noCost = { usd: 0, estimated_usd: 0, at_least: false }
  return {
    timezone,
    weekStart,
    pause: none,
    session: none,
    sessions: async () => new Map(),
    task: none,
    tasks: async () => new Map(),
    machines: async () => new Map(),
    collectors: empty,
    sourceSince: none,
    fullSince: async () => 0,
    limits: empty,
    cost: async () => noCost,
    reachedAt: none,
    pastCosts: empty,
    firstCallSince: none,
    hub: async () => ({}),
    channels: empty,
  }
}

/** Sessions, tasks and machines as the event log shows them, one event after the other. */
export class LogFacts {
  readonly #base: Facts
  readonly #sessions = new Map<string, WatchedSession>()
  readonly #tasks = new Map<string, TaskOfSession>()
  readonly #tasksOf = new Map<string, Set<string>>()
  readonly #machines = new Map<string, MachineRecord>()
  readonly #collectors = new Map<string, CollectorRecord>()
  readonly #pauses = new Map<string, MonitorPause>()
  /** Since when each source has had its state. */
  readonly #sources = new Map<string, { readonly state: string; readonly since: number }>()
  /** When the slots of each machine, or who holds them, changed last. */
  readonly #slotsChanged = new Map<string, number>()

  constructor(timezone: string, weekStart: WeekStart) {
    this.#base = noFacts(timezone, weekStart)
  }

  /** The facts as they are now: an object of its own for each judgement, by which rules know what they have read already. */
  facts(): Facts {
    return {
      ...this.#base,
      pause: async () => [...this.#pauses.values()].at(-1),
      session: async (id) => this.#sessions.get(id),
      sessions: async () => this.#sessions,
      task: async (id) => this.#tasks.get(id),
      tasks: async () => this.#tasks,
      machines: async () => this.#machines,
      collectors: async () => [...this.#collectors.values()],
      sourceSince: async (machine, source) => this.#sources.get(`${machine}\n${source}`)?.since,
      fullSince: async (machines) => Math.max(...machines.map((machine) => this.#slotsChanged.get(machine) ?? 0)),
    }
  }

  tasksOf(sessionId: string): readonly string[] {
    return [...(this.#tasksOf.get(sessionId) ?? [])]
  }

  /** @returns whether slots are held by others than before */
  apply({ event, at, data }: HubEvent): boolean {
    const ms = Date.parse(at)
    if (event.startsWith('session.')) return this.#applySession(data, ms)
    if (event.startsWith('task.')) this.#applyTask(data)
    else if (event === 'machine.removed') return this.#machines.delete(String(data.machine_id))
    else if (event.startsWith('machine.')) return this.#applyMachine(data, ms)
    else if (event === 'limits.snapshot') this.#applyHealth(data, at)
    else if (event === 'monitor.paused') this.#pauses.set(String(data.alert_id), pauseOf(data, ms))
    else if (event === 'monitor.resumed') this.#pauses.delete(String(data.alert_id))
    return false
  }

  #applySession(data: Data, at: number): boolean {
    const id = String(data.session_id)
    const before = this.#sessions.get(id)
    const after = data.status === 'gone' ? undefined : sessionOf(data, before)
    if (after === undefined) this.#sessions.delete(id)
    else this.#sessions.set(id, after)
    for (const task of this.#tasksOf.get(id) ?? []) {
      const known = this.#tasks.get(task)
      if (after === undefined) this.#tasks.delete(task)
      else if (known !== undefined) this.#tasks.set(task, { ...known, session_status: after.status })
    }
    const [from, to] = [before, after].map((session) => (session?.docker_slot ? `${session.docker_slot} ${session.machine_id}` : ''))
    if (from === to) return false
    for (const session of [before, after]) if (session !== undefined) this.#slotsChanged.set(session.machine_id, at)
    return true
  }

  #applyTask(data: Data): void {
    const { task_id: id, session_id: session, status } = data as { task_id: string; session_id: string; status: string }
    if (status === 'gone') {
      this.#tasks.delete(id)
      this.#tasksOf.get(session)?.delete(id)
      return
    }
    const ofSession = this.#tasksOf.get(session) ?? new Set()
    this.#tasksOf.set(session, ofSession.add(id))
    const session_status = this.#sessions.get(session)?.status ?? 'active'
    this.#tasks.set(id, { task: taskOf(data), machine_id: String(data.machine_id), session_status })
  }

  #applyMachine(data: Data, at: number): boolean {
    const machine = machineOf(data, this.#machines.get(String(data.machine_id)))
    const { machine_id: id } = machine
    const before = this.#machines.get(id)
    this.#machines.set(id, machine)
    const { sources = [] } = (data.collector as MachineCollector | undefined) ?? {}
    for (const { name, state } of sources) {
      const key = `${id}\n${name}`
      if (this.#sources.get(key)?.state !== state) this.#sources.set(key, { state, since: at })
    }
    const isSame = before?.status === machine.status && before.docker_slots.join() === machine.docker_slots.join()
    if (!isSame) this.#slotsChanged.set(id, at)
    return !isSame
  }

  #applyHealth(data: Data, at: string): void {
    const { machine_id: machine, state, account } = data as { machine_id?: string; state?: CollectorHealth['state']; account?: string }
    if (machine === undefined || state === undefined) return
    const health: CollectorHealth = {
      state,
      consecutiveFailures: 0,
      ...(state === 'ok' ? { lastSuccessAt: at } : { lastError: { category: 'UNKNOWN', message: '', at } }),
    }
    this.#collectors.set(machine, { machine, account, health, seenAt: ALWAYS_CONNECTED_MS, askedAt: undefined })
  }
}

const ms = (instant: string | undefined): number | null => (instant === undefined ? null : Date.parse(instant))

function sessionOf(data: Data, before: WatchedSession | undefined): WatchedSession {
  const session = data as unknown as Session & { reason?: string }
  const claude: Partial<ClaudeSession> = session.claude_code ?? {}
  const isFailed = session.status === 'failed'
  return {
    session_id: session.session_id,
    project_id: session.project_id,
    machine_id: session.machine_id,
    docker_slot: isLive(session.status) ? (session.docker_slot ?? null) : null,
    status: session.status,
    stalled_at: ms(session.stalled_since),
    activity: session.activity ?? null,
    waiting_for: session.waiting_for ?? null,
    waiting_since: ms(session.waiting_since),
    completed_at: ms(session.completed_at),
    not_seen_since: ms(session.not_seen_since),
    created_at: Date.parse(session.created_at),
    updated_at: Date.parse(session.updated_at),
    name: claude.name ?? null,
    model: claude.model ?? null,
    activity_since: ms(claude.activity_since),
    failure_reason: isFailed ? (session.reason ?? before?.failure_reason ?? null) : null,
  }
}

function taskOf(data: Data): TaskRecord {
  const task = data as unknown as Task
  return {
    task_id: task.task_id,
    session_id: task.session_id,
    project_id: task.project_id,
    github_issue_id: task.github_issue_id ?? null,
    task_name: task.task_name,
    status: task.status,
    started_at: ms(task.started_at),
    completed_at: ms(task.completed_at),
    error_message: task.error_message ?? null,
    metadata: '{}',
    created_at: Date.parse(task.created_at),
    updated_at: Date.parse(task.updated_at),
    revision: task.revision,
  }
}

function machineOf(data: Data, before: MachineRecord | undefined): MachineRecord {
  const machine = data as unknown as Omit<Machine, 'metadata' | 'active_sessions'>
  const collector = machine.collector ?? (before?.collector ? (JSON.parse(before.collector) as StoredCollector) : undefined)
  const stored = collector && {
    ...collector,
    at: Date.parse(machine.last_heartbeat),
    heartbeat_interval_ms: machine.status === 'offline' ? 0 : ALWAYS_CONNECTED_MS,
  }
  return {
    machine_id: machine.machine_id,
    hostname: machine.hostname,
    docker_slots: machine.docker_slots,
    status: machine.status,
    last_heartbeat: Date.parse(machine.last_heartbeat),
    due_at: null,
    implicit: false,
    collector: stored === undefined ? null : JSON.stringify(stored),
    metadata: '{}',
    created_at: Date.parse(machine.created_at),
    updated_at: Date.parse(machine.updated_at),
    revision: machine.revision,
  }
}

function pauseOf(data: Data, since: number): MonitorPause {
  return { id: String(data.alert_id), reason: String(data.reason), since, until: Date.parse(String(data.until)) || since }
}
