import { Link, useParams } from '@tanstack/react-router'
import { problemOf } from '../hub/problem.ts'
import { useSession } from '../hub/session.ts'
import { Icon } from '../ui/icon.tsx'
import { placeNames } from '../ui/place-name.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Waited } from './beat-clock.tsx'
import { HealthPanel } from './health-panel.tsx'
import { SessionFacts } from './session-facts.tsx'
import { stateOf } from './session-state.ts'
import { StateMark } from './state-mark.tsx'
import { TasksPanel } from './tasks-panel.tsx'
import { TimelinePanel } from './timeline-panel.tsx'
import './session.css'

/** One session: what it is, what it is at, how it is, and what happened to it. */
export function OneSession() {
  const { id } = useParams({ from: '/sessions/$id' })
  const query = useSession(id)
  const session = query.data
  const problem = query.error === null ? undefined : problemOf(query.error)
  const name = session === undefined ? 'Session' : (placeNames([session.project_id])[0] ?? session.project_id)

  return (
    <div className="screen one-session">
      <title>{`${name} · Sessions · Signalbox`}</title>
      <header className="screen-head">
        <div>
          <p className="session-back">
            <Link to="/sessions">
              <Icon name="left" size={14} /> Sessions
            </Link>
          </p>
          <h1 title={session?.project_id}>{name}</h1>
          {session !== undefined && (
            <p className="session-now">
              <StateMark session={session} />
              {stateOf(session) === 'waiting' && session.waiting_since !== undefined && (
                <span className="session-waited">
                  for <Waited since={session.waiting_since} />
                </span>
              )}
              <span className="quiet">
                on{' '}
                <Link to="/sessions" search={{ machine: session.machine_id }}>
                  {session.machine_id}
                </Link>
                {session.docker_slot !== undefined && `, slot ${session.docker_slot}`}
              </span>
            </p>
          )}
        </div>
      </header>
      {problem !== undefined && !(problem.offline && session !== undefined) && <ProblemNote {...problem} onRetry={() => query.refetch()} />}
      {session === undefined ? (
        problem === undefined && <Skeleton height={420} label="The session is being fetched" />
      ) : (
        <div className="session-board dims">
          <div className="session-main">
            <TasksPanel session={session} />
            <TimelinePanel session={session} />
          </div>
          <div className="session-side">
            <HealthPanel session={session} />
            <SessionFacts session={session} />
          </div>
        </div>
      )}
    </div>
  )
}
