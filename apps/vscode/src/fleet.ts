import type { LiveEvent } from '@signalbox/client'
import { isOnBoard, needsAttention } from '@signalbox/client/session-state'
import type { Alert } from '@signalbox/contract/alert'
import type { ClaudeSession } from '@signalbox/contract/claude-session'
import type { Machine } from '@signalbox/contract/machine'
import type { AskedQuestion } from '@signalbox/contract/question'
import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'

/** A session without what may be large. */
export type FleetSession = Omit<Session, 'metadata' | 'claude_code'> & {
  readonly claude_code?: Pick<ClaudeSession, 'name' | 'branch' | 'model' | 'activity_since'> | undefined
}
export type FleetAlert = Pick<
  Alert,
  'alert_id' | 'kind' | 'about' | 'state' | 'severity' | 'summary' | 'created_at' | 'opened_at' | 'acknowledged' | 'snoozed'
>
export type FleetMachine = Pick<Machine, 'machine_id' | 'hostname' | 'status' | 'docker_slots' | 'revision'>

/** Those of this workspace and those that need someone are kept, and the newest of the others: a tree of more is not read, and memory is the editor's. */
export const MAX_SESSIONS = 500

export interface FleetContent {
  readonly sessions: readonly Session[]
  readonly machines: readonly Machine[]
  readonly questions: readonly AskedQuestion[]
  /** Open or clearing. */
  readonly alerts: readonly FleetAlert[]
}

/** What the hub has: its machines, the sessions that run or ended just now, and what they ask. Events keep it current. */
export class Fleet {
  readonly #isOwn: (session: FleetSession) => boolean
  readonly sessions = new Map<string, FleetSession>()
  readonly machines = new Map<string, FleetMachine>()
  /** Open questions, by session. */
  readonly questions = new Map<string, AskedQuestion>()
  /** Open alerts, by id. */
  readonly alerts = new Map<string, FleetAlert>()
  readonly #alertsBySession = new Map<string, readonly FleetAlert[]>()
  /** By session, of those whose tasks were asked for. */
  readonly tasks = new Map<string, Map<string, Task>>()

  /** @param isOwn whether a session is of this workspace */
  constructor(isOwn: (session: FleetSession) => boolean = () => false) {
    this.#isOwn = isOwn
  }

  load({ sessions, machines, questions, alerts }: FleetContent, now: number): void {
    this.sessions.clear()
    for (const session of sessions) if (isSession(session) && isOnBoard(session, now)) this.sessions.set(session.session_id, pick(session))
    this.#keepMax()
    this.machines.clear()
    for (const machine of machines) this.machines.set(machine.machine_id, pickMachine(machine))
    this.setQuestions(questions)
    this.setAlerts(alerts)
    for (const id of this.tasks.keys()) if (!this.sessions.has(id)) this.tasks.delete(id)
  }

  setQuestions(questions: readonly AskedQuestion[]): void {
    this.questions.clear()
    for (const question of questions) if (question.state === 'open') this.questions.set(question.session_id, question)
  }

  setAlerts(alerts: readonly FleetAlert[]): void {
    this.alerts.clear()
    this.#alertsBySession.clear()
    for (const alert of alerts.map(pickAlert)) {
      this.alerts.set(alert.alert_id, alert)
      const id = alert.about.session_id
      if (id !== undefined) this.#alertsBySession.set(id, [...this.alertsOf(id), alert])
    }
  }

  /** The open alerts about a session, the newest first. */
  alertsOf(sessionId: string): readonly FleetAlert[] {
    return this.#alertsBySession.get(sessionId) ?? []
  }

  setTasks(sessionId: string, tasks: readonly Task[]): void {
    this.tasks.set(sessionId, new Map(tasks.map((task) => [task.task_id, task])))
  }

  /** @returns whether anything that is shown has changed */
  apply({ event, data }: LiveEvent, now: number): boolean {
    if (event.startsWith('session.')) return this.#applySession(data as unknown as FleetSession, now)
    if (event.startsWith('task.')) return this.#applyTask(data as unknown as Task)
    if (event === 'machine.removed') return this.machines.delete(String(data.machine_id))
    if (event.startsWith('machine.')) return this.#applyMachine(data as unknown as Machine)
    if (event === 'question.ended' || event === 'question.answered') {
      const { question_id, session_id } = data as unknown as AskedQuestion
      return this.questions.get(session_id)?.question_id === question_id && this.questions.delete(session_id)
    }
    return false
  }

  /** Drops sessions that ended long ago. @returns whether there was one */
  expire(now: number): boolean {
    const ended = [...this.sessions.values()].filter((session) => !isOnBoard(session, now))
    for (const { session_id } of ended) this.#remove(session_id)
    return ended.length > 0
  }

  /** Sessions that do not continue until someone acts, those that have waited longest first. */
  attention(): FleetSession[] {
    return [...this.sessions.values()]
      .filter(needsAttention)
      .sort((a, b) => attentionSince(a).localeCompare(attentionSince(b)) || a.session_id.localeCompare(b.session_id))
  }

  #applySession(sent: FleetSession, now: number): boolean {
    if (!isSession(sent)) return false
    const known = this.sessions.get(sent.session_id)
    if (known !== undefined && sent.revision < known.revision) return false
    if (!isOnBoard(sent, now)) return this.#remove(sent.session_id)
    // An event leaves out the state of Claude Code where that is unchanged.
    const claude = sent.claude_code ?? known?.claude_code
    this.sessions.set(sent.session_id, pick(claude === undefined ? sent : { ...sent, claude_code: claude }))
    this.#keepMax()
    return true
  }

  #applyTask(task: Task): boolean {
    const tasks = this.tasks.get(task.session_id)
    const known = tasks?.get(task.task_id)
    if (tasks === undefined || (known !== undefined && task.revision < known.revision)) return false
    tasks.set(task.task_id, task)
    return true
  }

  #applyMachine(machine: Machine): boolean {
    const known = this.machines.get(machine.machine_id)
    if (known !== undefined && machine.revision < known.revision) return false
    this.machines.set(machine.machine_id, pickMachine(machine))
    return known?.status !== machine.status || known.hostname !== machine.hostname
  }

  #keepMax(): void {
    const surplus = this.sessions.size - MAX_SESSIONS
    if (surplus <= 0) return
    const ranked = [...this.sessions.values()].map((session) => ({
      session,
      rank: (this.#isOwn(session) ? 2 : 0) + (needsAttention(session) ? 1 : 0),
    }))
    ranked.sort((a, b) => a.rank - b.rank || (a.session.started_at < b.session.started_at ? -1 : 1))
    for (const { session } of ranked.slice(0, surplus)) this.#remove(session.session_id)
  }

  #remove(id: string): boolean {
    this.tasks.delete(id)
    this.questions.delete(id)
    return this.sessions.delete(id)
  }
}

/** Since when a session needs someone, as ISO 8601. */
export function attentionSince({ waiting_since, stalled_since, completed_at, updated_at }: FleetSession): string {
  return waiting_since ?? stalled_since ?? completed_at ?? updated_at
}

const fields = [
  'session_id',
  'project_id',
  'machine_id',
  'docker_slot',
  'attempt',
  'status',
  'stalled_since',
  'activity',
  'waiting_for',
  'waiting_since',
  'current_task_id',
  'last_heartbeat',
  'started_at',
  'completed_at',
  'not_seen_since',
  'created_at',
  'updated_at',
  'revision',
] as const

/** A program that answers in the place of the hub sends others, which no row could be made of. */
function isSession(sent: FleetSession): boolean {
  return required.every((field) => typeof sent[field] === 'string')
}

const required = ['session_id', 'project_id', 'machine_id', 'started_at', 'updated_at'] as const

function pick(session: FleetSession): FleetSession {
  const own = Object.fromEntries(fields.filter((field) => session[field] !== undefined).map((field) => [field, session[field]]))
  const { name, branch, model, activity_since } = session.claude_code ?? {}
  return {
    ...own,
    ...(session.claude_code === undefined ? {} : { claude_code: { name, branch, model, activity_since } }),
  } as FleetSession
}

function pickAlert(alert: FleetAlert): FleetAlert {
  const { alert_id, kind, about, state, severity, summary, created_at, opened_at, acknowledged, snoozed } = alert
  return {
    alert_id,
    kind,
    about,
    state,
    severity,
    summary,
    created_at,
    ...(opened_at === undefined ? {} : { opened_at }),
    ...(acknowledged === undefined ? {} : { acknowledged }),
    ...(snoozed === undefined ? {} : { snoozed }),
  }
}

function pickMachine({ machine_id, hostname, status, docker_slots, revision }: Machine): FleetMachine {
  return { machine_id, hostname, status, docker_slots, revision }
}
