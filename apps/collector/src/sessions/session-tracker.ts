import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { toName } from '@signalbox/contract/printable'
import type { ObservedEnd, SessionObservation } from '@signalbox/contract/session-observation'
import type { LivingSession, LivingSessions } from '@signalbox/ledger'
import { findEnd } from './find-end.ts'
import { isSessionId, type ProcessFile } from './process-file.ts'
import type { ProcessStates } from './process-state.ts'
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

/** A process file, and the session that its process runs. */
interface Client {
  readonly path: string
  file: ProcessFile
  /** Until when a new client of an old version is not reported: its first session id may be replaced by that of `--resume`. */
  heldUntil?: number
  /** The session of an old version, which `/clear` does not write into its file. */
  movedTo?: string
  /** `unknown`: dead or of another machine; nothing is said about it. */
  state: 'alive' | 'unknown'
  /** When it began with this session, in milliseconds since 1970. */
  since: number
  /** The fields that were written down last, as JSON. */
  sentFields?: string
  /** The file is gone, while the process may still end. */
  gone?: { readonly wasAlive: boolean }
}

interface Ended {
  readonly observation: SessionObservation
  readonly at: number
}

/** Ends that are remembered, for a hub that has missed one. */
const MAX_REMEMBERED_ENDS = 1_000
/** Rows of a transcript up to this long after an end belong to it. */
const END_GRACE_MS = 2_000
/** A status line up to this long after an end may belong to it: its command began before, and took long on a busy machine. */
const STATUS_LINE_GRACE_MS = 30_000
/**
 * How long a new client without a status may take to replace its session id. It is reported as soon as it has a status, which
 * versions that follow their session always get: an interactive one reads its transcript first, which took 14 s on a very busy machine.
 */
const HOLD_MS = 30_000
const HOLD_OLD_MS = 5_000
const HOLD_PRINT_MS = 250
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
  readonly #clients = new Map<string, Client>()
  readonly #sessions = new Map<string, SessionFollower>()
  readonly #ended = new Map<string, Ended>()
  /** Sessions that have just ended; the ledger may still read their last calls. */
  readonly #closing = new Map<string, { readonly follower: SessionFollower; readonly until: number }>()
  readonly #startedAt: number
  #checks = 0
  /** Sessions of the last run that have neither been seen in this one nor ended. */
  readonly #restored: Map<string, LivingSession>

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
    this.#restored = new Map(options.living.all().map((session) => [session.session, session]))
  }

  /** The ids of all sessions whose process is alive. */
  living(): string[] {
    return [
      ...new Set([...this.#clients.values()].filter((client) => client.state === 'alive' && client.heldUntil === undefined).map(sessionOf)),
    ]
  }

  /** The versions of Claude Code that run, newest first. */
  versions(): string[] {
    const versions = [...this.#clients.values()].flatMap(({ state, file }) => (state === 'alive' ? (file.version ?? []) : []))
    return [...new Set(versions)].sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).slice(0, 10)
  }

  processFileChanged(file: string, content: ProcessFile): void {
    const known = this.#clients.get(file)
    if (known !== undefined && isSameProcess(known.file, content)) {
      this.#update(known, content)
      return
    }
    // Another process has been given the pid.
    if (known?.state === 'alive') this.#finish(known)
    const state = this.#options.processes.inspect(content) === 'alive' ? 'alive' : 'unknown'
    const since = content.startedAt || content.updatedAt
    const client: Client = { path: file, file: content, state, since }
    this.#clients.set(file, client)
    if (state !== 'alive') return
    const last = this.#lastSessionOf(client)
    // The file of an old version has the session of its start, whatever it runs now.
    if (last !== undefined && !content.followsSession) client.movedTo = last.session
    const isFinal = last !== undefined && last.session === sessionOf(client)
    if (mayChangeId(content) && !isFinal) client.heldUntil = this.#options.now() + holdOf(content)
    else this.#begin(client)
  }

  processFileGone(file: string): void {
    const client = this.#clients.get(file)
    if (client === undefined) return
    if (client.state !== 'alive') {
      this.#clients.delete(file)
      return
    }
    if (client.heldUntil !== undefined && !getsStatus(client)) this.#release(client)
    // The client removes its file and ends a moment later; one that was dead before did not remove it itself.
    client.gone = { wasAlive: this.#options.processes.isAlive(client.file) }
    if (!client.gone.wasAlive) this.#finish(client)
  }

  /** Ends the sessions whose process has ended. Called twice a second, and more often while one is about to end. */
  checkProcesses(): { readonly isEnding: boolean } {
    let isEnding = false
    this.#checks = (this.#checks + 1) % THOROUGH_CHECK_RATIO
    for (const client of this.#clients.values()) {
      if (client.state === 'alive') this.#attempt(() => (isEnding = this.#check(client) || isEnding))
    }
    this.endRestored()
    return { isEnding }
  }

  /** @returns whether the client is to be looked at again soon */
  #check(client: Client): boolean {
    const isHeld = client.heldUntil !== undefined
    if (client.heldUntil !== undefined) {
      const remaining = client.heldUntil - this.#options.now()
      if (remaining <= 0 || remaining > HOLD_MS) this.#release(client)
    }
    if (this.#options.processes.isAlive(client.file, this.#checks === 0)) return isHeld || client.gone !== undefined
    this.#finish(client)
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

  /**
   * Ends the sessions of the last run that are gone. Called when all process files have been read, because one may have gone on in
   * another process, and again as long as a process is there that may still name its session.
   */
  endRestored(): void {
    for (const session of this.#restored.values()) {
      this.#attempt(() => {
        const holders = this.#holders(session.session)
        // One that is held may still say that it runs another.
        if (holders.length > 0 && holders.every(({ heldUntil }) => heldUntil !== undefined)) return
        if (holders.length === 0 && !this.#endIfLeft(session)) return
        this.#restored.delete(session.session)
      })
    }
  }

  /** Ends a session of the last run whose process has ended, or runs another one. @returns whether it has ended */
  #endIfLeft(session: LivingSession): boolean {
    const client = this.#clients.get(session.file)
    if (client?.state === 'alive' && isRunBy(session, client.file)) {
      // Its session may be replaced in a moment.
      if (client.heldUntil !== undefined) return false
      const reason = this.#isResumed(client, client.file.startedAt) ? 'resume' : 'clear'
      this.#endOne(session, client.since, { outcome: 'completed', reason, inferred: true })
      return true
    }
    if (this.#options.processes.isAlive(session)) return false
    this.#endOne(session, this.#options.now())
    return true
  }

  #endOne({ session, file, project, pid, procStart }: LivingSession, at: number, known?: ObservedEnd): void {
    const follower = this.#follow(session, path.dirname(path.dirname(file)), project)
    follower.read(this.#options.now())
    const { isClosed, hasTranscript, version } = follower
    const end = known ?? findEnd({ isFileLeft: existsSync(file), isTranscriptClosed: isClosed, hasTranscript, version, wasWatched: false })
    this.#end(session, end, at, `${pid}:${procStart ?? ''}`)
  }

  /** The session that the client's process had in the last run. */
  #lastSessionOf({ path, file }: Client): LivingSession | undefined {
    return [...this.#restored.values()].find((session) => session.file === path && isRunBy(session, file))
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
    // One pass over the clients: fifty sessions that each look for theirs cost more than their transcripts.
    const alive = [...this.#clients.values()].filter(({ state }) => state === 'alive')
    const holders = new Map(alive.map((client) => [sessionOf(client), client]))
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
   * Where a status line belongs. The process file decides whether a session lives: the client runs a last status line while it
   * ends. Where no process file names the session, a status line shows that it lives.
   * @returns undefined for a session of before this collector, about which nothing else is known
   */
  placeStatusLine(id: string, at: number, folder: string | undefined): StatusLinePlace | undefined {
    const project = () => ({ project: this.#sessions.get(id)?.project ?? (folder === undefined ? undefined : this.#toProject(folder)) })
    if (this.#holders(id).length > 0) return { ...project(), isProof: false }
    const ended = this.#ended.get(id)
    if (ended !== undefined && at <= ended.at + STATUS_LINE_GRACE_MS) return { project: undefined, isProof: false }
    return at < this.#startedAt ? undefined : { ...project(), isProof: true }
  }

  /** Writes down everything that is known now: the hub does not know these sessions, or has another store. */
  report(ids: readonly string[] = this.living()): void {
    for (const id of ids) {
      const [client] = this.#holders(id)
      if (client === undefined) continue
      this.#attempt(() => this.#observe(client, { again: true }))
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
      const ended = this.#ended.get(id)
      if (ended === undefined || this.#holders(id).length > 0) continue
      const at = toInstant(ended.at + Math.max(0, behindMs))
      this.#options.put({ ...ended.observation, observation_id: `${ended.observation.observation_id}:${this.#options.now()}`, at })
    }
  }

  #update(client: Client, content: ProcessFile): void {
    const before = client.file
    client.file = content
    delete client.gone
    if (client.heldUntil !== undefined) {
      if (!mayChangeId(content)) this.#release(client)
      return
    }
    if (client.state !== 'alive') {
      if (this.#options.processes.inspect(content) !== 'alive') return
      client.state = 'alive'
      this.#start(client, 'startup', content.updatedAt)
      return
    }
    if (before.sessionId !== content.sessionId) {
      const old = client.movedTo ?? before.sessionId
      delete client.movedTo
      this.#move(client, old, content.updatedAt)
    } else if (!isSameState(before, content)) this.#observe(client)
  }

  /** Reports a client that was held. */
  #release(client: Client): void {
    delete client.heldUntil
    this.#begin(client)
  }

  /** Reports a client that is new to this run. */
  #begin(client: Client): void {
    const { file, since } = client
    const isResumed = this.#isResumed(client, since)
    const last = this.#lastSessionOf(client)
    if (last === undefined || last.session === sessionOf(client)) this.#start(client, isResumed ? 'resume' : 'startup', since)
    else {
      // It has gone from one session to another while no collector ran: no later than it last wrote.
      const created = isResumed ? undefined : this.#transcriptCreatedAt(client)
      this.#start(client, isResumed ? 'resume' : 'clear', Math.max(since, Math.min(file.updatedAt, created ?? file.updatedAt)))
    }
  }

  /** The process runs another session now. */
  #move(client: Client, from: string, at: number): void {
    const reason = this.#isResumed(client, client.movedTo === undefined ? at : client.since) ? 'resume' : 'clear'
    if (from !== sessionOf(client) && this.#holders(from).length === 0) {
      this.#end(from, { outcome: 'completed', reason }, at, identityOf(client.file))
    }
    this.#start(client, reason, at)
  }

  /** Whether the client's session is older than `at`. */
  #isResumed(client: Client, at: number): boolean {
    if (this.#ended.has(sessionOf(client))) return true
    const created = this.#transcriptCreatedAt(client)
    return created !== undefined && created < at - CREATION_TOLERANCE_MS
  }

  #transcriptCreatedAt(client: Client): number | undefined {
    const transcript = this.#findTranscript(configDirOf(client), client.file.cwd, sessionOf(client))
    return transcript === undefined ? undefined : statSync(transcript, { throwIfNoEntry: false })?.birthtimeMs
  }

  #start(client: Client, reason: string, from: number): void {
    const { living, changed } = this.#options
    const id = sessionOf(client)
    // The end of a process is noticed later than it happens, and the next one may have begun in between.
    const at = Math.max(from, (this.#ended.get(id)?.at ?? 0) + 1)
    client.since = at
    const project = this.#toProject(client.file.cwd)
    const follower = this.#follow(id, configDirOf(client), project, client.file.cwd)
    follower.isProcess = true
    this.#ended.delete(id)
    this.#closing.delete(id)
    const last = this.#restored.get(id)
    const wasKnown = last !== undefined && isRunBy(last, client.file)
    this.#restored.delete(id)
    if (wasKnown) this.#observe(client)
    else {
      const observationId = `${observedIdentity(client)}:started:${at}`
      living.putWith(observationId, { session: id, pid: client.file.pid, procStart: client.file.procStart, file: client.path, project })
      this.#observe(client, { started: { id: observationId, at, reason } })
    }
    const ranBefore = from < this.#startedAt
    if (ranBefore) follower.findSubagents(from)
    follower.read(this.#options.now())
    // A client writes its final sums and then removes its file: those of one that has a file are of an earlier end.
    if (existsSync(client.path) && this.#options.processes.isAlive(client.file)) follower.reopen()
    if (ranBefore) follower.reportRunning(this.#options.now(), wasKnown)
    changed()
  }

  #observe(
    client: Client,
    { started, again = false }: { started?: { id: string; at: number; reason: string }; again?: boolean } = {},
  ): void {
    const { put, now, redacts } = this.#options
    const { file } = client
    const id = sessionOf(client)
    const base = { session_id: id, source: 'process-file' as const, project_id: this.#toProject(file.cwd), alive: true }
    const identity = observedIdentity(client)
    const suffix = again ? `:${now()}` : ''
    const name = redacts ? undefined : file.name
    const all = {
      ...(name === undefined ? {} : { name }),
      ...(file.version === undefined ? {} : { version: file.version }),
      ...(file.kind === undefined ? {} : { kind: file.kind }),
      pid: file.pid,
    }
    const text = JSON.stringify(all)
    const isNew = again || client.sentFields !== text
    client.sentFields = text
    if (started !== undefined) {
      const event = { kind: 'started' as const, reason: started.reason }
      put({ ...base, observation_id: started.id, at: toInstant(started.at), event, fields: all })
    }
    const follower = this.#sessions.get(id)
    if (follower !== undefined) follower.isAuthoritative = !this.#holders(id).some(hasStatus)
    if (file.activity !== undefined) {
      const at = Math.max(file.activityAt, client.since)
      const waiting = file.activity === 'waiting' ? { waiting_for: file.waitingFor ?? ('other' as const) } : {}
      put({
        ...base,
        observation_id: `${identity}:${at}:${file.activity}${suffix}`,
        at: toInstant(at),
        activity: file.activity,
        ...waiting,
        ...(file.activity === 'waiting' ? { event: { kind: 'waiting', reason: file.waitingFor ?? 'other' } } : {}),
      })
    } else if (started === undefined)
      put({ ...base, observation_id: `${identity}:${file.updatedAt}:alive${suffix}`, at: toInstant(file.updatedAt) })
    if (started !== undefined || !isNew) return
    // A name may have changed long after the activity began.
    const { alive: _, ...dead } = base
    // That the session lives now outweighs an end that the hub believes.
    put({ ...(again ? base : dead), observation_id: `${identity}:now:${now()}`, at: toInstant(now()), fields: all })
  }

  /** The client's process has ended. */
  #finish(client: Client): void {
    // One that always gets a status and died before may have named a session that never was. The end alone creates none at the hub.
    if (client.heldUntil !== undefined && !getsStatus(client)) this.#release(client)
    this.#clients.delete(client.path)
    const id = sessionOf(client)
    if (this.#holders(id).length > 0) return
    const now = this.#options.now()
    const follower = this.#sessions.get(id)
    if (follower !== undefined) this.#attachTranscript(client, follower)
    follower?.read(now)
    const end = findEnd({
      hasTranscript: follower?.hasTranscript === true,
      isFileLeft: client.gone === undefined && existsSync(client.path),
      isTranscriptClosed: follower?.isClosed === true,
      wasWatched: true,
      removedItsFile: client.gone?.wasAlive ?? true,
      hasOpenPrint: client.file.kind === 'print' && follower?.isWorking === true,
      version: client.file.version,
    })
    this.#end(id, end, now, identityOf(client.file))
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
    this.#ended.set(id, { observation, at })
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= MAX_REMEMBERED_ENDS) break
      this.#ended.delete(oldest)
    }
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
    const ended = this.#ended.get(id)
    // A fork begins with a copy of the rows of another session.
    const since = Math.max(this.#startedAt, (ended?.at ?? 0) + END_GRACE_MS, stats.birthtimeMs - END_GRACE_MS)
    const candidate = this.#createFollower(id, since)
    candidate.useTranscript(file)
    const found = candidate.peek()
    if (found === undefined) return
    const client = this.#findOldClient(file, found)
    if (client !== undefined) {
      const from = sessionOf(client)
      client.movedTo = id
      this.#move(client, from, found.at)
      return
    }
    if (!found.hasTurn) return
    candidate.project = this.#toProject(found.cwd)
    this.#ended.delete(id)
    this.#sessions.set(id, candidate)
    candidate.reportPeeked(now)
  }

  /** Finds the one client of an old version that can have moved to another session: by `/clear` or `/resume`. */
  #findOldClient(file: string, { cwd, version, entrypoint }: { cwd: string; version?: string; entrypoint?: string }): Client | undefined {
    if (entrypoint !== 'cli') return undefined
    const candidates = [...this.#clients.values()].filter(
      (client) =>
        client.state === 'alive' &&
        !client.file.followsSession &&
        client.file.kind === 'interactive' &&
        client.file.version === version &&
        client.file.cwd === cwd &&
        file.startsWith(realpathSync(configDirOf(client)) + path.sep),
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
    const transcript = this.#findTranscript(configDir, cwd, id)
    if (transcript !== undefined) follower.useTranscript(transcript)
    return follower
  }

  /** A session gets its transcript with its first prompt. */
  #attachTranscript(client: Client, follower: SessionFollower): void {
    if (follower.hasTranscript) return
    const file = this.#findTranscript(configDirOf(client), client.file.cwd, sessionOf(client))
    if (file !== undefined) follower.useTranscript(file)
  }

  #createFollower(id: string, since: number): SessionFollower {
    const { put, usage, toSentName, redacts } = this.#options
    // Many sessions take turns: their numbers cost as much as a few dozen sessions' do.
    const fieldsInterval = () => Math.max(FIELDS_INTERVAL_MS, this.#sessions.size * FIELDS_INTERVAL_PER_SESSION_MS)
    return new SessionFollower({ id, since, put, usage: () => usage(id), toSentName, redacts, fieldsInterval })
  }

  #holders(id: string): Client[] {
    return [...this.#clients.values()].filter((client) => client.state === 'alive' && sessionOf(client) === id)
  }

  #toProject(cwd: string): string {
    return toProjectId(this.#options.toSentName(cwd))
  }

  #findTranscript(configDir: string, cwd: string | undefined, id: string): string | undefined {
    const projects = path.join(configDir, 'projects')
    if (cwd !== undefined) {
      const usual = path.join(projects, cwd.replace(/[^a-zA-Z0-9]/g, '-'), `${id}.jsonl`)
      if (isFile(usual)) return usual
    }
    try {
      for (const folder of readdirSync(projects)) {
        const file = path.join(projects, folder, `${id}.jsonl`)
        if (isFile(file)) return file
      }
    } catch {
      // There are no transcripts yet.
    }
    return undefined
  }
}

/** A folder as the id of a project: what an identifier may hold, and as long. */
function toProjectId(name: string): string {
  return toName(name, 200) || 'unknown'
}

function sessionOf({ movedTo, file }: Client): string {
  return movedTo ?? file.sessionId
}

/** Whether the session id may not be final: that of `--continue`, and of `--resume` in old versions, follows before the first status. */
function mayChangeId({ activity }: ProcessFile): boolean {
  return activity === undefined
}

function holdOf(file: ProcessFile): number {
  if (file.kind === 'print') return HOLD_PRINT_MS
  return getsStatus({ file }) ? HOLD_MS : HOLD_OLD_MS
}

/** Whether the client writes a status as soon as its session id is final. */
function getsStatus({ file: { kind, followsSession } }: Pick<Client, 'file'>): boolean {
  return kind !== 'print' && followsSession
}

function hasStatus({ file, gone }: Client): boolean {
  return file.activity !== undefined && gone === undefined
}

function configDirOf(client: Client): string {
  return path.dirname(path.dirname(client.path))
}

function identityOf({ pid, procStart, startedAt }: ProcessFile): string {
  return `${pid}:${procStart ?? startedAt}`
}

/** What the ids of all observations of this process and its session begin with. */
function observedIdentity(client: Client): string {
  return `process-file:${identityOf(client.file)}:${sessionOf(client)}`
}

function isSameProcess(a: ProcessFile, b: ProcessFile): boolean {
  return identityOf(a) === identityOf(b)
}

function isRunBy(session: LivingSession, { pid, procStart }: ProcessFile): boolean {
  return session.pid === pid && session.procStart === procStart
}

function isSameState(a: ProcessFile, b: ProcessFile): boolean {
  return (
    a.activity === b.activity &&
    a.waitingFor === b.waitingFor &&
    a.activityAt === b.activityAt &&
    a.name === b.name &&
    a.version === b.version
  )
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true
}

export function toInstant(at: number): string {
  return new Date(at).toISOString()
}
