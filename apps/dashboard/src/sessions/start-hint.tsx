import { collectorConditionOf } from '../hub/collector-state.ts'
import { Link } from '../router/link.tsx'
import type { Board } from './use-board.ts'
import './start-hint.css'

/** How a first session gets on the board, while it has none: by starting Claude Code where a collector runs. */
export function StartHint({ board: { sessions, machines } }: { readonly board: Pick<Board, 'sessions' | 'machines'> }) {
  if (sessions === undefined || sessions.length > 0 || machines.size === 0) return null
  const connected = [...machines.values()].filter(
    ({ collector }) => collector && collectorConditionOf(collector) !== 'lost' && collector.state !== 'stopped',
  )
  const [first] = connected
  return (
    <p className="start-hint">
      {first === undefined ? (
        <>
          No session, and no collector is in contact. <Link to="/machines">Machines</Link> says how to start one.
        </>
      ) : (
        <>
          Start <code>claude</code> anywhere on{' '}
          {connected.length === 1 ? <b className="breakable">{first.machine_id}</b> : `one of ${connected.length} connected machines`}, and
          it shows up here.
        </>
      )}
    </p>
  )
}
