import { type CSSProperties, useState } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { useHeldSessions } from '../hub/held-sessions.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { t } from '../words/sessions.ts'
import { type RowControlParts, SessionRow } from './session-row.tsx'
import { needsAttention } from './session-state.ts'
import type { Board } from './use-board.ts'
import './machine-panel.css'

/** Sessions rendered at first; `Show more` adds to them. */
const INITIAL_SESSIONS = 30
const COMPACT_SESSIONS = 5

/** For the style sheet: how tall a panel will be. */
export function rowsStyle(live: readonly BoardSession[], compact = false): CSSProperties {
  return { '--rows': Math.min(live.length, compact ? COMPACT_SESSIONS : INITIAL_SESSIONS) } as CSSProperties
}

export type RowBoard = Pick<Board, 'projectNames' | 'taskNames'>

interface SessionRowsProps {
  readonly live: readonly BoardSession[]
  /** Recently ended. */
  readonly ended: readonly BoardSession[]
  readonly board: RowBoard
  /** Completes `Sessions …`. */
  readonly place: string
  readonly compact?: boolean
  readonly controls?: RowControlParts | undefined
  readonly unseenReason: (session: BoardSession) => string
  /** The name of a row; its project when absent. */
  readonly titleOf?: ((session: BoardSession) => string) | undefined
  /** The heading of the names. */
  readonly titleName?: string
}

/** The rows of a machine or a project: live sessions, then those that failed, then a fold with the ended ones. */
export function SessionRows(props: SessionRowsProps) {
  const { live, ended, board, place, compact = false, controls, unseenReason, titleOf, titleName = t.project } = props
  const [limit, setLimit] = useState(INITIAL_SESSIONS)
  const [open, setOpen] = useState(false)
  const held = useHeldSessions()
  // A failure does not fold away before someone has seen it.
  const failed = ended.filter(needsAttention)
  const folded = compact ? [] : ended.filter((session) => !needsAttention(session))
  const all = [...live, ...failed, ...(open ? folded : [])]
  const visible = new Set(all.slice(0, compact ? COMPACT_SESSIONS : limit))
  const hiddenCount = all.length - visible.size
  const renderRow = (session: BoardSession) => (
    <SessionRow
      key={session.session_id}
      session={session}
      unseenReason={unseenReason(session)}
      heldBy={held.get(session.session_id)}
      projectName={board.projectNames.get(session.project_id) ?? session.project_id}
      title={titleOf?.(session)}
      controls={controls}
      taskName={
        session.current_task_id === undefined ? undefined : (board.taskNames.get(session.current_task_id) ?? session.current_task_id)
      }
    />
  )
  const rowsOf = (sessions: readonly BoardSession[]) => sessions.filter((session) => visible.has(session)).map(renderRow)
  const liveRows = rowsOf(live)
  const failedRows = rowsOf(failed)
  return (
    <>
      {liveRows.length > 0 && (
        <>
          <div className="machine-columns overline" aria-hidden="true">
            <span />
            <span>{t.state}</span>
            <span>{titleName}</span>
            <span>{t.nameTask}</span>
            <span>{t.lastSeenLabel}</span>
            <span>{t.runningForLabel}</span>
          </div>
          <ul className="machine-live" aria-label={t.sessionsAt(place)}>
            {liveRows}
          </ul>
        </>
      )}
      {failedRows.length > 0 && <EndedRows heading={t.failedInLastHourLabel} place={place} rows={failedRows} />}
      {folded.length > 0 && (
        <button type="button" className="machine-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t.sessionsEndedInLast(<Icon name={open ? 'down' : 'right'} size={14} />, folded.length)}
        </button>
      )}
      {open && folded.length > 0 && <EndedRows heading={t.endedInLastHour} place={place} rows={rowsOf(folded)} />}
      {hiddenCount > 0 && !compact && (
        <p className="machine-more">
          <Button onClick={() => setLimit(limit + 200)}>{t.showMore}</Button>
          <span className="small muted">{t.shownOf(visible.size, all.length)}</span>
        </p>
      )}
      {hiddenCount > 0 && compact && <p className="machine-rest small muted">{t.andMore(hiddenCount)}</p>}
    </>
  )
}

interface EndedRowsProps {
  readonly heading: string
  readonly place: string
  readonly rows: readonly React.ReactElement[]
}

function EndedRows({ heading, place, rows }: EndedRowsProps) {
  return (
    <>
      <div className="machine-ended overline">
        <p>{heading}</p>
        <span aria-hidden="true">{t.endedLabel}</span>
        <span aria-hidden="true">{t.durationLabel}</span>
      </div>
      <ul aria-label={`${heading} ${place}`}>{rows}</ul>
    </>
  )
}
