import { createHash } from 'node:crypto'
import { readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import type { ClaudeField } from '@signalbox/contract/claude-session'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { SessionTranscript, type TimedActivity, type TranscriptNews } from './session-transcript.ts'
import { parseSubagentPath, SubagentTranscript } from './subagent-transcript.ts'

export interface SessionFollowerOptions {
  readonly id: string
  /** Rows from before are not events of this run. */
  readonly since: number
  readonly put: (observation: SessionObservation) => void
  readonly usage: () => SessionObservation['fields'] | undefined
  readonly toSentName: (name: string) => string
  readonly redacts: boolean
  /** Numbers of the session are written down at most this often, in milliseconds. */
  readonly fieldsInterval: () => number
}

/** What the new rows of a transcript say that no process file names. */
export interface PeekedTranscript {
  readonly cwd: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** They are of a conversation, not only of commands such as `/clear`. */
  readonly hasTurn: boolean
  readonly version?: string
  readonly entrypoint?: string
}

/** Follows the transcripts of one session, its subagents' too, and writes down what they say. */
export class SessionFollower {
  readonly #options: SessionFollowerOptions
  readonly #subagents = new Map<string, SubagentTranscript>()
  /** When each subagent started, as it was written down. */
  readonly #startedAgents = new Map<string, string>()
  #transcript: SessionTranscript | undefined
  #usedPath: string | undefined
  #peeked: TranscriptNews | undefined
  #sentFields = new Map<string, string | number | null>()
  #sentAt = Number.NEGATIVE_INFINITY
  #isUsageDirty = true
  #sentActivity = ''
  #isCloseReported = false
  project = 'unknown'
  /** A process file names the session, so its process decides whether it lives. */
  isProcess = false
  /** The process file has the session's name: one in the transcript may be from an earlier process. */
  isNamedByProcess = false
  /** Nothing else knows the activity. */
  isAuthoritative = true
  lastRowAt: number

  constructor(options: SessionFollowerOptions) {
    this.#options = options
    this.lastRowAt = options.since
  }

  /** The client has written its final sums. */
  get isClosed(): boolean {
    return this.#transcript?.isClosed === true
  }

  /** The session goes on, though its transcript has no new row yet. */
  reopen(): void {
    if (this.#transcript !== undefined) this.#transcript.isClosed = false
  }

  /** By the transcript, a turn is open. */
  get isWorking(): boolean {
    return this.#transcript?.activity !== undefined && this.#transcript.activity.activity !== 'idle'
  }

  /** The version that has written the last row; undefined where none says it. */
  get version(): string | undefined {
    const version = this.#transcript?.fields.version
    return typeof version === 'string' ? version : undefined
  }

  get hasTranscript(): boolean {
    return this.#transcript !== undefined
  }

  useTranscript(file: string): void {
    if (file === this.#usedPath) return
    this.#usedPath = file
    // The folder may be a link, and each name of it would be another file.
    const real = realpathSync(file)
    if (this.#transcript?.file !== real) this.#transcript = new SessionTranscript(real)
  }

  hasNew(): boolean {
    const transcript = this.#transcript
    if (transcript === undefined) return false
    const size = statSync(transcript.file, { throwIfNoEntry: false })?.size
    return size !== undefined && transcript.hasNew(size)
  }

  usageChanged(): void {
    this.#isUsageDirty = true
  }

  /** Reads a transcript that no process file names. @returns what it needs to become a session; undefined when nothing is new */
  peek(): PeekedTranscript | undefined {
    const transcript = this.#transcript
    if (transcript === undefined) return undefined
    const news = transcript.read(this.#options.since)
    this.#peeked = news
    const at = news.rowAt ?? news.noteAt
    if (at === undefined || transcript.cwd === undefined) return undefined
    const { version } = transcript.fields
    return {
      cwd: transcript.cwd,
      at,
      hasTurn: news.rowAt !== undefined,
      ...(typeof version === 'string' ? { version } : {}),
      ...(transcript.entrypoint === undefined ? {} : { entrypoint: transcript.entrypoint }),
    }
  }

  reportPeeked(now: number): void {
    if (this.#peeked !== undefined) this.#report(this.#peeked, now)
    this.#peeked = undefined
  }

  /** Writes down the fields of a session that has ended, and nothing of what happened in it. */
  reportFields(now: number, toProject: (cwd: string) => string): void {
    const transcript = this.#transcript
    transcript?.read(this.#options.since)
    if (transcript?.cwd === undefined) return
    this.project = toProject(transcript.cwd)
    this.flushFields(now, true)
  }

  /** Reads what is new and writes it down. */
  read(now: number): void {
    if (this.#transcript === undefined) return
    this.#report(this.#transcript.read(this.#options.since), now)
  }

  readSubagent(file: string, agentId: string, now: number): void {
    let subagent = this.#subagents.get(agentId)
    if (subagent === undefined) {
      subagent = new SubagentTranscript(file, agentId)
      this.#subagents.set(agentId, subagent)
    }
    if (subagent.read()) this.#reportSubagents([subagent], now)
    this.#isUsageDirty = true
  }

  /**
   * Finds the subagents that ran before this collector did. Called before the transcript is read, which names those that have ended.
   * @param since when the process began with this session: the subagents of an earlier one have ended with it
   */
  findSubagents(since: number): void {
    const folder = this.#transcript?.file.replace(/\.jsonl$/, `${path.sep}subagents`)
    if (folder === undefined) return
    for (const name of listFiles(folder)) {
      const file = path.join(folder, name)
      const agentId = parseSubagentPath(file)?.agentId
      if (agentId === undefined || this.#subagents.has(agentId)) continue
      const subagent = new SubagentTranscript(file, agentId)
      subagent.read()
      if (subagent.isRunning && subagent.startedAt! >= since) this.#subagents.set(agentId, subagent)
    }
  }

  /** Says which subagents run now: others may have ended while no collector ran. @param wasKnown an earlier one has reported the session */
  reportRunning(now: number, wasKnown: boolean): void {
    const running = this.#runningSubagents()
    if (running.length > 0) this.#reportSubagents([...this.#subagents.values()], now)
    if (running.length === 0 && !wasKnown) return
    const { id, put } = this.#options
    const observationId = `transcript:${id}:subagents:${now}`
    put({ ...this.#base(), observation_id: observationId, at: new Date(now).toISOString(), subagents_running: running })
  }

  #runningSubagents(): string[] {
    const running = [...this.#subagents.values()].filter(({ isRunning }) => isRunning)
    return running.map(({ agentId }) => agentId).slice(0, 200)
  }

  /** Writes everything down once more. */
  reportAgain(now: number): void {
    this.#sentFields.clear()
    this.#sentActivity = ''
    this.#startedAgents.clear()
    this.flushFields(now, true)
    const activity = this.#transcript?.activity
    if (activity !== undefined) this.#reportActivity(activity)
    const running = [...this.#subagents.values()].filter(({ isRunning }) => isRunning)
    if (running.length > 0) this.#reportSubagents(running, now)
  }

  /** Writes down the fields that have changed. @param isLast at once, whenever the last ones were */
  flushFields(now: number, isLast = false): void {
    const { id, put, usage, fieldsInterval } = this.#options
    const elapsed = now - this.#sentAt
    if (!isLast && elapsed >= 0 && elapsed < fieldsInterval()) return
    const known: Record<string, string | number | null> = { ...this.#sentFieldsOfTranscript() }
    if (this.#isUsageDirty) Object.assign(known, usage())
    this.#isUsageDirty = false
    const renewed = this.#transcript?.renewed
    const changed = Object.entries(known).filter(
      ([name, value]) => renewed?.has(name) || (this.#sentFields.get(name) !== value && !(value === null && !this.#sentFields.has(name))),
    )
    renewed?.clear()
    if (changed.length === 0) return
    for (const [name, value] of changed) this.#sentFields.set(name, value)
    this.#sentAt = now
    const fields = Object.fromEntries(changed) as NonNullable<SessionObservation['fields']>
    const digest = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 12)
    put({ ...this.#base(), observation_id: `transcript:${id}:fields:${now}:${digest}`, at: new Date(now).toISOString(), fields })
  }

  #base() {
    return { session_id: this.#options.id, source: 'transcript' as const, project_id: this.project }
  }

  #sentFieldsOfTranscript(): { [name in ClaudeField]?: string | number | null } {
    const { toSentName, redacts } = this.#options
    const { name, branch, version, ...others } = this.#transcript?.fields ?? {}
    const entrypoint = this.#transcript?.entrypoint
    return {
      ...others,
      // The process file says these more exactly.
      ...(this.isProcess || version === undefined ? {} : { version }),
      ...(this.isProcess || entrypoint === undefined ? {} : { kind: entrypoint.startsWith('sdk') ? 'print' : 'interactive' }),
      ...(typeof branch === 'string' ? { branch: toSentName(branch).slice(0, 200) } : {}),
      ...(typeof name === 'string' && !redacts && !this.isNamedByProcess ? { name } : {}),
    }
  }

  #report(news: TranscriptNews, now: number): void {
    const { id, put } = this.#options
    if (news.rowAt !== undefined) {
      this.lastRowAt = Math.max(this.lastRowAt, news.rowAt)
      this.#isUsageDirty = true
    }
    for (const activity of news.activities) this.#reportActivity(activity)
    for (const { at, event } of news.events) {
      put({ ...this.#base(), observation_id: `transcript:${id}:${event.kind}:${at}`, at: new Date(at).toISOString(), event })
    }
    const ended = news.endedAgents.flatMap((agentId) => {
      const subagent = this.#subagents.get(agentId)
      return subagent?.end(news.rowAt ?? now) ? [subagent] : []
    })
    if (ended.length > 0) this.#reportSubagents(ended, now)
    this.flushFields(now)
    if (!this.isClosed) this.#isCloseReported = false
    else if (!this.isProcess && !this.#isCloseReported && this.lastRowAt > this.#options.since) this.#reportClosed(this.lastRowAt)
  }

  #reportActivity({ at, activity, waitingFor }: TimedActivity): void {
    if (!this.isAuthoritative) return
    const { id, put } = this.#options
    const key = `transcript:${id}:${at}:${activity}`
    if (key === this.#sentActivity) return
    this.#sentActivity = key
    put({
      ...this.#base(),
      observation_id: key,
      at: new Date(at).toISOString(),
      activity,
      ...(waitingFor === undefined ? {} : { waiting_for: waitingFor, event: { kind: 'waiting' as const, reason: waitingFor } }),
      // Without a process file, a new row is all that shows that the session lives.
      ...(this.isProcess ? {} : { alive: true }),
    })
  }

  /** Without a process file, the final sums are the end. */
  #reportClosed(at: number): void {
    const { id, put } = this.#options
    this.#isCloseReported = true
    const end = { outcome: 'completed' as const, reason: 'exit' }
    put({
      ...this.#base(),
      observation_id: `transcript:${id}:ended:${at}`,
      // The sums have no time; they follow the last row.
      at: new Date(at + 1).toISOString(),
      alive: false,
      end,
      event: { kind: 'ended', reason: end.reason },
    })
  }

  #reportSubagents(changed: readonly SubagentTranscript[], now: number): void {
    const { id, put, since } = this.#options
    const running = this.#runningSubagents()
    for (const subagent of changed) {
      const described = subagent.describe()
      const time = described.ended_at ?? described.started_at ?? new Date(now).toISOString()
      // The subagents of an earlier run of this session are history.
      if (Date.parse(time) < since) continue
      const base = { ...this.#base(), subagents_running: running }
      const name = described.agent_type === undefined ? {} : { name: described.agent_type }
      const key = `transcript:${id}:subagent:${subagent.agentId}`
      if (described.started_at !== undefined && this.#startedAgents.get(subagent.agentId) !== described.started_at) {
        this.#startedAgents.set(subagent.agentId, described.started_at)
        const { ended_at: _, ...started } = described
        const event = { kind: 'subagent-started' as const, agent_id: subagent.agentId, ...name }
        put({ ...base, observation_id: `${key}:started:${described.started_at}`, at: described.started_at, subagents: [started], event })
      }
      if (described.ended_at !== undefined) {
        const duration = Date.parse(described.ended_at) - Date.parse(described.started_at ?? described.ended_at)
        const event = { kind: 'subagent-ended' as const, agent_id: subagent.agentId, ...name, duration_ms: Math.max(0, duration) }
        put({ ...base, observation_id: `${key}:ended:${described.ended_at}`, at: described.ended_at, subagents: [described], event })
      }
    }
  }
}

/** The files in a folder and those below it; none where it does not exist. */
function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}
