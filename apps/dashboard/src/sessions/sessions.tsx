import { Suspense, useCallback, useMemo } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { toProblem } from '../hub/problem.ts'
import { MAX_BOARD_SESSIONS } from '../hub/session-board.ts'
import { MAX_HISTORY_SESSIONS, type SessionHistory, useSessionHistory } from '../hub/session-history.ts'
import { useNavigate, useSearch } from '../router/use-router.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Button } from '../ui/button.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { formatExact } from '../ui/number-format.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { t } from '../words/board.ts'
import { BulkBar } from './actions/bulk-bar.tsx'
import { SessionControlsProvider, useSessionControls } from './actions/session-controls.tsx'
import { AttentionAnnouncer } from './attention-announcer.tsx'
import { AttentionList } from './attention-list.tsx'
import { type BoardView, buildBoardView } from './board-view.ts'
import { countFleet } from './fleet-counts.ts'
import { FleetSummary } from './fleet-summary.tsx'
import { MachineBoard } from './machine-board.tsx'
import { NoSessions } from './no-sessions.tsx'
import { groupOf, isFiltered, type SessionSearch, withoutFilters } from './session-search.ts'
import { titleOf } from './session-title.ts'
import { StartHint } from './start-hint.tsx'
import { type Board, useBoard, useProjectNames } from './use-board.ts'
import './sessions.css'

/** The filters weigh as much as the board, so they load after it. */
const SessionFilters = lazyPart(() => import('./session-filters.tsx').then((file) => ({ default: file.SessionFilters })))
const SavedViews = lazyPart(() => import('../views/saved-views.tsx').then((file) => ({ default: file.SavedViews<'sessions'> })))
const ViewBar = lazyPart(() => import('./view-bar.tsx').then((file) => ({ default: file.ViewBar })))
const SessionKanban = lazyPart(() => import('./kanban/session-kanban.tsx').then((file) => ({ default: file.SessionKanban })))
const SessionTable = lazyPart(() => import('./table/session-table.tsx').then((file) => ({ default: file.SessionTable })))

/** Every session, as a board, as a Kanban or as a table, updated as events arrive. */
export function Sessions() {
  const live = useBoard()
  const search = useSearch({ from: '/sessions' })
  const history = useSessionHistory(search.ended === 'all')
  const sessions = useMemo(() => mergeSessions(live.sessions, history.sessions), [live.sessions, history.sessions])
  const names = useProjectNames(sessions)
  const board = { ...live, ...names }
  const nameOf = useCallback((session: BoardSession) => titleOf(session, names), [names])
  return (
    <SessionControlsProvider nameOf={nameOf}>
      <Screen board={board} sessions={sessions} history={history} search={search} />
    </SessionControlsProvider>
  )
}

interface ScreenProps {
  readonly board: Board
  /** Those of the board, and those that ended long ago where they are asked for. */
  readonly sessions: readonly BoardSession[] | undefined
  readonly history: SessionHistory
  readonly search: SessionSearch
}

function Screen({ board, sessions, history, search }: ScreenProps) {
  const navigate = useNavigate({ from: '/sessions' })
  const controls = useSessionControls()
  const { machines, dismissed } = board
  const view = useMemo(
    () => (sessions === undefined ? undefined : buildBoardView(sessions, machines, search, dismissed)),
    [sessions, machines, search, dismissed],
  )
  const counts = useMemo(() => (board.sessions === undefined ? undefined : countFleet(board.sessions)), [board.sessions])
  const problem = board.error === null ? undefined : toProblem(board.error)
  const change = (next: SessionSearch) => void navigate({ search: next, replace: true })
  const attentionCount = view?.needAttention.length ?? 0
  const empty = board.empty && sessions?.length === 0

  return (
    <div className="screen sessions">
      <ScreenTitle name={t.sessions} />
      <header className="screen-head">
        <div>
          <h1>{t.sessions}</h1>
          {counts !== undefined && !empty && (
            <p className="muted">
              <FleetSummary counts={counts} />
            </p>
          )}
        </div>
        {!empty && view !== undefined && (
          <Suspense fallback={<div className="view-placeholder" />}>
            <ViewBar search={search} change={change} dismissedCount={view.dismissedCount} />
          </Suspense>
        )}
      </header>
      {!empty && view !== undefined && (
        <Suspense fallback={<div className="filters-placeholder" />}>
          <SavedViews screen="sessions" search={search} />
          <SessionFilters board={board} sessions={sessions ?? []} search={search} change={change} />
        </Suspense>
      )}
      {problem !== undefined && !(problem.offline && view !== undefined) && <ProblemNote {...problem} onRetry={board.refetch} />}
      {view === undefined ? (
        problem === undefined && <Skeleton height={420} label={t.loadingSessions} />
      ) : empty ? (
        <NoSessions />
      ) : (
        <div className="board dims">
          <AttentionAnnouncer count={attentionCount} />
          {controls?.selecting && <BulkBar controls={controls} sessions={view.matching} />}
          {board.capped && search.ended === undefined && (
            <p className="small muted">{t.moreThanSessionsAre(formatExact(MAX_BOARD_SESSIONS))}</p>
          )}
          <StartHint board={board} />
          <Content board={board} view={view} search={search} change={change} />
          {search.ended === 'all' && <HistoryNote history={history} />}
          {sessions?.some(({ claude_code }) => claude_code?.cost_usd !== undefined) && <p className="small muted">{t.costsAreListPrice}</p>}
        </div>
      )}
    </div>
  )
}

interface ContentProps {
  readonly board: Board
  readonly view: BoardView
  readonly search: SessionSearch
  readonly change: (next: SessionSearch) => void
}

function Content({ board, view, search, change }: ContentProps) {
  const filtered = isFiltered(search)
  const attention = view.needAttention.length > 0 || (!filtered && board.sessions?.length !== 0)
  if (view.matching.length === 0 && (filtered || search.view !== undefined || view.machines.length === 0)) {
    return (
      <>
        {attention && search.view === undefined && <AttentionList needAttention={view.needAttention} board={board} />}
        <div className="board-empty">
          <p className="muted">{filtered ? t.noSessionMatchesThese : t.noLiveSessionsAnd}</p>
          {filtered && <Button onClick={() => change(withoutFilters(search))}>{t.showAllSessions}</Button>}
        </div>
        {view.machines.length > 0 && search.view === undefined && <MachineBoard view={view} board={board} group="machine" />}
      </>
    )
  }
  if (search.view === 'table' || search.view === 'kanban') {
    return (
      <Suspense fallback={<Skeleton height={420} label={t.loadingSessions} />}>
        {search.view === 'table' ? (
          <SessionTable sessions={view.matching} board={board} search={search} change={change} />
        ) : (
          <SessionKanban sessions={view.matching} board={board} group={groupOf(search)} />
        )}
      </Suspense>
    )
  }
  return (
    <>
      {attention && <AttentionList needAttention={view.needAttention} board={board} />}
      <MachineBoard view={view} board={board} group={groupOf(search)} />
    </>
  )
}

function HistoryNote({ history: { sessions, loading, capped, error, retry } }: { readonly history: SessionHistory }) {
  if (error !== null) return <ProblemNote {...toProblem(error)} onRetry={retry} />
  return (
    <p className="small muted" role="status">
      {loading
        ? t.loadingSessionsSoFar(formatExact(sessions.length))
        : capped
          ? t.theNewestSessionsAre(formatExact(MAX_HISTORY_SESSIONS))
          : t.allSessionsAreShown(formatExact(sessions.length))}
    </p>
  )
}

/** What events have changed since is in the board. */
function mergeSessions(live: readonly BoardSession[] | undefined, history: readonly BoardSession[]): readonly BoardSession[] | undefined {
  if (live === undefined || history.length === 0) return live
  const known = new Map(live.map((session) => [session.session_id, session]))
  return [...live, ...history.filter(({ session_id }) => !known.has(session_id))]
}
