import type { BoardSession } from '../../hub/answer.ts'
import { t } from '../../words/board.ts'
import { type SessionState, toSessionState } from '../session-state.ts'

export interface KanbanColumn {
  readonly name: string
  readonly states: readonly SessionState[]
  /** Shown without a session, too. */
  readonly always?: true
}

/** What needs a person is on the left, what is over on the right. */
export const kanbanColumns: readonly KanbanColumn[] = [
  { name: t.waiting, states: ['waiting'], always: true },
  { name: t.stalled, states: ['stalled'] },
  { name: t.failed, states: ['failed'] },
  { name: t.working, states: ['working', 'active'], always: true },
  { name: t.idle, states: ['idle'], always: true },
  { name: t.paused, states: ['paused'] },
  { name: t.notSeen, states: ['unseen'] },
  { name: t.completed, states: ['completed', 'archived'], always: true },
]

/** The columns that are shown, with their sessions in the order that they have. */
export function toColumns(
  sessions: readonly BoardSession[],
): readonly { readonly column: KanbanColumn; readonly sessions: readonly BoardSession[] }[] {
  const byState = new Map<SessionState, BoardSession[]>()
  for (const session of sessions) {
    const state = toSessionState(session)
    const own = byState.get(state)
    if (own === undefined) byState.set(state, [session])
    else own.push(session)
  }
  return kanbanColumns
    .map((column) => ({ column, sessions: column.states.flatMap((state) => byState.get(state) ?? []) }))
    .filter(({ column, sessions }) => column.always || sessions.length > 0)
}
