import type { SessionSourceRow } from '@signalbox/contract/claude-session'
import type { ProjectSessions, Session } from '@signalbox/contract/session'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { RecoverableSession, RecoveryHistory } from '@signalbox/contract/session-recovery'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { CallOptions, ListOptions } from './call-options.ts'
import { ApiClient } from './client.ts'
import { type EachRowOptions, eachRow } from './each-row.ts'
import type { ListQuery, MachineSessionQuery, SessionHealthQuery, SessionQuery } from './query.ts'

/** The routes that read sessions, added to those of the first screen. */
export class SessionReads extends ApiClient {
  /** Scope `read`. */
  getSession(sessionId: string, { signal }: CallOptions = {}): Promise<Session> {
    return this.http.send({ method: 'GET', path: '/sessions/:id', id: sessionId, signal })
  }

  /** Every matching session, newest first, fetched by page; none is skipped or repeated while sessions change. Scope `read`. */
  eachSession(query: Omit<SessionQuery, keyof ListQuery> = {}, options: EachRowOptions = {}): AsyncGenerator<Session, void, undefined> {
    return eachRow((page, more) => this.listSessions({ ...query, ...page }, more), options)
  }

  /** What each source reports about an observed session, and which value is believed. Scope `read`. */
  getSessionSources(sessionId: string, { signal }: CallOptions = {}): Promise<SessionSourceRow[]> {
    return this.http.send({ method: 'GET', path: '/sessions/:id/sources', id: sessionId, signal })
  }

  /** Whether the session is alive, and suggested actions. `threshold` in seconds, 300 when absent. Scope `read`. */
  getSessionHealth(
    sessionId: string,
    query: { readonly threshold?: number | undefined } = {},
    { signal }: CallOptions = {},
  ): Promise<SessionHealth> {
    return this.http.send({ method: 'GET', path: '/sessions/:id/health', id: sessionId, query: { ...query }, signal })
  }

  /** Live sessions without a heartbeat for longer than the threshold, oldest heartbeat first. Scope `read`. */
  findStaleSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<SessionHealth[]> {
    return this.http.send({ ...options, method: 'GET', path: '/sessions/stale', query: { ...query } })
  }

  /** Newest first. Scope `read`. */
  findActiveSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<SessionHealth[]> {
    return this.http.send({ ...options, method: 'GET', path: '/sessions/active', query: { ...query } })
  }

  /** Newest first. Scope `read`. */
  findFailedSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<SessionHealth[]> {
    return this.http.send({ ...options, method: 'GET', path: '/sessions/failed', query: { ...query } })
  }

  /** Newest first. Scope `read`. */
  findArchivedSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<SessionHealth[]> {
    return this.http.send({ ...options, method: 'GET', path: '/sessions/archived', query: { ...query } })
  }

  /** Stalled and failed sessions, and whether each may be recovered; oldest heartbeat first. Scope `read`. */
  findRecoverableSessions(query: SessionHealthQuery = {}, options: ListOptions = {}): Promise<RecoverableSession[]> {
    return this.http.send({ ...options, method: 'GET', path: '/sessions/recoverable', query: { ...query } })
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
    return this.http.send({ ...options, method: 'GET', path: '/sessions/by-project/:id', id: projectId, query: { limit, cursor, offset } })
  }

  /** Newest first. Scope `read`. */
  getSessionsByMachine(machineId: string, query: MachineSessionQuery = {}, options: ListOptions = {}): Promise<Session[]> {
    return this.http.send({ ...options, method: 'GET', path: '/sessions/by-machine/:id', id: machineId, query: { ...query } })
  }

  /** Scope `read`. */
  getSessionRecoveryHistory(sessionId: string, { signal }: CallOptions = {}): Promise<RecoveryHistory> {
    return this.http.send({ method: 'GET', path: '/sessions/:id/recovery-history', id: sessionId, signal })
  }

  /** The session's events, oldest first; the newest `limit` rows, 500 when absent. Scope `read`. */
  getSessionTimeline(
    sessionId: string,
    query: { readonly limit?: number | undefined } = {},
    { signal }: CallOptions = {},
  ): Promise<TimelineRow[]> {
    return this.http.send({ method: 'GET', path: '/sessions/:id/timeline', id: sessionId, query: { ...query }, signal })
  }
}
