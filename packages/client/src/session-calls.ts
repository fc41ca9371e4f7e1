import type { CreateSession, ProjectSessions, Session, UpdateSession } from '@signalbox/contract/session'
import type { CleanedUp, Cleanup, Purged } from '@signalbox/contract/session-cleanup'
import type { FailureInfo, MarkFailed, MarkStalled, ProcessEnded } from '@signalbox/contract/session-failure'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { Heartbeat, HeartbeatAnswer } from '@signalbox/contract/session-heartbeat'
import type { RecoverableSession, RecoverSession, RecoveryCheckpoint, RecoveryHistory } from '@signalbox/contract/session-recovery'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { CallOptions, ChangeOptions, ListOptions } from './call-options.ts'
import type { Http } from './http.ts'
import type { MachineSessionQuery, SessionHealthQuery, SessionQuery } from './query.ts'

/** The routes of sessions. To the caller the client is one class; to us it is one file a noun, each of which adds its own. */
export class SessionCalls {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  /** Begins a session; a slot that it asks for is claimed, or the promise rejects with a ConflictError. Scope `write`. */
  createSession(session: CreateSession, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions', body: session, once: true, signal })
  }

  /** Scope `read`. */
  getSession(sessionId: string, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id', id: sessionId, signal })
  }

  /** Newest first. Scope `read`. */
  listSessions(query: SessionQuery = {}, options: ListOptions = {}): Promise<Session[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions', query: { ...query } })
  }

  /** What is absent stays, `null` takes away. Scope `write`. */
  updateSession(sessionId: string, change: UpdateSession, options: ChangeOptions = {}): Promise<Session> {
    return this.#http.send({ ...options, method: 'PUT', path: '/sessions/:id', id: sessionId, body: change })
  }

  /** Ends a live session as completed; one that has ended stays as it is. Scope `write`. */
  async endSession(sessionId: string, options: ChangeOptions = {}): Promise<void> {
    await this.#http.send({ ...options, method: 'DELETE', path: '/sessions/:id', id: sessionId })
  }

  /** One beat; `heartbeat` sends them by itself. A session that has ended rejects with a ConflictError. Scope `write`. */
  updateSessionHeartbeat(sessionId: string, beat: Heartbeat = {}, { signal }: CallOptions = {}): Promise<HeartbeatAnswer> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/heartbeat', id: sessionId, body: beat, signal })
  }

  /** Does it live, and what could be done? `threshold` in seconds, 300 when absent. Scope `read`. */
  getSessionHealth(
    sessionId: string,
    query: { readonly threshold?: number | undefined } = {},
    { signal }: CallOptions = {},
  ): Promise<SessionHealth> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/health', id: sessionId, query: { ...query }, signal })
  }

  /** Live sessions without a beat for longer than the threshold, oldest beat first. Scope `read`. */
  findStaleSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<SessionHealth[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/stale', query: { ...query } })
  }

  /** Newest first. Scope `read`. */
  findActiveSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<SessionHealth[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/active', query: { ...query } })
  }

  /** Newest first. Scope `read`. */
  findFailedSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<SessionHealth[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/failed', query: { ...query } })
  }

  /** Newest first. Scope `read`. */
  findArchivedSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<SessionHealth[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/archived', query: { ...query } })
  }

  /** Stalled and failed sessions, and whether each may be recovered; oldest beat first. Scope `read`. */
  findRecoverableSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<RecoverableSession[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/recoverable', query: { ...query } })
  }

  /** Live ones all of them, of each kind of ended ones the newest hundred; `stats` counts all. Scope `read`. */
  getSessionsByProject(projectId: string, { signal }: CallOptions = {}): Promise<ProjectSessions> {
    return this.#http.send({ method: 'GET', path: '/sessions/by-project/:id', id: projectId, signal })
  }

  /** Newest first. Scope `read`. */
  getSessionsByMachine(machineId: string, query: MachineSessionQuery = {}, options: ListOptions = {}): Promise<Session[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/by-machine/:id', id: machineId, query: { ...query } })
  }

  /** Its slot is free and its tasks in progress failed with it; one that has ended rejects with a ConflictError. Scope `write`. */
  markSessionFailed(sessionId: string, failure: MarkFailed, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/mark-failed', id: sessionId, body: failure, once: true, signal })
  }

  /** It stands still; its next beat brings it back. Scope `write`. */
  markSessionStalled(sessionId: string, stall: MarkStalled, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/mark-stalled', id: sessionId, body: stall, once: true, signal })
  }

  /** Its process was seen to end: it failed, unless it had ended already. Scope `write`. */
  reportProcessEnded(sessionId: string, seen: ProcessEnded, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/process-ended', id: sessionId, body: seen, once: true, signal })
  }

  /** Why it failed or stalled, and what could be done. Scope `read`. */
  getSessionFailureInfo(sessionId: string, { signal }: CallOptions = {}): Promise<FailureInfo> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/failure-info', id: sessionId, signal })
  }

  /** Notes what a recovery would start from. Scope `write`. */
  prepareSessionRecovery(sessionId: string, { signal }: CallOptions = {}): Promise<RecoveryCheckpoint> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/prepare-recovery', id: sessionId, body: {}, once: true, signal })
  }

  /**
   * Makes a stalled or failed session active again, with the same id, three times at most; its failed and stuck tasks are
   * pending again. `resumeSession` goes on with its work. Scope `write`.
   */
  recoverSession(sessionId: string, recovery: RecoverSession = {}, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/recover', id: sessionId, body: recovery, once: true, signal })
  }

  /** Scope `read`. */
  getSessionRecoveryHistory(sessionId: string, { signal }: CallOptions = {}): Promise<RecoveryHistory> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/recovery-history', id: sessionId, signal })
  }

  /** Puts an ended session away. Scope `admin`. */
  archiveSession(sessionId: string, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/archive', id: sessionId, body: {}, once: true, signal })
  }

  /** Removes an archived session and its tasks for good, which is why it wants to be confirmed. Scope `admin`. */
  purgeSession(sessionId: string, confirmed: { readonly confirm: true }, { signal }: CallOptions = {}): Promise<Purged> {
    return this.#http.send({ method: 'DELETE', path: '/sessions/:id/purge', id: sessionId, body: confirmed, signal })
  }

  /** Archives or removes what ended long ago; a dry run counts exactly what the real one would do. Scope `admin`. */
  cleanupSessions(cleanup: Cleanup, { signal }: CallOptions = {}): Promise<CleanedUp> {
    return this.#http.send({ method: 'POST', path: '/sessions/cleanup', body: cleanup, once: true, signal })
  }

  /** What happened to it, oldest first; the newest `limit` rows, 500 when absent. Scope `read`. */
  getSessionTimeline(
    sessionId: string,
    query: { readonly limit?: number | undefined } = {},
    { signal }: CallOptions = {},
  ): Promise<TimelineRow[]> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/timeline', id: sessionId, query: { ...query }, signal })
  }
}
