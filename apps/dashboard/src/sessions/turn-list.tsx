import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Age, BeatClock, Waited } from './beat-clock.tsx'
import { neededSince } from './board-view.ts'
import { FailureReason } from './failure-reason.tsx'
import { stateOf } from './session-state.ts'
import { StateMark } from './state-mark.tsx'
import type { Board } from './use-board.ts'
import './turn-list.css'

/** So many are told at once; the rest is on their machines, first of all others. */
const TOLD = 6

interface TurnListProps {
  readonly needPerson: readonly BoardSession[]
  readonly board: Pick<Board, 'projectNames'>
}

/** Where nothing goes on until a person has looked: the one thing on the board that must not be missed. */
export function TurnList({ needPerson, board }: TurnListProps) {
  const [most, setMost] = useState(TOLD)
  if (needPerson.length === 0) {
    return (
      <p className="turn-none">
        <Icon name="check" size={16} /> Nobody waits for a person.
      </p>
    )
  }
  return (
    <section className="turns" aria-label="Needs a person">
      <h2 className="plate">
        Needs a person <b>{needPerson.length}</b>
      </h2>
      <ul>
        {needPerson.slice(0, most).map((session) => (
          <li key={session.session_id} className="turn" data-state={stateOf(session)}>
            <StateMark session={session} />
            <Since session={session} />
            <Link to="/sessions/$id" params={{ id: session.session_id }} title={session.project_id} className="turn-link">
              {board.projectNames.get(session.project_id) ?? session.project_id}
            </Link>
            <span className="turn-where quiet">
              on {session.machine_id}
              {session.docker_slot !== undefined && `, slot ${session.docker_slot}`}
              {session.status === 'failed' && (
                <span className="turn-why">
                  <FailureReason session={session} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {needPerson.length > most && (
        <p className="turn-more">
          <Button look="bare" onClick={() => setMost(most + 50)}>
            {needPerson.length - most} more
          </Button>
        </p>
      )}
    </section>
  )
}

function Since({ session }: { readonly session: BoardSession }) {
  const state = stateOf(session)
  return (
    <span className="turn-since">
      {state === 'waiting' && (
        <>
          for <Waited since={neededSince(session)} />
        </>
      )}
      {state === 'stalled' && (
        <>
          silent for <BeatClock id={session.session_id} known={session.last_heartbeat} />
        </>
      )}
      {state === 'failed' && (
        <>
          <Age at={neededSince(session)} /> ago
        </>
      )}
    </span>
  )
}
