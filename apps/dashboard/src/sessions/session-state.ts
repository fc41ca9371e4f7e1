import type { BoardSession } from '../hub/answer.ts'

/** What a session is at, as a person at the board needs it: its status, and while it is active what it does. */
export type SessionState = 'waiting' | 'stalled' | 'failed' | 'working' | 'active' | 'idle' | 'paused' | 'completed' | 'archived'

export function stateOf({ status, activity }: Pick<BoardSession, 'status' | 'activity'>): SessionState {
  if (status !== 'active') return status
  // What it did when it was heard of last; a session that says nothing of it is only known to be active.
  return activity ?? 'active'
}

/** Whether nothing goes on until a person has looked. */
export function needsPerson(session: Pick<BoardSession, 'status' | 'activity'>): boolean {
  const state = stateOf(session)
  return state === 'waiting' || state === 'stalled' || state === 'failed'
}

const words: Record<Exclude<SessionState, 'waiting'>, string> = {
  stalled: 'Stalled',
  failed: 'Failed',
  working: 'Working',
  active: 'Active',
  idle: 'Idle',
  paused: 'Paused',
  completed: 'Completed',
  archived: 'Archived',
}

export function stateWords(session: Pick<BoardSession, 'status' | 'activity' | 'waiting_for'>): string {
  const state = stateOf(session)
  if (state !== 'waiting') return words[state]
  if (session.waiting_for === 'permission') return 'Waits for permission'
  return session.waiting_for === 'input' ? 'Waits for an answer' : 'Waits for a person'
}
