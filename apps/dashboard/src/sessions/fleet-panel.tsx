import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Panel } from '../ui/panel.tsx'
import { boardView, type MachineView } from './board-view.ts'
import { MachinePanel } from './machine-panel.tsx'
import { needsPerson } from './session-state.ts'
import { TurnNews } from './turn-news.tsx'
import type { Board } from './use-board.ts'
import './fleet-panel.css'

/** So many machines are drawn here; the rest is on the screen of the sessions. */
const DRAWN = 6

/** The live board in brief: the machines that somebody is on, and who needs a person first on each. */
export function FleetPanel({ board }: { readonly board: Board }) {
  const { sessions, machines } = board
  const view = useMemo(() => boardView(sessions ?? [], machines), [sessions, machines])
  const busy = view.machines.filter(isBusy)
  const idle = view.machines.length - busy.length
  // Where not all fit, those where a person is needed do.
  const drawn = busy.length <= DRAWN ? busy : [...busy].sort((a, b) => turnsOn(b) - turnsOn(a)).slice(0, DRAWN)
  return (
    <Panel
      title="Sessions"
      className="fleet"
      aside={
        <Link to="/sessions" className="small">
          Live board
        </Link>
      }
    >
      <TurnNews count={view.needPerson.length} />
      {drawn.length > 0 && (
        <div className="fleet-machines">
          {drawn.map((machine) => (
            <MachinePanel key={machine.machineId} view={machine} board={board} compact />
          ))}
        </div>
      )}
      {(idle > 0 || busy.length > drawn.length) && (
        <p className="small quiet">
          {busy.length > drawn.length && (
            <>
              <Link to="/sessions">{busy.length - drawn.length} more machines</Link>
              {idle > 0 && ', and '}
            </>
          )}
          {idle > 0 && `${idle} ${idle === 1 ? 'machine' : 'machines'} with nobody on ${idle === 1 ? 'it' : 'them'}`}.
        </p>
      )}
    </Panel>
  )
}

function turnsOn({ live }: MachineView): number {
  return live.filter(needsPerson).length
}

function isBusy({ live, ended }: MachineView): boolean {
  return live.length > 0 || ended.some(needsPerson)
}
