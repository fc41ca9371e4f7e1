import { collectorConditionOf } from '../hub/collector-state.ts'
import { Link } from '../router/link.tsx'
import { t } from '../words/sessions.ts'
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
      {first === undefined
        ? t.noSessionAndNo(<Link to="/machines">{t.machines}</Link>)
        : t.startAnywhereOnAnd(
            <code>claude</code>,
            connected.length === 1 ? <b className="breakable">{first.machine_id}</b> : t.oneOfConnectedMachines(connected.length),
          )}
    </p>
  )
}
