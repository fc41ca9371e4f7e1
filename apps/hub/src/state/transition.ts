import type { SessionStatus } from '@signalbox/contract/session'
import type { TaskStatus } from '@signalbox/contract/task'
import { HubError } from '../hub-error.ts'

/**
 * The cause of a change of status.
 * - `change`: a request that sets it: PUT, DELETE, a heartbeat with a status, mark-failed, process-ended.
 * - `overdue`: the monitor, because no heartbeat came or the session was stalled for too long; mark-stalled.
 * - `heartbeat`: a stalled session sent a heartbeat, or was observed alive.
 * - `recovery`, `archive`, `purge`: the request of that name.
 * - `resume`: the session was observed alive after its end.
 * - `correction`: a late observation says that it ended in the other way.
 */
export type Cause = 'change' | 'overdue' | 'heartbeat' | 'recovery' | 'archive' | 'purge' | 'resume' | 'correction'

type Moves<Status extends string, By> = { readonly [From in Status]: { readonly [To in Status | 'gone']?: By } }

/** The table of all changes of status of a session: from → to → causes. Every route and the monitor refuse the others. */
export const sessionMoves = {
  active: { paused: ['change'], completed: ['change'], failed: ['change'], stalled: ['overdue'] },
  paused: { active: ['change'], completed: ['change'], failed: ['change'], stalled: ['overdue'] },
  // A heartbeat restores the status from before the stall.
  stalled: { active: ['heartbeat', 'recovery'], paused: ['heartbeat'], completed: ['change'], failed: ['change', 'overdue'] },
  completed: { active: ['resume'], failed: ['correction'], archived: ['archive'] },
  failed: { active: ['recovery', 'resume'], completed: ['correction'], archived: ['archive'] },
  archived: { active: ['resume'], gone: ['purge'] },
} as const satisfies Moves<SessionStatus, readonly Cause[]>

/** The table of all changes of status of a task, for every route. */
export const taskMoves = {
  pending: ['in_progress', 'blocked', 'completed', 'failed'],
  in_progress: ['completed', 'failed', 'blocked', 'pending'],
  blocked: ['pending', 'in_progress', 'completed', 'failed'],
  failed: ['pending'],
  completed: [],
} as const satisfies { readonly [From in TaskStatus]: readonly TaskStatus[] }

export const liveStatuses = ['active', 'paused', 'stalled'] as const satisfies readonly SessionStatus[]
/** The statuses that the monitor watches. */
export const heartbeatStatuses = ['active', 'paused'] as const satisfies readonly SessionStatus[]

export function isLive(status: SessionStatus): boolean {
  return status === 'active' || status === 'paused' || status === 'stalled'
}

export function sessionMayMove(from: SessionStatus, to: SessionStatus | 'gone', by: Cause): boolean {
  const causes: readonly Cause[] = (sessionMoves as Moves<SessionStatus, readonly Cause[]>)[from][to] ?? []
  return causes.includes(by)
}

/** Ends the message where the status alone does not explain the refusal. */
const causeTexts: Record<Cause, string> = {
  change: '',
  overdue: '',
  heartbeat: '',
  recovery: ' by recovery',
  archive: '',
  purge: '',
  resume: '',
  correction: '',
}

/** @throws HubError `conflict` naming both states */
export function requireSessionMove(from: SessionStatus, to: SessionStatus | 'gone', by: Cause): void {
  if (sessionMayMove(from, to, by)) return
  const message =
    from === 'stalled' && to === 'stalled'
      ? 'The session is stalled already'
      : `A session that is ${from} cannot ${to === 'gone' ? 'be purged' : `become ${to}`}${causeTexts[by]}`
  throw new HubError('conflict', message, {
    suggestion: suggestMove(from, to),
    details: { from, to },
  })
}

/** @throws HubError `conflict` naming both states */
export function requireTaskMove(from: TaskStatus, to: TaskStatus): void {
  const allowed: readonly TaskStatus[] = taskMoves[from]
  if (allowed.includes(to)) return
  throw new HubError('conflict', `A task that is ${from} cannot become ${to}`, {
    suggestion:
      allowed.length === 0 ? 'A completed task is final; create another one.' : `From ${from} it may become ${allowed.join(', ')}.`,
    details: { from, to },
  })
}

function suggestMove(from: SessionStatus, to: SessionStatus | 'gone'): string {
  if (from === 'stalled' && (to === 'active' || to === 'paused' || to === 'stalled'))
    return 'Send a heartbeat with POST …/heartbeat, or recover it with POST …/recover.'
  if (from === 'failed' && to === 'active') return 'POST …/recover makes a failed session active again.'
  if (to === 'stalled') return 'A session becomes stalled by a missed heartbeat or POST …/mark-stalled.'
  if (to === 'archived') return 'POST …/archive archives a session that has completed or failed.'
  if (to === 'gone') return 'Archive the session first: POST …/archive.'
  if (from === 'completed' || from === 'archived') return 'It has ended; create a new session.'
  return 'GET the session to see its status.'
}
