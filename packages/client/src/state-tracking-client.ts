import { type HeartbeatLoop, type HeartbeatOptions, startHeartbeats } from './heartbeat.ts'
import { type LiveEvent, type LiveOptions, live } from './live.ts'
import { MachineWrites } from './machine-writes.ts'
import { type ResumeOptions, resumeSession, type TrackedSession, type TrackSession, trackSession } from './track-session.ts'

/**
 * A client of one hub, for Node ≥ 20 and browsers: every route, and the long-running `events`, `heartbeat`, `trackSession` and
 * `resumeSession`.
 */
export class StateTrackingApiClient extends MachineWrites {
  /**
   * The live stream of events; reconnects by itself after a lost connection and goes on where it was. An event `gap` says
   * that the hub no longer has all events since, or that it is another hub database.
   * Ends when the signal is aborted or the caller leaves the loop. Scope `read`.
   */
  events(options: LiveOptions = {}): AsyncGenerator<LiveEvent> {
    return live(this.http, this.clock, options)
  }

  /**
   * Sends heartbeats of a session, at once and then every minute or at the given interval, until stopped; goes on through
   * an outage. Stops by itself when the session has ended, is another attempt or is gone, and when the key is refused. Never
   * throws, and keeps the process alive only while a heartbeat is in flight. Scope `write`.
   */
  heartbeat(sessionId: string, options: HeartbeatOptions = {}): HeartbeatLoop {
    return startHeartbeats(this.http, this.clock, sessionId, options)
  }

  /**
   * Runs a function as a session: created before it, with heartbeats while it runs, completed when it returns, failed with
   * its message when it throws.
   * @throws the function's error; an ApiClientError only when the session could not be created. Scope `write`.
   */
  trackSession<T>(options: TrackSession, work: (session: TrackedSession) => T | Promise<T>): Promise<T> {
    return trackSession(this, (id, heartbeatOptions) => this.heartbeat(id, heartbeatOptions), options, work)
  }

  /**
   * `trackSession` for an existing session, such as a recovered one.
   * @throws the function's error; ConflictError when the session has ended, or is at a later attempt. Scopes `write` and `read`.
   */
  resumeSession<T>(sessionId: string, options: ResumeOptions, work: (session: TrackedSession) => T | Promise<T>): Promise<T> {
    return resumeSession(this, (id, heartbeatOptions) => this.heartbeat(id, heartbeatOptions), sessionId, options, work)
  }
}
