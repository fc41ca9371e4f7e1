import type { SessionStatus } from '@signalbox/contract/session'
import type { RecoveryAttempt } from '@signalbox/contract/session-recovery'

/** What a session remembers of its past, kept with it as JSON; instants are milliseconds. */
export interface SessionHistory {
  /** Changes of status, oldest first; of very many the newest. */
  readonly transitions: readonly Transition[]
  /** Of a stalled session. */
  readonly stall?: { readonly before: 'active' | 'paused'; readonly at: number; readonly reason: string }
  /** Of the last time it failed; gone when it is recovered. */
  readonly failure?: Failure
  /** The slot it had when it ended. */
  readonly last_slot?: number
  /** The task that was completed last. */
  readonly last_done_task_id?: string
  readonly recoveries?: readonly Recovery[]
  readonly checkpoint_at?: number
  /** Which request made it, where that was to happen once. */
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
  /** What it was at. */
  readonly current_task_id?: string
  readonly stuck_tasks: number
}

export type Recovery = Omit<RecoveryAttempt, 'at'> & { readonly at: number }

/** A session that stalls and comes back all day for a year would fill its row otherwise. */
const MAX_TRANSITIONS = 200

export const noHistory: SessionHistory = { transitions: [] }

export function readHistory(kept: string): SessionHistory {
  return JSON.parse(kept) as SessionHistory
}

export function writeHistory(history: SessionHistory): string {
  return JSON.stringify(history)
}

export function withTransition(history: SessionHistory, transition: Transition): SessionHistory {
  return { ...history, transitions: [...history.transitions, transition].slice(-MAX_TRANSITIONS) }
}
