import { countOf } from '@signalbox/contract/plural'
import { useId, useState } from 'react'
import type { ListedMachine, Problem } from '../hub/answer.ts'
import { useFailableSessions, useMachineActions } from '../hub/machine-action.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { MAX_SLOTS, parseSlots, printSlots } from './slot-numbers.ts'
import '../ui/field.css'

interface MachineDialogProps {
  readonly machine: ListedMachine
  readonly action: 'slots' | 'fail' | 'remove'
  readonly onClose: () => void
  /** What was done, as a sentence. */
  readonly onDone: (text: string) => void
}

export function MachineDialog({ action, ...props }: MachineDialogProps) {
  return action === 'slots' ? <SlotsDialog {...props} /> : action === 'fail' ? <FailDialog {...props} /> : <RemoveDialog {...props} />
}

type DialogProps = Omit<MachineDialogProps, 'action'>

function SlotsDialog({ machine: { machine_id: id, docker_slots: before }, onClose, onDone }: DialogProps) {
  const field = useId()
  const { setSlots } = useMachineActions()
  const [text, setText] = useState(printSlots(before))
  const slots = parseSlots(text)
  return (
    <ActionForm
      title={`Slots of “${id}”`}
      name="Save"
      disabled={slots === undefined}
      onClose={onClose}
      act={async () => {
        await setSlots(id, slots ?? before)
        onDone(`${id} has ${countOf(slots?.length ?? 0, 'slot')}.`)
      }}
    >
      <p>A slot is a place for one session, such as a container. A slot that a session holds cannot be removed.</p>
      <div className="field">
        <label htmlFor={field}>Numbers</label>
        <input
          id={field}
          className="input"
          value={text}
          placeholder="1-8, 12"
          aria-invalid={slots === undefined}
          aria-describedby={`${field}-hint`}
          onChange={(event) => setText(event.target.value)}
        />
        <span id={`${field}-hint`} className={slots === undefined ? 'small field-problem' : 'small muted'}>
          {slots === undefined
            ? `Numbers from 1 on and ranges, such as 1-8, 12; at most ${MAX_SLOTS}.`
            : slots.length === 0
              ? 'No slots.'
              : `${countOf(slots.length, 'slot')}.`}
        </span>
      </div>
    </ActionForm>
  )
}

function FailDialog({ machine: { machine_id: id }, onClose, onDone }: DialogProps) {
  const { failSessions } = useMachineActions()
  const dryRun = useFailableSessions(id)
  const count = dryRun.data?.sessions_affected
  return (
    <ActionForm
      title={`Fail the sessions of “${id}”?`}
      name={count === undefined ? 'Fail them' : `Fail ${countOf(count, 'session')}`}
      danger
      disabled={count === undefined || count === 0}
      onClose={onClose}
      act={async () => {
        const { sessions_affected } = await failSessions(id, 'the machine is lost')
        onDone(`${countOf(sessions_affected, 'session')} of ${id} marked as failed.`)
      }}
    >
      <p>
        For a machine that is lost: marks its {count === undefined ? 'live sessions' : countOf(count, 'live session')} as failed and
        releases their slots. If the machine lives, their processes go on, and their heartbeats are refused.
      </p>
      <p>Recover makes each of them active again, here or on another machine.</p>
      {dryRun.error !== null && <ProblemNote {...toProblem(dryRun.error)} onRetry={() => dryRun.refetch()} />}
    </ActionForm>
  )
}

function RemoveDialog({ machine: { machine_id: id }, onClose, onDone }: DialogProps) {
  const { remove } = useMachineActions()
  return (
    <ActionForm
      title={`Remove “${id}”?`}
      name="Remove"
      danger
      onClose={onClose}
      act={async () => {
        await remove(id)
        onDone(`${id} is removed.`)
      }}
    >
      <p>
        Removes the machine and what its collector said last. Its calls and its ended sessions stay, and so does its key: revoke it in
        Settings.
      </p>
      <p>A collector that still runs there brings it back with its next heartbeat. There is no undo.</p>
    </ActionForm>
  )
}

interface ActionFormProps {
  readonly title: string
  readonly name: string
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly onClose: () => void
  readonly act: () => Promise<void>
  readonly children: React.ReactNode
}

function ActionForm({ title, name, danger = false, disabled = false, onClose, act, children }: ActionFormProps) {
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  async function submit(): Promise<void> {
    setBusy(true)
    try {
      await act()
      onClose()
    } catch (error) {
      setProblem(toProblem(error))
      setBusy(false)
    }
  }
  return (
    <Dialog onClose={onClose} title={title}>
      <form
        className="machine-form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {children}
        {problem !== undefined && <ProblemNote {...problem} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant={danger ? 'danger' : 'primary'} disabled={disabled || busy}>
            {name}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
