import { lazy, Suspense, useMemo, useState } from 'react'
import { toProblem } from '../hub/problem.ts'
import { MAX_BOARD_SESSIONS } from '../hub/session-board.ts'
import { useNavigate, useSearch } from '../router/use-router.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Button } from '../ui/button.tsx'
import { formatExact } from '../ui/number-format.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { AttentionAnnouncer } from './attention-announcer.tsx'
import { AttentionList } from './attention-list.tsx'
import { buildBoardView } from './board-view.ts'
import { countFleet } from './fleet-counts.ts'
import { FleetSummary } from './fleet-summary.tsx'
import { MachinePanel } from './machine-panel.tsx'
import { NoSessions } from './no-sessions.tsx'
import type { SessionSearch } from './session-search.ts'
import { StartHint } from './start-hint.tsx'
import { useBoard } from './use-board.ts'
import './sessions.css'

/** The filters weigh as much as the board, so they load after it. */
const SessionFilters = lazy(() => import('./session-filters.tsx').then(({ SessionFilters }) => ({ default: SessionFilters })))

/** Machines rendered at first; `Show more machines` adds to them. */
const INITIAL_MACHINES = 40

/** The live board: every session by machine, updated as events arrive. */
export function Sessions() {
  const board = useBoard()
  const search = useSearch({ from: '/sessions' })
  const navigate = useNavigate({ from: '/sessions' })
  const [machineLimit, setMachineLimit] = useState(INITIAL_MACHINES)
  const { sessions, machines } = board
  const view = useMemo(
    () => (sessions === undefined ? undefined : buildBoardView(sessions, machines, search)),
    [sessions, machines, search],
  )
  const counts = useMemo(() => (sessions === undefined ? undefined : countFleet(sessions)), [sessions])
  const problem = board.error === null ? undefined : toProblem(board.error)
  const filtered = Object.keys(search).length > 0
  const change = (next: SessionSearch) => void navigate({ search: next, replace: true })
  const attentionCount = view?.needAttention.length ?? 0

  return (
    <div className="screen sessions">
      <ScreenTitle name="Sessions" />
      <header className="screen-head">
        <div>
          <h1>Sessions</h1>
          {counts !== undefined && !board.empty && (
            <p className="muted">
              <FleetSummary counts={counts} />
            </p>
          )}
        </div>
        {!board.empty && view !== undefined && (
          <Suspense fallback={<div className="filters-placeholder" />}>
            <SessionFilters board={board} search={search} change={change} />
          </Suspense>
        )}
      </header>
      {problem !== undefined && !(problem.offline && view !== undefined) && <ProblemNote {...problem} onRetry={board.refetch} />}
      {view === undefined ? (
        problem === undefined && <Skeleton height={420} label="Loading sessions" />
      ) : board.empty ? (
        <NoSessions />
      ) : (
        <div className="board dims">
          <AttentionAnnouncer count={attentionCount} />
          {board.capped && (
            <p className="small muted">More than {formatExact(MAX_BOARD_SESSIONS)} sessions are live. Only the newest are shown.</p>
          )}
          <StartHint board={board} />
          {(attentionCount > 0 || (!filtered && sessions?.length !== 0)) && (
            <AttentionList needAttention={view.needAttention} board={board} />
          )}
          {view.machines.length === 0 && (
            <div className="board-empty">
              <p className="muted">
                {filtered
                  ? 'No session matches these filters.'
                  : 'No live sessions, and none ended in the last hour. New ones appear here by themselves.'}
              </p>
              {filtered && <Button onClick={() => change({})}>Show all sessions</Button>}
            </div>
          )}
          <div className="board-machines">
            {view.machines.slice(0, machineLimit).map((machine) => (
              <MachinePanel key={machine.machineId} view={machine} board={board} />
            ))}
          </div>
          {sessions?.some(({ claude_code }) => claude_code?.cost_usd !== undefined) && (
            <p className="small muted">Costs are list-price equivalents. Your plan’s price is different.</p>
          )}
          {view.machines.length > machineLimit && (
            <p>
              <Button onClick={() => setMachineLimit(machineLimit + 2 * INITIAL_MACHINES)}>Show more machines</Button>{' '}
              <span className="small muted">
                {machineLimit} of {view.machines.length}
              </span>
            </p>
          )}
        </div>
      )}
    </div>
  )
}
