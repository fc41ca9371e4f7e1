import { useMemo } from 'react'
import { Link } from '../router/link.tsx'
import { Panel } from '../ui/panel.tsx'
import { t } from '../words/sessions.ts'
import { AttentionAnnouncer } from './attention-announcer.tsx'
import { isDismissed } from './dismissed-sessions.ts'
import { MachinePanel } from './machine-panel.tsx'
import { countAttention, type MachineView, viewMachines } from './machine-view.ts'
import { StartHint } from './start-hint.tsx'
import type { Board } from './use-board.ts'
import './fleet-panel.css'

/** The other machines are on the sessions screen. */
const MAX_MACHINES = 6

/** A short version of the live board: the machines in use. */
export function FleetPanel({ board }: { readonly board: Board }) {
  const { sessions, machines, dismissed } = board
  const shown = useMemo(() => sessions?.filter((session) => !isDismissed(session, dismissed)) ?? [], [sessions, dismissed])
  const views = useMemo(() => viewMachines(shown, machines), [shown, machines])
  const busy = views.filter(isBusy)
  const idle = views.length - busy.length
  // Machines with sessions that need attention come first when not all fit.
  const visible =
    busy.length <= MAX_MACHINES ? busy : [...busy].sort((a, b) => countAttention(b.live) - countAttention(a.live)).slice(0, MAX_MACHINES)
  return (
    <Panel
      title={t.sessions}
      className="fleet"
      aside={
        <Link to="/sessions" className="small">
          {t.liveBoard}
        </Link>
      }
    >
      <AttentionAnnouncer count={countAttention(shown)} />
      <StartHint board={board} />
      {visible.length > 0 && (
        <div className="fleet-machines">
          {visible.map((machine) => (
            <MachinePanel key={machine.machineId} view={machine} board={board} compact />
          ))}
        </div>
      )}
      {(idle > 0 || busy.length > visible.length) && (
        <p className="small muted">
          {busy.length > visible.length && (
            <>
              <Link to="/sessions">{t.moreMachines(busy.length - visible.length)}</Link>
              {idle > 0 && t.and}
            </>
          )}
          {idle > 0 && t.idleMachines(idle)}
        </p>
      )}
    </Panel>
  )
}

function isBusy({ live, ended }: MachineView): boolean {
  return live.length > 0 || countAttention(ended) > 0
}
