import { existsSync, realpathSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { toName } from '@signalbox/contract/printable'
import type { ObservedEnd, SessionObservation } from '@signalbox/contract/session-observation'
import type { LivingSession, LivingSessions } from '@signalbox/ledger'
import {
  type ClaudeProcess,
  configDirOf,
  findKey,
  getsStatus,
  HOLD_MS,
  hasStatus,
  holdOf,
  identityOf,
  isSameProcess,
  isSameState,
  mayChangeId,
  sessionOf,
} from './claude-process.ts'
import { EndedSessions } from './ended-sessions.ts'
import { findEnd } from './find-end.ts'
import { findTranscript } from './find-transcript.ts'
import { isSessionId, type ProcessFile } from './process-file.ts'
import { observedIdentity, type ProcessReport, processFields, processObservations, toInstant } from './process-observation.ts'
import type { ProcessStates } from './process-state.ts'
import { RestoredSessions } from './restored-sessions.ts'
import { SessionFollower } from './session-follower.ts'
import type { StatusLinePlace } from './status-line-observer.ts'
import { parseSubagentPath } from './subagent-transcript.ts'

export interface SessionTrackerOptions {
  readonly put: (observation: SessionObservation) => void
  readonly processes: ProcessStates
  readonly living: LivingSessions
  readonly usage: (session: string) => SessionObservation['fields'] | undefined
  /** A name of a folder or a branch, as it leaves this machine. */
  readonly toSentName: (name: string) => string
  /** Whether names are hashed; then a session's own name stays here. */
  readonly redacts: boolean
  /** Called when a session has started or ended. */
  readonly changed: () => void
  readonly now: () => number
  /** Receives what goes wrong with one session; the others are observed anyway. */
  readonly failed: (error: unknown) => void
}

/** A process of an old version removes the files of dead ones within 20 ms of writing its own; events may arrive later. */
const SUCCESSOR_MS = 2_000
/** Rows of a transcript up to this long after an end belong to it. */
const END_GRACE_MS = 2_000
/** A status line up to this long after an end may belong to it: its command began before, and took long on a busy machine. */
const STATUS_LINE_GRACE_MS = 30_000
/** Numbers of a session are written down at most this often. */
const FIELDS_INTERVAL_MS = 2_000
const FIELDS_INTERVAL_PER_SESSION_MS = 80
/** One of so many checks of processes is thorough. */
const THOROUGH_CHECK_RATIO = 3
/** A transcript that was created this long before its session began is of an earlier run. */
const CREATION_TOLERANCE_MS = 500
/** Calls of a session are expected this long after its end. */
const CLOSING_MS = 60_000
/** Sessions that ran while no collector did are described when their transcript is not older than this. */
const UNWATCHED_MAX_AGE_MS = 24 * 3_600_000
/** A session without a process is forgotten when nothing was written for this long. */
const UNCHANGED_TRANSCRIPT_TTL_MS = 3_600_000

/**
 * Knows every session of Claude Code on this machine, from process files and transcripts, and writes down what it observes. It
 * says nothing about a process that it cannot see.
 */
export class SessionTracker {
  readonly #options: SessionTrackerOptions
  readonly #claudeProcesses = new Map<string, ClaudeProcess>()
  readonly #sessions = new Map<string, SessionFollower>()
  readonly #ended = new EndedSessions()
  /** Sessions that have just ended; the ledger may still read their last calls. */
  readonly #closing = new Map<string, { readonly follower: SessionFollower; readonly until: number }>()
  readonly #startedAt: number
  #checks = 0
  /** The process that began last. */
  #newest: { readonly claude: ClaudeProcess; readonly seenAt: number } | undefined
  readonly #restored: RestoredSessions
  /** The newest proof of life of each session that was written down. */
  readonly #aliveAt = new Map<string, number>()

  constructor(options: SessionTrackerOptions) {
    const put = (observation: SessionObservation) => {
      const { session_id: id, alive, at } = observation
      if (alive === true) this.#aliveAt.set(id, Math.max(Date.parse(at), this.#aliveAt.get(id) ?? 0))
      options.put(observation)
    }
    this.#options = { ...options, put }
    this.#startedAt = options.now()
    const { processes, living, now } = options
    this.#restored = new RestoredSessions({
      sessions: living.all(),
      processAt: (file) => this.#claudeProcesses.get(file),
      holders: (session) => this.#holders(session),
      isAlive: (session) => processes.isAlive(session),
      endMoved: (session, claude) => {
        const { reason } = this.#unseenMove(claude, session)
        this.#endUnwatched(session, claude.since, { outcome: 'completed', reason, inferred: true })
      },
      endDead: (session) => this.#endUnwatched(session, now()),
      attempt: (step) => this.#attempt(step),
    })
  }

  /** The ids of all sessions whose process is alive. */
  living(): string[] {
    return [
      ...new Set(
        [...this.#claudeProcesses.values()].filter((claude) => claude.state === 'alive' && claude.heldUntil === undefined).map(sessionOf),
      ),
    ]
  }

  /** The versions of Claude Code that run, newest first. */
  versions(): string[] {
    const versions = [...this.#claudeProcesses.values()].flatMap(({ state, file }) => (state === 'alive' ? (file.version ?? []) : []))
    return [...new Set(versions)].sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).slice(0, 10)
  }

  processFileChanged(file: string, content: ProcessFile): void {
    const known = this.#claudeProcesses.get(file)
    if (known !== undefined && isSameProcess(known.file, content)) {
      this.#update(known, content)
      return
    }
    // Another process has been given the pid.
    if (known?.state === 'alive') this.#finish(known)
    const state = this.#options.processes.inspect(content) === 'alive' ? 'alive' : 'unknown'
    const since = content.startedAt || content.updatedAt
    const claude: ClaudeProcess = { path: file, file: content, state, since, key: findKey(file) }
    this.#claudeProcesses.set(file, claude)
    this.#newest = { claude, seenAt: this.#options.now() }
    if (state !== 'alive') return
    const last = this.#restored.lastOf(claude)
    // The file of an old version has the session of its start, whatever it runs now.
    if (last !== undefined && !content.followsSession) claude.movedTo = last.session
    const isFinal = last !== undefined && last.session === sessionOf(claude)
    if (mayChangeId(content) && !isFinal) claude.heldUntil = this.#options.now() + holdOf(content)
    else this.#begin(claude)
  }

  processFileGone(file: string): void {
    const claude = this.#claudeProcesses.get(file)
    if (claude === undefined) return
    if (claude.state !== 'alive') {
      this.#claudeProcesses.delete(file)
      return
    }
    if (claude.heldUntil !== undefined && !getsStatus(claude)) this.#release(claude)
    // A process removes its file and ends a moment later; one that was dead before did not remove it itself.
    claude.gone = { wasAlive: this.#options.processes.isAlive(claude.file), hasSuccessor: this.#hasSuccessor(claude) }
    if (!claude.gone.wasAlive) this.#finish(claude)
  }

  /** Whether another process has just begun. */
  #hasSuccessor(claude: ClaudeProcess): boolean {
    const newest = this.#newest
    return newest !== undefined && newest.claude !== claude && Math.abs(this.#options.now() - newest.seenAt) < SUCCESSOR_MS
  }

  /** Ends the sessions whose process has ended. Called twice a second, and more often while one is about to end. */
  checkProcesses(): { readonly isEnding: boolean } {
    let isEnding = false
    this.#checks = (this.#checks + 1) % THOROUGH_CHECK_RATIO
    for (const claude of this.#claudeProcesses.values()) {
      if (claude.state === 'alive') this.#attempt(() => (isEnding = this.#check(claude) || isEnding))
    }
    this.endRestored()
    return { isEnding }
  }

  /** @returns whether the process is to be looked at again soon */
  #check(claude: ClaudeProcess): boolean {
    const isHeld = claude.heldUntil !== undefined
    if (claude.heldUntil !== undefined) {
      const remaining = claude.heldUntil - this.#options.now()
      if (remaining <= 0 || remaining > HOLD_MS) this.#release(claude)
    }
    if (this.#options.processes.isAlive(claude.file, this.#checks === 0)) return isHeld || claude.gone !== undefined
    this.#finish(claude)
    return isHeld
  }

  /** What is wrong with one session must not hide the others. */
  #attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#options.failed(error)
    }
  }

  /** Ends the sessions of the last run that are gone: to be called when all process files have been read. */
  endRestored(): void {
    this.#restored.endGone()
  }

  /** Ends a session that ended, or was left, while no collector watched it. */
  #endUnwatched({ session, file, project, pid, procStart }: LivingSession, at: number, known?: ObservedEnd): void {
    const follower = this.#follow(session, configDirOf({ path: file }), project)
    follower.read(this.#options.now())
    const { isClosed, hasTranscript, version } = follower
    const end = known ?? findEnd({ isFileLeft: existsSync(file), isTranscriptClosed: isClosed, hasTranscript, version, wasWatched: false })
    this.#end(session, end, at, `${pid}:${procStart ?? ''}`)
  }

  transcriptsChanged(files: readonly string[]): void {
    for (const file of files) {
      const subagent = parseSubagentPath(file)
      this.#attempt(() => {
        if (subagent !== undefined) this.#sessions.get(subagent.session)?.readSubagent(file, subagent.agentId, this.#options.now())
        else if (isSessionId(path.basename(file, '.jsonl'))) this.#readTranscript(file)
      })
    }
  }

  /** Reads the transcripts of all living sessions that have grown, where no event has said so. */
  readTranscripts(): void {
    const now = this.#options.now()
    // One pass over the processes: fifty sessions that each look for theirs cost more than their transcripts.
    const alive = [...this.#claudeProcesses.values()].filter(({ state }) => state === 'alive')
    const holders = new Map(alive.map((claude) => [sessionOf(claude), claude]))
    for (const [id, session] of this.#sessions) {
      const holder = holders.get(id)
      this.#attempt(() => {
        if (holder !== undefined) this.#attachTranscript(holder, session)
        if (session.hasNew()) session.read(now)
        session.flushFields(now)
      })
      if (holder === undefined && now - session.lastRowAt > UNCHANGED_TRANSCRIPT_TTL_MS) this.#sessions.delete(id)
    }
  }

  /** The ledger has new calls of these transcripts. */
  callsRead(files: readonly string[]): void {
    const now = this.#options.now()
    const unwatched = new Map<string, string>()
    for (const file of files) {
      const id = parseSubagentPath(file)?.session ?? path.basename(file, '.jsonl').toLowerCase()
      this.#sessions.get(id)?.usageChanged()
      const closing = this.#closing.get(id)?.follower
      closing?.usageChanged()
      closing?.flushFields(now, true)
      if (closing === undefined && !this.#sessions.has(id) && parseSubagentPath(file) === undefined && isSessionId(id))
        unwatched.set(id, file)
    }
    for (const [id, file] of unwatched) this.#attempt(() => this.#reportUnwatched(id, file))
    for (const [id, { until }] of this.#closing) if (now > until) this.#closing.delete(id)
  }

  /**
   * Where a status line belongs. The process file decides whether a session lives: Claude Code runs a last status line while it
   * ends. Where no process file names the session, a status line shows that it lives.
   * @returns undefined for a session of before this collector, about which nothing else is known
   */
  placeStatusLine(id: string, at: number, folder: string | undefined): StatusLinePlace | undefined {
    const project = () => ({ project: this.#sessions.get(id)?.project ?? (folder === undefined ? undefined : this.#toProject(folder)) })
    if (this.#holders(id).length > 0) return { ...project(), isProof: false }
    const endedAt = this.#ended.endedAt(id)
    if (endedAt !== undefined && at <= endedAt + STATUS_LINE_GRACE_MS) return { project: undefined, isProof: false }
    return at < this.#startedAt ? undefined : { ...project(), isProof: true }
  }

  /** Writes down everything that is known now: the hub does not know these sessions, or has another store. */
  report(ids: readonly string[] = this.living()): void {
    for (const id of ids) {
      const [claude] = this.#holders(id)
      if (claude === undefined) continue
      this.#attempt(() => this.#observe(claude, { again: true }))
      this.#attempt(() => this.#sessions.get(id)?.reportAgain(this.#options.now()))
    }
  }

  /**
   * The hub believes that these sessions are alive, and no process here runs them.
   * @param behindMs how far the clock of this machine is behind the hub's: another machine, with another clock, may have seen the
   * session alive before it ended here
   */
  reportEnds(ids: readonly string[], behindMs: number): void {
    for (const id of ids) {
      if (this.#holders(id).length > 0) continue
      const observation = this.#ended.repeat(id, this.#options.now(), behindMs)
      if (observation !== undefined) this.#options.put(observation)
    }
  }

  #update(claude: ClaudeProcess, content: ProcessFile): void {
    const before = claude.file
    claude.file = content
    delete claude.gone
    if (claude.heldUntil !== undefined) {
      if (!mayChangeId(content)) this.#release(claude)
      return
    }
    if (claude.state !== 'alive') {
      if (this.#options.processes.inspect(content) !== 'alive') return
      claude.state = 'alive'
      this.#start(claude, 'startup', content.updatedAt)
      return
    }
    if (before.sessionId !== content.sessionId) {
      const old = claude.movedTo ?? before.sessionId
      delete claude.movedTo
      this.#move(claude, old, content.updatedAt)
    } else if (!isSameState(before, content)) this.#observe(claude)
  }

  /** Reports a process that was held. */
  #release(claude: ClaudeProcess): void {
    delete claude.heldUntil
    this.#begin(claude)
  }

  /** Reports a process that is new to this run. */
  #begin(claude: ClaudeProcess): void {
    const last = this.#restored.lastOf(claude)
    if (last === undefined || last.session === sessionOf(claude)) {
      this.#start(claude, this.#isResumed(claude, claude.since) ? 'resume' : 'startup', claude.since)
    } else {
      const { reason, at } = this.#unseenMove(claude, last)
      this.#start(claude, reason, at)
    }
  }

  /** How and when a process has gone from one session to another while no collector ran: no later than it last wrote. */
  #unseenMove(claude: ClaudeProcess, last: LivingSession): { reason: 'clear' | 'resume'; at: number } {
    const { file } = claude
    const since = file.startedAt || claude.since
    // A session that has no transcript yet is new.
    const created = this.#transcriptCreatedAt(claude) ?? file.updatedAt
    const lastWrite = this.#transcriptStats(claude, last.session)?.mtimeMs ?? 0
    // One that was there before the last one ended has been resumed.
    const isResumed = this.#isResumed(claude, since) || created < lastWrite - CREATION_TOLERANCE_MS
    const at = isResumed ? file.updatedAt : Math.min(file.updatedAt, Math.ceil(created))
    return { reason: isResumed ? 'resume' : 'clear', at: Math.max(since, at) }
  }

  /** The process runs another session now. */
  #move(claude: ClaudeProcess, from: string, at: number): void {
    const reason = this.#isResumed(claude, claude.movedTo === undefined ? at : claude.since) ? 'resume' : 'clear'
    if (from !== sessionOf(claude) && this.#holders(from).length === 0) {
      this.#end(from, { outcome: 'completed', reason }, at, identityOf(claude.file))
    }
    this.#start(claude, reason, at)
  }

  /** Whether the session of a process is older than `at`. */
  #isResumed(claude: ClaudeProcess, at: number): boolean {
    if (this.#ended.has(sessionOf(claude))) return true
    const created = this.#transcriptCreatedAt(claude)
    return created !== undefined && created < at - CREATION_TOLERANCE_MS
  }

  #transcriptCreatedAt(claude: ClaudeProcess): number | undefined {
    return this.#transcriptStats(claude, sessionOf(claude))?.birthtimeMs
  }

  #transcriptStats(claude: ClaudeProcess, session: string): Stats | undefined {
    const transcript = findTranscript(configDirOf(claude), claude.file.cwd, session)
    return transcript === undefined ? undefined : statSync(transcript, { throwIfNoEntry: false })
  }

  #start(claude: ClaudeProcess, reason: string, from: number): void {
    const { living, changed } = this.#options
    const id = sessionOf(claude)
    // The end of a process is noticed later than it happens, and the next one may have begun in between.
    const at = Math.max(from, (this.#ended.endedAt(id) ?? 0) + 1)
    claude.since = at
    const project = this.#toProject(claude.file.cwd)
    const follower = this.#follow(id, configDirOf(claude), project, claude.file.cwd)
    follower.isProcess = true
    this.#ended.forget(id)
    this.#closing.delete(id)
    const wasKnown = this.#restored.take(id, claude)
    if (wasKnown) this.#observe(claude)
    else {
      const observationId = `${observedIdentity(claude)}:started:${at}`
      living.putWith(observationId, { session: id, pid: claude.file.pid, procStart: claude.file.procStart, file: claude.path, project })
      this.#observe(claude, { started: { id: observationId, at, reason } })
    }
    const ranBefore = from < this.#startedAt
    if (ranBefore) follower.findSubagents(from)
    follower.read(this.#options.now())
    // A process writes its final sums and then removes its file: those of one that has a file are of an earlier end.
    if (existsSync(claude.path) && this.#options.processes.isAlive(claude.file)) follower.reopen()
    if (ranBefore) follower.reportRunning(this.#options.now(), wasKnown)
    changed()
  }

  #observe(claude: ClaudeProcess, { started, again = false }: { started?: ProcessReport['started']; again?: boolean } = {}): void {
    const { put, now, redacts } = this.#options
    const id = sessionOf(claude)
    const follower = this.#sessions.get(id)
    if (follower !== undefined) {
      const holders = this.#holders(id)
      follower.isAuthoritative = !holders.some(hasStatus)
      follower.isNamedByProcess = holders.some((holder) => holder.file.name !== undefined)
    }
    if (!redacts && claude.file.name !== undefined) claude.hasSentName = true
    const fields = processFields(claude)
    const text = JSON.stringify(fields)
    const isNew = again || claude.sentFields !== text
    claude.sentFields = text
    const report = { project: this.#toProject(claude.file.cwd), fields, isNew, started, again, now: now() }
    for (const observation of processObservations(claude, report)) put(observation)
  }

  /** A process has ended. */
  #finish(claude: ClaudeProcess): void {
    // One that always gets a status and died before may have named a session that never was. The end alone creates none at the hub.
    if (claude.heldUntil !== undefined && !getsStatus(claude)) this.#release(claude)
    this.#claudeProcesses.delete(claude.path)
    const id = sessionOf(claude)
    if (this.#holders(id).length > 0) return
    const now = this.#options.now()
    const follower = this.#sessions.get(id)
    if (follower !== undefined) this.#attachTranscript(claude, follower)
    follower?.read(now)
    const end = findEnd({
      hasTranscript: follower?.hasTranscript === true,
      isFileLeft: claude.gone === undefined && existsSync(claude.path),
      isTranscriptClosed: follower?.isClosed === true,
      wasWatched: true,
      removedItsFile: claude.gone?.wasAlive ?? true,
      isKeyLeft: claude.key === undefined ? undefined : existsSync(claude.key),
      hasSuccessor: claude.gone?.hasSuccessor ?? false,
      hasOpenPrint: claude.file.kind === 'print' && follower?.isWorking === true,
      version: claude.file.version,
    })
    this.#end(id, end, now, identityOf(claude.file))
  }

  #end(id: string, end: ObservedEnd, when: number, identity: string): void {
    const { put, living, changed, now } = this.#options
    // The clock may have been set back: an end before the last proof of life would mean that the session was resumed.
    const at = Math.max(when, (this.#aliveAt.get(id) ?? 0) + 1)
    this.#aliveAt.delete(id)
    const follower = this.#sessions.get(id)
    follower?.flushFields(now(), true)
    if (follower !== undefined) this.#closing.set(id, { follower, until: now() + CLOSING_MS })
    const observation: SessionObservation = {
      observation_id: `process-file:${identity}:${id}:ended:${at}`,
      session_id: id,
      source: 'process-file',
      at: toInstant(at),
      alive: false,
      end,
      event: { kind: 'ended', reason: end.reason },
    }
    living.removeWith(observation.observation_id, id)
    put(observation)
    this.#sessions.delete(id)
    this.#ended.remember(id, observation, at)
    changed()
  }

  /** What a session has used that ran while no collector did: another source may have reported it. It proves no life. */
  #reportUnwatched(id: string, file: string): void {
    const now = this.#options.now()
    const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (modified === undefined || modified < now - UNWATCHED_MAX_AGE_MS) return
    const follower = this.#createFollower(id, Number.POSITIVE_INFINITY)
    follower.useTranscript(file)
    follower.reportFields(now, (cwd) => this.#toProject(cwd))
  }

  #readTranscript(file: string): void {
    const now = this.#options.now()
    const id = path.basename(file, '.jsonl').toLowerCase()
    const known = this.#sessions.get(id)
    if (known !== undefined) {
      known.useTranscript(file)
      known.read(now)
      return
    }
    // What was written before this collector began says nothing about what runs. The first scan finds all of that.
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats === undefined || stats.mtimeMs < this.#startedAt - END_GRACE_MS) return
    // A fork begins with a copy of the rows of another session.
    const since = Math.max(this.#startedAt, (this.#ended.endedAt(id) ?? 0) + END_GRACE_MS, stats.birthtimeMs - END_GRACE_MS)
    const candidate = this.#createFollower(id, since)
    candidate.useTranscript(file)
    const found = candidate.peek()
    if (found === undefined) return
    const claude = this.#findOldProcess(file, found)
    if (claude !== undefined) {
      const from = sessionOf(claude)
      claude.movedTo = id
      this.#move(claude, from, found.at)
      return
    }
    if (!found.hasTurn) return
    candidate.project = this.#toProject(found.cwd)
    this.#ended.forget(id)
    this.#sessions.set(id, candidate)
    candidate.reportPeeked(now)
  }

  /** Finds the one process of an old version that can have moved to another session: by `/clear` or `/resume`. */
  #findOldProcess(
    file: string,
    { cwd, version, entrypoint }: { cwd: string; version?: string; entrypoint?: string },
  ): ClaudeProcess | undefined {
    if (entrypoint !== 'cli') return undefined
    const candidates = [...this.#claudeProcesses.values()].filter(
      (claude) =>
        claude.state === 'alive' &&
        !claude.file.followsSession &&
        claude.file.kind === 'interactive' &&
        claude.file.version === version &&
        claude.file.cwd === cwd &&
        file.startsWith(realpathSync(configDirOf(claude)) + path.sep),
    )
    return candidates.length === 1 ? candidates[0] : undefined
  }

  #follow(id: string, configDir: string, project: string, cwd?: string): SessionFollower {
    let follower = this.#sessions.get(id)
    if (follower === undefined) {
      follower = this.#createFollower(id, this.#options.now() - END_GRACE_MS)
      this.#sessions.set(id, follower)
    }
    follower.project = project
    const transcript = findTranscript(configDir, cwd, id)
    if (transcript !== undefined) follower.useTranscript(transcript)
    return follower
  }

  /** A session gets its transcript with its first prompt. */
  #attachTranscript(claude: ClaudeProcess, follower: SessionFollower): void {
    if (follower.hasTranscript) return
    const file = findTranscript(configDirOf(claude), claude.file.cwd, sessionOf(claude))
    if (file !== undefined) follower.useTranscript(file)
  }

  #createFollower(id: string, since: number): SessionFollower {
    const { put, usage, toSentName, redacts } = this.#options
    // Many sessions take turns: their numbers cost as much as a few dozen sessions' do.
    const fieldsInterval = () => Math.max(FIELDS_INTERVAL_MS, this.#sessions.size * FIELDS_INTERVAL_PER_SESSION_MS)
    return new SessionFollower({ id, since, put, usage: () => usage(id), toSentName, redacts, fieldsInterval })
  }

  #holders(id: string): ClaudeProcess[] {
    return [...this.#claudeProcesses.values()].filter((claude) => claude.state === 'alive' && sessionOf(claude) === id)
  }

  #toProject(cwd: string): string {
    return toProjectId(this.#options.toSentName(cwd))
  }
}

/** A folder as the id of a project: what an identifier may hold, and as long. */
function toProjectId(name: string): string {
  return toName(name, 200) || 'unknown'
}
