import type { SessionStatus } from '@signalbox/contract/session'
import type { RecoveryAttempt } from '@signalbox/contract/session-recovery'

/** The past of a session, stored with it as JSON; instants are milliseconds. */
export interface SessionHistory {
  /** Changes of status, oldest first; the newest 200 of them. */
  readonly transitions: readonly Transition[]
  /** Present while the session is stalled; `before` is its status until then. */
  readonly stall?: { readonly before: 'active' | 'paused'; readonly at: number; readonly reason: string }
  /** The last failure; absent after a recovery. */
  readonly failure?: Failure
  /** The slot it had when it ended. */
  readonly last_slot?: number
  /** The task completed last. */
  readonly last_done_task_id?: string
  readonly recoveries?: readonly Recovery[]
  readonly checkpoint_at?: number
  /** Identifies the request that created it, where that had an idempotency key. */
  readonly made_by?: string
}

export interface Transition {
  readonly at: number
  readonly from: SessionStatus
  readonly to: SessionStatus
  readonly reason?: string
}

export interface Failure {
  readonly reason: string
  readonly details?: string
  readonly at: number
  /** The task that the session was working on. */
  readonly current_task_id?: string
  readonly stuck_tasks: number
}

export type Recovery = Omit<RecoveryAttempt, 'at'> & { readonly at: number }

/** Bounds the row of a session that stalls and returns all day for a year. */
const MAX_TRANSITIONS = 200

export const noHistory: SessionHistory = { transitions: [] }

export function readHistory(stored: string): SessionHistory {
  return JSON.parse(stored) as SessionHistory
}

export function writeHistory(history: SessionHistory): string {
  return JSON.stringify(history)
}

export function withTransition(history: SessionHistory, transition: Transition): SessionHistory {
  return { ...history, transitions: [...history.transitions, transition].slice(-MAX_TRANSITIONS) }
}
