import { useState } from 'react'
import { COLLECTOR_POLL_MS, useMachines } from '../hub/machine.ts'
import { toProblem } from '../hub/problem.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { useBoard } from '../sessions/use-board.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ConnectDialog } from './connect-dialog.tsx'
import { MachineCard } from './machine-card.tsx'
import { NoMachines } from './no-machines.tsx'
import './machines.css'

const byName = new Intl.Collator(undefined, { numeric: true }).compare

/** Every machine with its collector: whether it is in contact, what it reads, and whether it is behind. */
export function Machines() {
  const list = useMachines(COLLECTOR_POLL_MS)
  const { sessions } = useBoard()
  const who = useWhoAmI()
  const [connecting, setConnecting] = useState(false)
  const machines = list.data === undefined ? undefined : [...list.data.values()].sort((a, b) => byName(a.machine_id, b.machine_id))
  const problem = list.error === null ? undefined : toProblem(list.error)
  const mayConnect = who.data?.scopes.includes('admin') === true
  const connect = mayConnect && (
    <Button variant="primary" onClick={() => setConnecting(true)}>
      Connect a machine
    </Button>
  )
  return (
    <div className="screen machines">
      <ScreenTitle name="Machines" />
      <header className="screen-head">
        <h1>Machines</h1>
        {connect}
      </header>
      {problem !== undefined && !(problem.offline && machines !== undefined) && <ProblemNote {...problem} onRetry={() => list.refetch()} />}
      {machines === undefined ? (
        problem === undefined && <Skeleton height={240} label="Loading machines" />
      ) : machines.length === 0 ? (
        <NoMachines mayConnect={mayConnect} />
      ) : (
        <ul className="machine-cards dims">
          {machines.map((machine) => (
            <MachineCard
              key={machine.machine_id}
              machine={machine}
              mayConnect={mayConnect}
              liveSessions={sessions?.filter((one) => one.machine_id === machine.machine_id && one.completed_at === undefined).length}
            />
          ))}
        </ul>
      )}
      {connecting && <ConnectDialog signedIn={who.data?.bypass !== true} onClose={() => setConnecting(false)} />}
    </div>
  )
}
