import { Suspense, useState } from 'react'
import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import { COLLECTOR_POLL_MS, useMachines } from '../hub/machine.ts'
import { useMachineActions } from '../hub/machine-action.ts'
import { toProblem } from '../hub/problem.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { ActionNotice, type Notice } from '../sessions/actions/action-notice.tsx'
import { titleOf } from '../sessions/session-title.ts'
import { useBoard } from '../sessions/use-board.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Button } from '../ui/button.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { t } from '../words/machines.ts'
import { MachineCard } from './machine-card.tsx'
import type { MachineAction } from './machine-menu.tsx'
import { useMachineUsage } from './machine-usage.ts'
import { NoMachines } from './no-machines.tsx'
import './machines.css'
import { locale } from '../words/language.ts'

const AddMachineDialog = lazyPart(() => import('./add-machine-dialog.tsx').then((file) => ({ default: file.AddMachineDialog })))
const MachineDialog = lazyPart(() => import('./machine-dialog.tsx').then((file) => ({ default: file.MachineDialog })))

const byName = new Intl.Collator(locale, { numeric: true }).compare

/** Every machine: its slots, whether its collector is in contact and behind, and what it costs. */
export function Machines() {
  const list = useMachines(COLLECTOR_POLL_MS)
  const board = useBoard()
  const who = useWhoAmI()
  const zone = browserTimeZone()
  const usageOf = useMachineUsage(useToday(zone), zone)
  const { setMaintenance } = useMachineActions()
  const [adding, setAdding] = useState(false)
  const [asked, setAsked] = useState<{ readonly machine: ListedMachine; readonly action: 'slots' | 'fail' | 'remove' }>()
  const [notice, setNotice] = useState<Notice>()
  const machines = list.data === undefined ? undefined : [...list.data.values()].sort((a, b) => byName(a.machine_id, b.machine_id))
  const problem = list.error === null ? undefined : toProblem(list.error)
  const mayAdd = who.data?.scopes.includes('admin') === true
  const mayWrite = who.data?.scopes.includes('write') === true
  const live = liveByMachine(board.sessions)

  async function maintain(machineId: string, on: boolean): Promise<void> {
    try {
      await setMaintenance(machineId, on)
      setNotice({
        text: on ? t.isInMaintenanceIts(machineId) : t.isInServiceAgain(machineId),
        refused: [],
        undo: () => void maintain(machineId, !on),
      })
    } catch (error) {
      setNotice({ text: '', refused: [{ name: machineId, problem: toProblem(error) }] })
    }
  }
  function act(machine: ListedMachine, action: MachineAction): void {
    if (action === 'maintenance' || action === 'service') void maintain(machine.machine_id, action === 'maintenance')
    else setAsked({ machine, action })
  }

  return (
    <div className="screen machines">
      <ScreenTitle name={t.machines} />
      <header className="screen-head">
        <div>
          <h1>{t.machines}</h1>
          {machines !== undefined && machines.length > 0 && <p className="muted">{summarize(machines)}</p>}
        </div>
        {mayAdd && (
          <Button variant="primary" onClick={() => setAdding(true)}>
            {t.addMachine}
          </Button>
        )}
      </header>
      {problem !== undefined && !(problem.offline && machines !== undefined) && <ProblemNote {...problem} onRetry={() => list.refetch()} />}
      {machines === undefined ? (
        problem === undefined && <Skeleton height={240} label={t.loadingMachines} />
      ) : machines.length === 0 ? (
        <NoMachines mayAdd={mayAdd} />
      ) : (
        <>
          <ul className="machine-cards dims">
            {machines.map((machine) => (
              <MachineCard
                key={machine.machine_id}
                machine={machine}
                sessions={live === undefined ? undefined : (live.get(machine.machine_id) ?? [])}
                usage={usageOf(machine.machine_id)}
                nameOf={(session) => titleOf(session, board)}
                mayAdd={mayAdd}
                onAction={mayWrite ? (action) => act(machine, action) : undefined}
              />
            ))}
          </ul>
          <p className="small muted">{t.costsAreListPrice}</p>
        </>
      )}
      <ActionNotice notice={notice} onClose={() => setNotice(undefined)} />
      <Suspense fallback={null}>
        {adding && (
          <AddMachineDialog
            signedIn={who.data?.bypass !== true}
            known={new Set(machines?.map(({ machine_id }) => machine_id))}
            onClose={() => setAdding(false)}
          />
        )}
        {asked !== undefined && (
          <MachineDialog
            machine={asked.machine}
            action={asked.action}
            onClose={() => setAsked(undefined)}
            onDone={(text) => setNotice({ text, refused: [] })}
          />
        )}
      </Suspense>
    </div>
  )
}

function liveByMachine(sessions: readonly BoardSession[] | undefined): ReadonlyMap<string, readonly BoardSession[]> | undefined {
  return (
    sessions &&
    Map.groupBy(
      sessions.filter(({ completed_at }) => completed_at === undefined),
      ({ machine_id }) => machine_id,
    )
  )
}

/** Such as `8 machines: 6 online, 1 in maintenance, 1 offline.` */
function summarize(machines: readonly ListedMachine[]): string {
  const count = (status: ListedMachine['status']) => machines.filter((machine) => machine.status === status).length
  const parts = [t.online(count('online'))]
  if (count('maintenance') > 0) parts.push(t.countInMaintenance(count('maintenance')))
  if (count('offline') > 0) parts.push(t.offline(count('offline')))
  return `${t.machineCount(machines.length)}: ${parts.join(', ')}.`
}
