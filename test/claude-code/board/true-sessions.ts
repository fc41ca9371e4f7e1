import fs from 'node:fs'
import path from 'node:path'
import type { Activity, WaitingFor } from '@signalbox/contract/session'
import type { MessagesApi, Usage } from '../../support/messages-api.ts'
import type { ProcessFile } from '../process-file.ts'

/** What is true about a session, by the client's own files, the operating system and the log of the stand-in. */
export interface TrueState {
  readonly status: 'active' | 'completed' | 'failed'
  /** Undefined where no file says it: versions without a status, and ended sessions. */
  readonly activity: Activity | undefined
  readonly waiting_for: WaitingFor | undefined
  /** How long the activity has lasted, in milliseconds since 1970; undefined where the client does not say. */
  readonly since: number | undefined
  readonly pid: number
  readonly version: string | undefined
  readonly kind: 'interactive' | 'print'
  /** The folder, by which usage names a project too. */
  readonly project: string
  /** Undefined after `/branch` too: that names a session after its first prompt, which must not leave the machine. */
  readonly name: string | undefined
}

export interface TrueChange {
  readonly sessionId: string
  /** When it became so, in milliseconds since 1970: by the client's clock where its file says it, else when it was seen. */
  readonly at: number
  /** Whether `at` is the client's own. */
  readonly isExact: boolean
  /** When it could be known: the client writes its file later than the time that it puts into it, on a busy machine by seconds. */
  readonly knownAt: number
  readonly state: TrueState
}

/** A look at a process file. */
export interface ReadFile {
  readonly at: number
  readonly name: string
  readonly file: ProcessFile
  readonly ended?: 'file left' | 'file removed'
}

/** A client writes an answer into its transcript within this time, on a busy machine too. */
const WRITE_MS = 5_000

interface Running {
  readonly folder: string
  identity: string
  file: ProcessFile
}

/**
 * Follows what is true about the sessions of one configuration folder. It is deliberately naive: it reads all files again and
 * again, and shares no code with the collector.
 */
export class TrueSessions {
  /** By session, the newest state. */
  readonly sessions = new Map<string, TrueChange>()
  /** Every content of a process file, for the evidence; undefined for one whose process has ended. */
  readonly files: ReadFile[] = []
  readonly #folder: string
  readonly #api: MessagesApi
  readonly #running = new Map<string, Running>()
  readonly #killed = new Set<number>()
  readonly #kills: { readonly sessionId: string; readonly at: number }[] = []

  constructor(config: string, api: MessagesApi) {
    this.#folder = path.join(config, 'sessions')
    this.#api = api
  }

  /** A process is about to be killed. The next client removes its file, sooner than this can look on a busy machine. */
  noteKill(pid: number): void {
    this.#killed.add(pid)
  }

  /** Looks at every file and process. @returns what has changed since the last look, oldest first */
  look(now: number): TrueChange[] {
    const changes: TrueChange[] = []
    for (const name of listProcessFiles(this.#folder)) changes.push(...this.#readFile(path.join(this.#folder, name), now))
    for (const [file, running] of this.#running) {
      // A client removes its file first and exits a moment later, so the file of a dead one stays only when it was killed.
      if (isAlive(running.file)) continue
      this.#running.delete(file)
      const isLeft = fs.existsSync(file) || this.#killed.has(running.file.pid)
      this.files.push({ at: now, name: path.basename(file), file: running.file, ended: isLeft ? 'file left' : 'file removed' })
      changes.push(...this.#end(running, isLeft ? 'failed' : 'completed', now))
    }
    return changes
  }

  /**
   * Sessions that a client is about to take up: it runs, and its hooks may have said so, but its file has no status yet, and may
   * still name another session.
   */
  starting(): ReadonlySet<string> {
    const files = [...this.#running.values()].map(({ file }) => file)
    return new Set(
      files.flatMap(({ status, entrypoint, sessionId }) => (status === undefined && entrypoint !== 'sdk-cli' ? [sessionId] : [])),
    )
  }

  /** The model of the session's last answer; undefined before the first. */
  modelOf(sessionId: string): string | undefined {
    return this.#mainAnswers(sessionId).at(-1)?.model
  }

  /** Tokens that the session's last answer had before it. */
  contextOf(sessionId: string): number | undefined {
    const usage = this.#mainAnswers(sessionId).at(-1)?.usage
    return usage && usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
  }

  /** The same with that answer, which the client's own hook counts too. */
  contextAfter(sessionId: string): number | undefined {
    const context = this.contextOf(sessionId)
    return context && context + (this.#mainAnswers(sessionId).at(-1)?.usage.output_tokens ?? 0)
  }

  /**
   * What all answers to the session have used, its subagents' too; undefined where the stand-in cannot know what the client has
   * counted, because an answer was cut off, or came right before the client was killed.
   */
  usedBy(sessionId: string): Usage | undefined {
    const all = this.#api.answersOf(sessionId)
    const answers = all.filter(({ status, offeredTools }) => status === 200 && offeredTools)
    if (answers.some(({ aborted, answered }) => aborted || answered === undefined)) return undefined
    const mayBeUnwritten = (answered: number) =>
      this.#kills.some((kill) => kill.sessionId === sessionId && kill.at >= answered && kill.at - answered < WRITE_MS)
    if (answers.some(({ answered }) => mayBeUnwritten(answered!))) return undefined
    const sum = (field: keyof Usage) => answers.reduce((total, { usage }) => total + usage[field], 0)
    return {
      input_tokens: sum('input_tokens'),
      output_tokens: sum('output_tokens'),
      cache_creation_input_tokens: sum('cache_creation_input_tokens'),
      cache_read_input_tokens: sum('cache_read_input_tokens'),
    }
  }

  hasSubagents(sessionId: string): boolean {
    return this.#api.answersOf(sessionId).some(({ agentId }) => agentId !== undefined)
  }

  /** Subagents that have asked the model and were not given their last answer. */
  subagentsOf(sessionId: string): string[] {
    const last = new Map<string, boolean>()
    for (const { agentId, answered, aborted, tools } of this.#api.answersOf(sessionId)) {
      if (agentId !== undefined) last.set(agentId, !aborted && (answered === undefined || tools.length > 0))
    }
    return [...last].flatMap(([agentId, isRunning]) => (isRunning ? [agentId] : []))
  }

  #mainAnswers(sessionId: string) {
    return this.#api
      .answersOf(sessionId)
      .filter(
        ({ agentId, offeredTools, answered, status }) => agentId === undefined && offeredTools && answered !== undefined && status === 200,
      )
  }

  #readFile(file: string, now: number): TrueChange[] {
    let identity: string
    let content: ProcessFile
    let writtenAt: number
    try {
      const { ino, mtimeMs, size } = fs.statSync(file)
      identity = `${ino}:${mtimeMs}:${size}`
      writtenAt = Math.round(mtimeMs)
      if (this.#running.get(file)?.identity === identity) return []
      content = JSON.parse(fs.readFileSync(file, 'utf8')) as ProcessFile
    } catch {
      // Gone, or half written: the next look finds out.
      return []
    }
    // A file that a kill has left.
    if (!isAlive(content)) return []
    const before = this.#running.get(file)
    this.#running.set(file, { folder: file, identity, file: content })
    this.files.push({ at: now, name: path.basename(file), file: content })
    const changes: TrueChange[] = []
    const exact = changedAt(before?.file, content)
    if (before !== undefined && before.file.sessionId !== content.sessionId) {
      changes.push(...this.#end(before, 'completed', exact ?? now, writtenAt))
    }
    // Before its first status a client may still move to another session, so that this one never is.
    if (content.status === undefined && content.entrypoint !== 'sdk-cli') return changes
    const next = stateOf(content)
    const known = this.sessions.get(content.sessionId)?.state
    // An activity goes on when the session changes or gets a name, and from `busy` to `shell`.
    const goesOn = isSameActivity(known, next) && before?.file.sessionId === content.sessionId
    const since = goesOn ? known?.since : content.statusUpdatedAt !== before?.file.statusUpdatedAt ? statusAt(content) : exact
    const state = { ...next, since }
    return [...changes, ...this.#set(content.sessionId, { at: exact ?? now, isExact: exact !== undefined, knownAt: writtenAt }, state)]
  }

  #set(sessionId: string, when: Omit<TrueChange, 'sessionId' | 'state'>, state: TrueState): TrueChange[] {
    const known = this.sessions.get(sessionId)
    if (known !== undefined && JSON.stringify(known.state) === JSON.stringify(state)) return []
    const change = { sessionId, ...when, state }
    this.sessions.set(sessionId, change)
    return [change]
  }

  #end({ file }: Running, status: 'completed' | 'failed', at: number, knownAt = at): TrueChange[] {
    const { sessionId } = file
    if (status === 'failed') this.#kills.push({ sessionId, at })
    const isHeld = [...this.#running.values()].some((other) => other.file !== file && other.file.sessionId === sessionId)
    const known = this.sessions.get(sessionId)
    if (known === undefined || isHeld) return []
    return this.#set(
      sessionId,
      { at, isExact: false, knownAt },
      { ...known.state, status, activity: undefined, waiting_for: undefined, since: undefined },
    )
  }
}

function listProcessFiles(folder: string): string[] {
  try {
    return fs.readdirSync(folder).filter((name) => /^\d+\.json$/.test(name))
  } catch {
    return []
  }
}

/** Whether the process runs: the same one, not another that was given its pid. */
function isAlive({ pid, procStart }: ProcessFile): boolean {
  if (process.platform !== 'linux') {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state !== 'Z' && state !== 'X' && (procStart === undefined || others[18] === procStart)
  } catch {
    return false
  }
}

/** When the file says that this became so; undefined when it does not say. */
function changedAt(before: ProcessFile | undefined, now: ProcessFile): number | undefined {
  if (now.statusUpdatedAt !== before?.statusUpdatedAt) return statusAt(now)
  return now.updatedAt === before?.updatedAt ? undefined : now.updatedAt
}

/** `-p` dates its first status before its own start. */
function statusAt({ statusUpdatedAt, startedAt }: ProcessFile): number | undefined {
  return statusUpdatedAt && Math.max(statusUpdatedAt, startedAt)
}

/** Whether two states differ only in what surrounds the activity, such as the session's name. */
export function isSameActivity(one: TrueState | undefined, other: TrueState): boolean {
  return one?.status === other.status && one.activity === other.activity && one.waiting_for === other.waiting_for
}

function stateOf({ pid, status, waitingFor, version, entrypoint, cwd, name }: ProcessFile): TrueState {
  return {
    status: 'active',
    ...activityOf(status, waitingFor),
    since: undefined,
    pid,
    version,
    kind: entrypoint === 'sdk-cli' ? 'print' : 'interactive',
    project: cwd,
    name: name !== undefined && / \(Branch( \d+)?\)$/.test(name) ? undefined : name,
  }
}

function activityOf(status: string | undefined, waitingFor: string | undefined): Pick<TrueState, 'activity' | 'waiting_for'> {
  if (status === 'idle') return { activity: 'idle', waiting_for: undefined }
  // `shell`: the turn has ended, and a command of it runs in the background.
  if (status === 'busy' || status === 'shell') return { activity: 'working', waiting_for: undefined }
  if (status !== 'waiting') return { activity: undefined, waiting_for: undefined }
  // Version 2.1.120 names the tool: `approve Bash`.
  const isPermission = waitingFor === 'permission prompt' || waitingFor?.startsWith('approve ')
  return { activity: 'waiting', waiting_for: isPermission ? 'permission' : waitingFor === 'input needed' ? 'input' : 'other' }
}
