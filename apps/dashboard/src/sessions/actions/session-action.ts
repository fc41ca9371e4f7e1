import type { BoardSession, Scope } from '../../hub/answer.ts'
import type { HubAction } from '../../hub/session-action.ts'
import { actionStatuses } from '../../hub/session-state.ts'
import { t } from '../../words/session-actions.ts'
import { type DismissedSessions, isDismissed } from '../dismissed-sessions.ts'

/** What people can do with sessions; `dismiss` and `restore` stay in this browser. */
export type SessionAction = HubAction | 'dismiss' | 'restore'

/** In the order of the menu. */
export const sessionActions: readonly SessionAction[] = ['recover', 'resume', 'pause', 'complete', 'fail', 'dismiss', 'restore', 'archive']

export interface Actor {
  /** Of this browser; undefined until they are known. */
  readonly scopes: readonly Scope[] | undefined
  readonly dismissed: DismissedSessions
}

export function mayDo(action: SessionAction, session: BoardSession, { scopes = [], dismissed }: Actor): boolean {
  if (action === 'dismiss') return isEnded(session) && !isDismissed(session, dismissed)
  if (action === 'restore') return isDismissed(session, dismissed)
  return scopes.includes(action === 'archive' ? 'admin' : 'write') && actionStatuses[action].includes(session.status)
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
    name: t.pause,
    done: t.markedAsPaused,
    confirm: [t.marksItAsPaused],
    undo: 'resume',
  },
  resume: { name: t.resume, done: t.activeAgain, undo: 'pause' },
  complete: {
    name: t.markAsCompleted,
    done: t.markedAsCompleted,
    confirm: [t.marksItAsCompleted, t.itsSlotIsReleased],
  },
  fail: {
    name: t.markAsFailed,
    done: t.markedAsFailed,
    confirm: [t.marksItAsFailed, t.itsSlotIsReleasedAnd],
  },
  recover: {
    name: t.recoverLabel,
    done: t.activeAgain,
    confirm: [t.makesItActiveAgainWhere, t.itsFailedAndStuck],
  },
  archive: {
    name: t.archive,
    done: t.archived,
    confirm: [t.takesItOffBoard, t.thereIsNoUndo],
  },
  dismiss: { name: t.dismiss, done: t.dismissedInThisBrowser, undo: 'restore' },
  restore: { name: t.showAgain, done: t.shownAgain, undo: 'dismiss' },
}

/** A session that a collector or hook observes: what people mark gives way to what is seen of its process. */
export const OBSERVED_NOTE = t.whatIsSeenOf

/** Such as `Session engine marked as paused.` or `3 sessions archived.` */
export function describeDone(action: SessionAction, sessions: readonly BoardSession[], name: (session: BoardSession) => string): string {
  const [first] = sessions
  const subject = sessions.length === 1 && first !== undefined ? name(first) : t.sessionCount(sessions.length)
  return `${subject} ${actionTexts[action].done}.`
}
