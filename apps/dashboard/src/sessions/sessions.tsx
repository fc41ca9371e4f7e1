import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { problemOf } from '../hub/problem.ts'
import { MOST_SESSIONS } from '../hub/session-board.ts'
import { Button } from '../ui/button.tsx'
import { exact } from '../ui/number-format.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { boardView } from './board-view.ts'
import { fleetFacts } from './fleet-facts.ts'
import { FleetWords } from './fleet-words.tsx'
import { MachinePanel } from './machine-panel.tsx'
import { NoSessions } from './no-sessions.tsx'
import type { SessionSearch } from './session-search.ts'
import { TurnList } from './turn-list.tsx'
import { TurnNews } from './turn-news.tsx'
import { useBoard } from './use-board.ts'
import './sessions.css'

/** What opens lists to pick from weighs as much as the board: it comes after the board. */
const SessionFilters = lazy(() => import('./session-filters.tsx').then(({ SessionFilters }) => ({ default: SessionFilters })))

/** So many machines are drawn before somebody asks for more. */
const DRAWN = 40

/** The live board: every session, on its machine, as it is at this moment. */
export function Sessions() {
  const board = useBoard()
  const search = useSearch({ from: '/sessions' })
  const navigate = useNavigate({ from: '/sessions' })
  const [drawn, setDrawn] = useState(DRAWN)
  const { sessions, machines } = board
  const view = useMemo(() => (sessions === undefined ? undefined : boardView(sessions, machines, search)), [sessions, machines, search])
  const facts = useMemo(() => (sessions === undefined ? undefined : fleetFacts(sessions)), [sessions])
  const problem = board.error === null ? undefined : problemOf(board.error)
  const filtered = Object.keys(search).length > 0
  const change = (next: SessionSearch) => void navigate({ search: next, replace: true })
  const turns = view?.needPerson.length ?? 0

  return (
    <div className="screen sessions">
      <title>{turns > 0 ? `(${turns}) Sessions · Signalbox` : 'Sessions · Signalbox'}</title>
      <header className="screen-head">
        <div>
          <h1>Sessions</h1>
          {facts !== undefined && !board.empty && (
            <p className="quiet">
              <FleetWords facts={facts} />
            </p>
          )}
        </div>
        {!board.empty && view !== undefined && (
          <Suspense fallback={<div className="filters-to-come" />}>
            <SessionFilters board={board} search={search} change={change} />
          </Suspense>
        )}
      </header>
      {problem !== undefined && !(problem.offline && view !== undefined) && <ProblemNote {...problem} onRetry={board.refetch} />}
      {view === undefined ? (
        problem === undefined && <Skeleton height={420} label="The sessions are being fetched" />
      ) : board.empty ? (
        <NoSessions />
      ) : (
        <div className="board dims">
          <TurnNews count={turns} />
          {board.capped && (
            <p className="small quiet">More than {exact(MOST_SESSIONS)} sessions are live; the newest of them are on the board.</p>
          )}
          {(turns > 0 || !filtered) && <TurnList needPerson={view.needPerson} board={board} />}
          {view.machines.length === 0 && (
            <div className="board-none">
              <p className="quiet">
                {filtered ? 'No session is like that at the moment.' : 'No session is live, and none ended in the last hour.'}
              </p>
              {filtered && <Button onClick={() => change({})}>Show all sessions</Button>}
            </div>
          )}
          <div className="board-machines">
            {view.machines.slice(0, drawn).map((machine) => (
              <MachinePanel key={machine.machineId} view={machine} board={board} />
            ))}
          </div>
          {view.machines.length > drawn && (
            <p>
              <Button onClick={() => setDrawn(drawn + 2 * DRAWN)}>Show more machines</Button>{' '}
              <span className="small quiet">
                {drawn} of {view.machines.length}
              </span>
            </p>
          )}
        </div>
      )}
    </div>
  )
}
