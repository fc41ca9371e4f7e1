import { useId, useState } from 'react'
import type { BoardSession } from '../../hub/answer.ts'
import { useHeldSessions } from '../../hub/held-sessions.ts'
import { Button } from '../../ui/button.tsx'
import { formatExact } from '../../ui/number-format.ts'
import { Scroller } from '../../ui/scroller.tsx'
import { t } from '../../words/board.ts'
import { groupSessions } from '../session-groups.ts'
import type { SessionGroup } from '../session-search.ts'
import type { Board } from '../use-board.ts'
import { type KanbanColumn, toColumns } from './columns.ts'
import { SessionCard } from './session-card.tsx'
import './session-kanban.css'

/** Cards rendered in a column at first; `Show more` adds to them. */
const INITIAL_CARDS = 25

interface SessionKanbanProps {
  readonly sessions: readonly BoardSession[]
  readonly board: Board
  readonly group: SessionGroup
}

/** Sessions as cards in a column for each state; with a grouping, a lane of columns for each group. */
export function SessionKanban({ sessions, board, group }: SessionKanbanProps) {
  return groupSessions(sessions, group, board.projects).map(({ key, title, sessions: own }) => (
    <Lane key={key} title={title} sessions={own} board={board} />
  ))
}

function Lane({ title, sessions, board }: { readonly title: string; readonly sessions: readonly BoardSession[]; readonly board: Board }) {
  const id = useId()
  const columns = toColumns(sessions).map(({ column, sessions: own }) => (
    <Column key={column.name} column={column} sessions={own} board={board} Heading={title === '' ? 'h2' : 'h3'} />
  ))
  const lane = (
    <Scroller label={title === '' ? t.sessionsByState : t.sessionsOfByState(title)} className="kanban">
      {columns}
    </Scroller>
  )
  if (title === '') return lane
  return (
    <section className="kanban-lane" aria-labelledby={id}>
      <h2 id={id} className="breakable">
        {title}
      </h2>
      {lane}
    </section>
  )
}

interface ColumnProps {
  readonly column: KanbanColumn
  readonly sessions: readonly BoardSession[]
  readonly board: Board
  readonly Heading: 'h2' | 'h3'
}

function Column({ column, sessions, board, Heading }: ColumnProps) {
  const id = useId()
  const [limit, setLimit] = useState(INITIAL_CARDS)
  const held = useHeldSessions()
  return (
    <section className="kanban-column" data-state={column.states[0]} data-empty={sessions.length === 0 || undefined} aria-labelledby={id}>
      <Heading id={id} className="overline">
        {column.name} <b>{formatExact(sessions.length)}</b>
      </Heading>
      {sessions.length > 0 && (
        <ul>
          {sessions.slice(0, limit).map((session) => (
            <SessionCard key={session.session_id} session={session} board={board} heldBy={held.get(session.session_id)} />
          ))}
        </ul>
      )}
      {sessions.length > limit && (
        <Button variant="bare" onClick={() => setLimit(limit + 100)}>
          {t.moreSessions(sessions.length - limit)}
        </Button>
      )}
    </section>
  )
}
