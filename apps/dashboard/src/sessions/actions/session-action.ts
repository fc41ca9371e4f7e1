import { countOf } from '@signalbox/contract/plural'
import type { BoardSession, Scope } from '../../hub/answer.ts'
import type { HubAction } from '../../hub/session-action.ts'
import { type DismissedSessions, isDismissed } from '../dismissed-sessions.ts'

/** What people can do with sessions; `dismiss` and `restore` stay in this browser. */
export type SessionAction = HubAction | 'dismiss' | 'restore'

/** In the order of the menu. */
export const sessionActions: readonly SessionAction[] = ['recover', 'resume', 'pause', 'complete', 'fail', 'dismiss', 'restore', 'archive']

/** The hub's table of transitions, as far as people can ask for them; the hub has the last word. */
const statuses: Readonly<Record<HubAction, readonly BoardSession['status'][]>> = {
  recover: ['stalled', 'failed'],
  resume: ['paused'],
  pause: ['active'],
  complete: ['active', 'paused', 'stalled'],
  fail: ['active', 'paused', 'stalled'],
  archive: ['completed', 'failed'],
}

export interface Actor {
  /** Of this browser; undefined until they are known. */
  readonly scopes: readonly Scope[] | undefined
  readonly dismissed: DismissedSessions
}

export function mayDo(action: SessionAction, session: BoardSession, { scopes = [], dismissed }: Actor): boolean {
  if (action === 'dismiss') return isEnded(session) && !isDismissed(session, dismissed)
  if (action === 'restore') return isDismissed(session, dismissed)
  return scopes.includes(action === 'archive' ? 'admin' : 'write') && statuses[action].includes(session.status)
}

function isEnded({ status, completed_at }: BoardSession): boolean {
  return completed_at !== undefined && (status === 'completed' || status === 'failed')
}

/** The actions that are possible with a session, in the order of the menu. */
export function possibleActions(session: BoardSession, actor: Actor): readonly SessionAction[] {
  return sessionActions.filter((action) => mayDo(action, session, actor))
}

interface ActionText {
  readonly name: string
  /** The sentence of the notice, after `3 sessions `. */
  readonly done: string
  /** What it does, and what it does not do; without one it is done at once. */
  readonly confirm?: readonly string[]
  readonly undo?: SessionAction
}

export const actionTexts: Readonly<Record<SessionAction, ActionText>> = {
  pause: {
    name: 'Pause',
    done: 'marked as paused',
    confirm: ['Marks it as paused. Its process goes on: Signalbox does not stop it.'],
    undo: 'resume',
  },
  resume: { name: 'Resume', done: 'active again', undo: 'pause' },
  complete: {
    name: 'Mark as completed',
    done: 'marked as completed',
    confirm: [
      'Marks it as completed. Its process goes on, if it still runs, and its heartbeats are refused from then on.',
      'Its slot is released, and its tasks in progress fail. There is no undo.',
    ],
  },
  fail: {
    name: 'Mark as failed',
    done: 'marked as failed',
    confirm: [
      'Marks it as failed. Its process goes on, if it still runs, and its heartbeats are refused from then on.',
      'Its slot is released, and its tasks in progress fail. Recover makes it active again, up to three times.',
    ],
  },
  recover: {
    name: 'Recover',
    done: 'active again',
    confirm: [
      'Makes it active again where it was, with the same id. Signalbox starts no process: the client that works for it has to take it up.',
      'Its failed and stuck tasks are pending again.',
    ],
  },
  archive: {
    name: 'Archive',
    done: 'archived',
    confirm: [
      'Takes it off the board for everyone. Its tasks, its timeline and its usage stay, and its page stays open to its address.',
      'There is no undo.',
    ],
  },
  dismiss: { name: 'Dismiss', done: 'dismissed in this browser', undo: 'restore' },
  restore: { name: 'Show again', done: 'shown again', undo: 'dismiss' },
}

/** A session that a collector or hook observes: what people mark gives way to what is seen of its process. */
export const OBSERVED_NOTE =
  'What is seen of Claude Code comes first: a session that is marked as ended and goes on to work is active again.'

/** Such as `Session engine marked as paused.` or `3 sessions archived.` */
export function describeDone(action: SessionAction, sessions: readonly BoardSession[], name: (session: BoardSession) => string): string {
  const [first] = sessions
  const subject = sessions.length === 1 && first !== undefined ? name(first) : countOf(sessions.length, 'session')
  return `${subject} ${actionTexts[action].done}.`
}
