import type { CreateSession, Session, UpdateSession } from '@signalbox/contract/session'
import type { Cleanup, CleanupResult, PurgeResult } from '@signalbox/contract/session-cleanup'
import type { MarkFailed, MarkStalled, ProcessEnded } from '@signalbox/contract/session-failure'
import type { Heartbeat, HeartbeatResponse } from '@signalbox/contract/session-heartbeat'
import type { ObservationResult, SessionObservation } from '@signalbox/contract/session-observation'
import type { RecoverSession, RecoveryCheckpoint } from '@signalbox/contract/session-recovery'
import type { AttemptOptions, CallOptions, ChangeOptions } from './call-options.ts'
import { toAttemptField } from './heartbeat.ts'
import { IngestCalls } from './ingest-calls.ts'

/** The routes that change sessions, added to those before. */
export class SessionWrites extends IngestCalls {
  /** Creates a session and assigns the requested slot; rejects with a ConflictError when the slot is taken. Scope `write`. */
  createSession(session: CreateSession, { signal }: CallOptions = {}): Promise<Session> {
    return this.http.send({ method: 'POST', path: '/sessions', body: session, idempotent: true, signal })
  }

  /** Absent fields stay unchanged, `null` removes a value. Scope `write`. */
  updateSession(sessionId: string, change: UpdateSession, options: ChangeOptions = {}): Promise<Session> {
    return this.http.send({ ...options, method: 'PUT', path: '/sessions/:id', id: sessionId, body: change })
  }

  /** Ends a live session as completed; an ended one stays unchanged. Scope `write`. */
  async endSession(sessionId: string, { attempt, ...options }: ChangeOptions & AttemptOptions = {}): Promise<void> {
    await this.http.send({ ...options, method: 'DELETE', path: '/sessions/:id', id: sessionId, query: toAttemptField(attempt) })
  }

  /** Sends one heartbeat; `heartbeat` sends them regularly. Rejects with a ConflictError when the session has ended. Scope `write`. */
  updateSessionHeartbeat(sessionId: string, heartbeat: Heartbeat = {}, { signal }: CallOptions = {}): Promise<HeartbeatResponse> {
    return this.http.send({ method: 'POST', path: '/sessions/:id/heartbeat', id: sessionId, body: heartbeat, signal })
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
    return this.http.send({
      method: 'POST',
      path: '/sessions/observations',
      body: { machine_id: machineId, observations },
      // A few of them are sent several times a second, and compressing them would cost more than it saves.
      gzip: observations.length >= 50,
      signal,
    })
  }

  /** Frees its slot and fails its tasks in progress; rejects with a ConflictError when the session has ended. Scope `write`. */
  markSessionFailed(sessionId: string, failure: MarkFailed, { signal }: CallOptions = {}): Promise<Session> {
    return this.http.send({ method: 'POST', path: '/sessions/:id/mark-failed', id: sessionId, body: failure, idempotent: true, signal })
  }

  /** Marks the session as stalled until its next heartbeat. Scope `write`. */
  markSessionStalled(sessionId: string, stall: MarkStalled, { signal }: CallOptions = {}): Promise<Session> {
    return this.http.send({ method: 'POST', path: '/sessions/:id/mark-stalled', id: sessionId, body: stall, idempotent: true, signal })
  }

  /** Marks the session as failed because its process has exited, unless it had ended before. Scope `write`. */
  reportProcessEnded(sessionId: string, processEnded: ProcessEnded, { signal }: CallOptions = {}): Promise<Session> {
    return this.http.send({
      method: 'POST',
      path: '/sessions/:id/process-ended',
      id: sessionId,
      body: processEnded,
      idempotent: true,
      signal,
    })
  }

  /** Saves the checkpoint that a recovery would start from. Scope `write`. */
  prepareSessionRecovery(sessionId: string, { signal }: CallOptions = {}): Promise<RecoveryCheckpoint> {
    return this.http.send({ method: 'POST', path: '/sessions/:id/prepare-recovery', id: sessionId, body: {}, idempotent: true, signal })
  }

  /**
   * Makes a stalled or failed session active again, with the same id, up to three times; its failed and stuck tasks are
   * pending again. `resumeSession` continues its work; with the `attempt` of this answer it continues this one. Scope `write`.
   */
  recoverSession(sessionId: string, recovery: RecoverSession = {}, { signal }: CallOptions = {}): Promise<Session> {
    return this.http.send({ method: 'POST', path: '/sessions/:id/recover', id: sessionId, body: recovery, idempotent: true, signal })
  }

  /** Archives an ended session. Scope `admin`. */
  archiveSession(sessionId: string, { signal }: CallOptions = {}): Promise<Session> {
    return this.http.send({ method: 'POST', path: '/sessions/:id/archive', id: sessionId, body: {}, idempotent: true, signal })
  }

  /** Permanently removes an archived session and its tasks, and therefore needs a confirmation, which is sent in the query: some proxies drop the body of a DELETE. Scope `admin`. */
  purgeSession(sessionId: string, confirmed: { readonly confirm: true }, { signal }: CallOptions = {}): Promise<PurgeResult> {
    return this.http.send({ method: 'DELETE', path: '/sessions/:id/purge', id: sessionId, query: { ...confirmed }, signal })
  }

  /** Archives or removes sessions that ended long ago; a dry run counts exactly what a real run would change. Scope `admin`. */
  cleanupSessions(cleanup: Cleanup, { signal }: CallOptions = {}): Promise<CleanupResult> {
    return this.http.send({ method: 'POST', path: '/sessions/cleanup', body: cleanup, idempotent: true, signal })
  }
}
