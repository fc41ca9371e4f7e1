import type { SessionSourceRow } from '@signalbox/contract/claude-session'
import type { CreateSession, ProjectSessions, Session, UpdateSession } from '@signalbox/contract/session'
import type { Cleanup, CleanupResult, PurgeResult } from '@signalbox/contract/session-cleanup'
import type { FailureInfo, MarkFailed, MarkStalled, ProcessEnded } from '@signalbox/contract/session-failure'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { Heartbeat, HeartbeatResponse } from '@signalbox/contract/session-heartbeat'
import type { ObservationResult, SessionObservation } from '@signalbox/contract/session-observation'
import type { RecoverableSession, RecoverSession, RecoveryCheckpoint, RecoveryHistory } from '@signalbox/contract/session-recovery'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { AttemptOptions, CallOptions, ChangeOptions, ListOptions } from './call-options.ts'
import { type EachRowOptions, eachRow } from './each-row.ts'
import { toAttemptField } from './heartbeat.ts'
import type { Http } from './http.ts'
import type { ListQuery, MachineSessionQuery, SessionHealthQuery, SessionQuery } from './query.ts'

/** The routes of sessions. The client is one class for callers, built up from one file per noun. */
export class SessionCalls {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  /** Creates a session and assigns the requested slot; rejects with a ConflictError when the slot is taken. Scope `write`. */
  createSession(session: CreateSession, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions', body: session, idempotent: true, signal })
  }

  /** Scope `read`. */
  getSession(sessionId: string, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id', id: sessionId, signal })
  }

  /** Newest first. Scope `read`. */
  listSessions(query: SessionQuery = {}, options: ListOptions = {}): Promise<Session[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions', query: { ...query } })
  }

  /** Every matching session, newest first, fetched by page; none is skipped or repeated while sessions change. Scope `read`. */
  eachSession(query: Omit<SessionQuery, keyof ListQuery> = {}, options: EachRowOptions = {}): AsyncGenerator<Session, void, undefined> {
    return eachRow((page, more) => this.listSessions({ ...query, ...page }, more), options)
  }

  /** Absent fields stay unchanged, `null` removes a value. Scope `write`. */
  updateSession(sessionId: string, change: UpdateSession, options: ChangeOptions = {}): Promise<Session> {
    return this.#http.send({ ...options, method: 'PUT', path: '/sessions/:id', id: sessionId, body: change })
  }

  /** Ends a live session as completed; an ended one stays unchanged. Scope `write`. */
  async endSession(sessionId: string, { attempt, ...options }: ChangeOptions & AttemptOptions = {}): Promise<void> {
    await this.#http.send({ ...options, method: 'DELETE', path: '/sessions/:id', id: sessionId, query: toAttemptField(attempt) })
  }

  /** Sends one heartbeat; `heartbeat` sends them regularly. Rejects with a ConflictError when the session has ended. Scope `write`. */
  updateSessionHeartbeat(sessionId: string, heartbeat: Heartbeat = {}, { signal }: CallOptions = {}): Promise<HeartbeatResponse> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/heartbeat', id: sessionId, body: heartbeat, signal })
  }

  /**
   * Sends up to 500 observations of sessions of Claude Code on a machine; idempotent. Those that the result lists as rejected
   * must not be sent again. Scope `ingest`.
   */
  observeSessions(
    machineId: string,
    observations: readonly SessionObservation[],
    { signal }: CallOptions = {},
  ): Promise<ObservationResult> {
    return this.#http.send({
      method: 'POST',
      path: '/sessions/observations',
      body: { machine_id: machineId, observations },
      // A few of them are sent several times a second, and compressing them would cost more than it saves.
      gzip: observations.length >= 50,
      signal,
    })
  }

  /** What each source reports about an observed session, and which value is believed. Scope `read`. */
  getSessionSources(sessionId: string, { signal }: CallOptions = {}): Promise<SessionSourceRow[]> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/sources', id: sessionId, signal })
  }

  /** Whether the session is alive, and suggested actions. `threshold` in seconds, 300 when absent. Scope `read`. */
  getSessionHealth(
    sessionId: string,
    query: { readonly threshold?: number | undefined } = {},
    { signal }: CallOptions = {},
  ): Promise<SessionHealth> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/health', id: sessionId, query: { ...query }, signal })
  }

  /** Live sessions without a heartbeat for longer than the threshold, oldest heartbeat first. Scope `read`. */
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

  /** Stalled and failed sessions, and whether each may be recovered; oldest heartbeat first. Scope `read`. */
  findRecoverableSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<RecoverableSession[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/recoverable', query: { ...query } })
  }

  /** A page of the sessions by status, newest first; `stats` counts all, `onNext` gets the cursor of the next page. Scope `read`. */
  getSessionsByProject(
    projectId: string,
    {
      limit,
      cursor,
      offset,
      ...options
    }: ListOptions & { readonly limit?: number; readonly cursor?: string; readonly offset?: number } = {},
  ): Promise<ProjectSessions> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/by-project/:id', id: projectId, query: { limit, cursor, offset } })
  }

  /** Newest first. Scope `read`. */
  getSessionsByMachine(machineId: string, query: MachineSessionQuery = {}, options: ListOptions = {}): Promise<Session[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/sessions/by-machine/:id', id: machineId, query: { ...query } })
  }

  /** Frees its slot and fails its tasks in progress; rejects with a ConflictError when the session has ended. Scope `write`. */
  markSessionFailed(sessionId: string, failure: MarkFailed, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/mark-failed', id: sessionId, body: failure, idempotent: true, signal })
  }

  /** Marks the session as stalled until its next heartbeat. Scope `write`. */
  markSessionStalled(sessionId: string, stall: MarkStalled, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/mark-stalled', id: sessionId, body: stall, idempotent: true, signal })
  }

  /** Marks the session as failed because its process has exited, unless it had ended before. Scope `write`. */
  reportProcessEnded(sessionId: string, processEnded: ProcessEnded, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({
      method: 'POST',
      path: '/sessions/:id/process-ended',
      id: sessionId,
      body: processEnded,
      idempotent: true,
      signal,
    })
  }

  /** The reason why the session failed or stalled, and suggested actions. Scope `read`. */
  getSessionFailureInfo(sessionId: string, { signal }: CallOptions = {}): Promise<FailureInfo> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/failure-info', id: sessionId, signal })
  }

  /** Saves the checkpoint that a recovery would start from. Scope `write`. */
  prepareSessionRecovery(sessionId: string, { signal }: CallOptions = {}): Promise<RecoveryCheckpoint> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/prepare-recovery', id: sessionId, body: {}, idempotent: true, signal })
  }

  /**
   * Makes a stalled or failed session active again, with the same id, up to three times; its failed and stuck tasks are
   * pending again. `resumeSession` continues its work; with the `attempt` of this answer it continues this one. Scope `write`.
   */
  recoverSession(sessionId: string, recovery: RecoverSession = {}, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/recover', id: sessionId, body: recovery, idempotent: true, signal })
  }

  /** Scope `read`. */
  getSessionRecoveryHistory(sessionId: string, { signal }: CallOptions = {}): Promise<RecoveryHistory> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/recovery-history', id: sessionId, signal })
  }

  /** Archives an ended session. Scope `admin`. */
  archiveSession(sessionId: string, { signal }: CallOptions = {}): Promise<Session> {
    return this.#http.send({ method: 'POST', path: '/sessions/:id/archive', id: sessionId, body: {}, idempotent: true, signal })
  }

  /** Permanently removes an archived session and its tasks, and therefore needs a confirmation, which is sent in the query: some proxies drop the body of a DELETE. Scope `admin`. */
  purgeSession(sessionId: string, confirmed: { readonly confirm: true }, { signal }: CallOptions = {}): Promise<PurgeResult> {
    return this.#http.send({ method: 'DELETE', path: '/sessions/:id/purge', id: sessionId, query: { ...confirmed }, signal })
  }

  /** Archives or removes sessions that ended long ago; a dry run counts exactly what a real run would change. Scope `admin`. */
  cleanupSessions(cleanup: Cleanup, { signal }: CallOptions = {}): Promise<CleanupResult> {
    return this.#http.send({ method: 'POST', path: '/sessions/cleanup', body: cleanup, idempotent: true, signal })
  }

  /** The session's events, oldest first; the newest `limit` rows, 500 when absent. Scope `read`. */
  getSessionTimeline(
    sessionId: string,
    query: { readonly limit?: number | undefined } = {},
    { signal }: CallOptions = {},
  ): Promise<TimelineRow[]> {
    return this.#http.send({ method: 'GET', path: '/sessions/:id/timeline', id: sessionId, query: { ...query }, signal })
  }
}
