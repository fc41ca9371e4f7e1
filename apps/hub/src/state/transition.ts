import type { SessionStatus } from '@signalbox/contract/session'
import type { TaskStatus } from '@signalbox/contract/task'
import { HubError } from '../hub-error.ts'

/**
 * Who moves a session: somebody who changes it (PUT, DELETE, a heartbeat's status, mark-failed, process-ended), silence
 * (the monitor, mark-stalled), its own beat, a recovery, archive and purge.
 */
export type Mover = 'change' | 'silence' | 'beat' | 'recovery' | 'archive' | 'purge'

type Moves<Status extends string, By> = { readonly [From in Status]: { readonly [To in Status | 'gone']?: By } }

/** The one table of sessions: from → to → by whom. What is not here is refused, by every route and by the monitor. */
export const sessionMoves = {
  active: { paused: ['change'], completed: ['change'], failed: ['change'], stalled: ['silence'] },
  paused: { active: ['change'], completed: ['change'], failed: ['change'], stalled: ['silence'] },
  // By a beat it becomes what it was before.
  stalled: { active: ['beat', 'recovery'], paused: ['beat'], completed: ['change'], failed: ['change'] },
  completed: { archived: ['archive'] },
  failed: { active: ['recovery'], archived: ['archive'] },
  archived: { gone: ['purge'] },
} as const satisfies Moves<SessionStatus, readonly Mover[]>

/** The one table of tasks, by whatever route. */
export const taskMoves = {
  pending: ['in_progress', 'blocked', 'completed', 'failed'],
  in_progress: ['completed', 'failed', 'blocked', 'pending'],
  blocked: ['pending', 'in_progress', 'completed', 'failed'],
  failed: ['pending'],
  completed: [],
} as const satisfies { readonly [From in TaskStatus]: readonly TaskStatus[] }

export const liveStatuses = ['active', 'paused', 'stalled'] as const satisfies readonly SessionStatus[]
/** Those that the monitor listens for. */
export const beatingStatuses = ['active', 'paused'] as const satisfies readonly SessionStatus[]

export function isLive(status: SessionStatus): boolean {
  return status === 'active' || status === 'paused' || status === 'stalled'
}

export function sessionMayMove(from: SessionStatus, to: SessionStatus | 'gone', by: Mover): boolean {
  const movers: readonly Mover[] = (sessionMoves as Moves<SessionStatus, readonly Mover[]>)[from][to] ?? []
  return movers.includes(by)
}

/** Said where the state alone does not say why. */
const hows: Record<Mover, string> = { change: '', silence: '', beat: '', recovery: ' by recovery', archive: '', purge: '' }

/** @throws HubError `conflict` naming both states */
export function requireSessionMove(from: SessionStatus, to: SessionStatus | 'gone', by: Mover): void {
  if (sessionMayMove(from, to, by)) return
  throw new HubError('conflict', `A session that is ${from} cannot ${to === 'gone' ? 'be purged' : `become ${to}`}${hows[by]}`, {
    suggestion: whatInstead(from, to),
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

function whatInstead(from: SessionStatus, to: SessionStatus | 'gone'): string {
  if (from === 'stalled' && (to === 'active' || to === 'paused')) return 'Send a heartbeat, or POST …/recover.'
  if (from === 'failed' && to === 'active') return 'POST …/recover makes a failed session active again.'
  if (to === 'stalled') return 'Only silence or POST …/mark-stalled makes an active or paused session stalled.'
  if (to === 'archived') return 'POST …/archive puts away a session that has completed or failed.'
  if (to === 'gone') return 'Archive the session first: POST …/archive.'
  if (from === 'completed' || from === 'archived') return 'It has ended; create a new session.'
  return 'GET the session to see what it is now.'
}
