import type { RecoverSession } from '@signalbox/contract/session-recovery'
import { useId, useState } from 'react'
import type { BoardSession, ListedMachine, RecoverableSession } from '../../hub/answer.ts'
import { useSessionBoard } from '../../hub/board.ts'
import { useMachines } from '../../hub/machine.ts'
import { type Problem, toProblem } from '../../hub/problem.ts'
import { useSessionTasks } from '../../hub/session.ts'
import { useRecoverable, useSessionActions } from '../../hub/session-action.ts'
import { isLive } from '../../hub/session-state.ts'
import { Button } from '../../ui/button.tsx'
import { Code } from '../../ui/code.tsx'
import { CopyLine } from '../../ui/copy-line.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { t } from '../../words/session-actions.ts'
import { taskStatusNames } from '../task-icon.tsx'
import '../../ui/field.css'
import './action-dialog.css'

/** How often the hub allows it. */
const MAX_RECOVERIES = 3

interface RecoverDialogProps {
  readonly session: BoardSession
  readonly name: string
  readonly onClose: () => void
  readonly onDone: () => void
}

/** Makes a session active again: on which machine, in which slot, and from which of its tasks on. */
export function RecoverDialog({ session, name, onClose, onDone }: RecoverDialogProps) {
  const recoverable = useRecoverable(session)
  return (
    <Dialog onClose={onClose} title={t.recover(name)}>
      {recoverable.error !== null ? (
        <ProblemNote {...toProblem(recoverable.error)} onRetry={() => recoverable.refetch()} />
      ) : recoverable.data === undefined ? (
        <Skeleton height={160} label={t.askingHub} />
      ) : recoverable.data?.can_recover ? (
        <RecoverForm session={session} recoverable={recoverable.data} onClose={onClose} onDone={onDone} />
      ) : (
        <NotRecoverable session={session} reason={recoverable.data?.recovery_blocked_reason} onClose={onClose} />
      )}
    </Dialog>
  )
}

function NotRecoverable({
  session,
  reason,
  onClose,
}: Pick<RecoverDialogProps, 'session' | 'onClose'> & { readonly reason: string | undefined }) {
  const resume = session.claude_code === undefined ? undefined : `claude --resume ${session.session_id}`
  return (
    <div className="action-dialog">
      {resume === undefined || reason?.includes(resume) !== true ? (
        <p>{t.itCannotBeRecovered(reason === undefined ? t.itIsNeitherStalled : <Code text={`${reason}.`} />)}</p>
      ) : (
        <>
          <p>{t.noClientOfSignalbox(<b>{session.machine_id}</b>)}</p>
          <CopyLine text={resume} label={t.theCommandThatContinues} />
        </>
      )}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t.close}</Button>
      </div>
    </div>
  )
}

interface RecoverFormProps extends Omit<RecoverDialogProps, 'name'> {
  readonly recoverable: RecoverableSession
}

function RecoverForm({ session, recoverable, onClose, onDone }: RecoverFormProps) {
  const id = useId()
  const { recover } = useSessionActions()
  const machines = [...(useMachines().data?.values() ?? [])]
  const tasks = useSessionTasks(session.session_id)
  const used = useUsedSlots(session)
  const [machineId, setMachineId] = useState(session.machine_id)
  const [slot, setSlot] = useState('')
  const [taskId, setTaskId] = useState('')
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const machine = machines.find(({ machine_id }) => machine_id === machineId)
  const free = freeSlots(machine, used)
  const ownSlot = machineId === session.machine_id ? session.docker_slot : undefined
  const repeated = [...(tasks.data?.tasks.failed ?? []), ...(tasks.data?.tasks.in_progress ?? [])]

  async function submit(): Promise<void> {
    setBusy(true)
    const how: RecoverSession = {
      ...(machineId === session.machine_id ? {} : { new_machine_id: machineId }),
      ...(slot === '' ? {} : { new_docker_slot: Number(slot) }),
      ...(taskId === '' ? {} : { resume_from_task_id: taskId }),
    }
    try {
      await recover(session, how)
      onDone()
    } catch (error) {
      setProblem(toProblem(error))
      setBusy(false)
    }
  }

  return (
    <form
      className="action-dialog"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <p>{t.makesItActiveAgain(session.attempt + 1)}</p>
      <div className="recover-fields">
        <div className="field">
          <label htmlFor={`${id}-machine`}>{t.machine}</label>
          <select
            id={`${id}-machine`}
            className="input"
            value={machineId}
            onChange={({ target }) => {
              setMachineId(target.value)
              setSlot('')
            }}
          >
            {machines.map((one) => (
              <option key={one.machine_id} value={one.machine_id}>
                {one.machine_id} ({describeRoom(one, used)})
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-slot`}>{t.slot}</label>
          <select id={`${id}-slot`} className="input" value={slot} onChange={({ target }) => setSlot(target.value)}>
            <option value="">{ownSlot === undefined ? t.noSlot : t.slotWhichItHas(ownSlot)}</option>
            {free
              .filter((number) => number !== ownSlot)
              .map((number) => (
                <option key={number} value={number}>
                  {t.slotNumber(number)}
                </option>
              ))}
          </select>
        </div>
        {repeated.length > 0 && (
          <div className="field recover-wide">
            <label htmlFor={`${id}-task`}>{t.tasksToRepeat}</label>
            <select id={`${id}-task`} className="input" value={taskId} onChange={({ target }) => setTaskId(target.value)}>
              <option value="">{t.allThatFailedOr}</option>
              {repeated.map(({ task_id, task_name, status }) => (
                <option key={task_id} value={task_id}>
                  {t.fromOn(task_name, taskStatusNames[status].toLowerCase())}
                </option>
              ))}
            </select>
          </div>
        )}
      </div>
      <p className="small muted">
        {recoverable.recovery_attempts === 0
          ? t.itCanBeRecovered(MAX_RECOVERIES)
          : t.recoveredTimesOfSo(recoverable.recovery_attempts, MAX_RECOVERIES)}
      </p>
      {problem !== undefined && <ProblemNote {...problem} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t.cancel}</Button>
        <Button type="submit" variant="primary" disabled={busy}>
          {t.recoverLabel}
        </Button>
      </div>
    </form>
  )
}

/** The slots that other sessions hold, as `machine slot`. */
function useUsedSlots({ session_id }: BoardSession): ReadonlySet<string> {
  const sessions = [...(useSessionBoard().data?.sessions.values() ?? [])]
  const holders = sessions.filter((one) => isLive(one) && one.docker_slot !== undefined && one.session_id !== session_id)
  return new Set(holders.map(({ machine_id, docker_slot }) => `${machine_id} ${docker_slot}`))
}

function freeSlots(machine: ListedMachine | undefined, used: ReadonlySet<string>): readonly number[] {
  return machine?.docker_slots.filter((slot) => !used.has(`${machine.machine_id} ${slot}`)) ?? []
}

function describeRoom(machine: ListedMachine, used: ReadonlySet<string>): string {
  const free = freeSlots(machine, used).length
  const room = machine.docker_slots.length === 0 ? '' : t.ofSlotsFree(free, machine.docker_slots.length)
  return `${machine.status === 'maintenance' ? t.inMaintenance : machine.status}${room}`
}
