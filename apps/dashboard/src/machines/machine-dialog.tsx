import { useId, useState } from 'react'
import type { ListedMachine, Problem } from '../hub/answer.ts'
import { useFailableSessions, useMachineActions } from '../hub/machine-action.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/machines.ts'
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
      title={t.slotsOf(id)}
      name={t.save}
      disabled={slots === undefined}
      onClose={onClose}
      act={async () => {
        await setSlots(id, slots ?? before)
        onDone(t.hasSlots(id, slots?.length ?? 0))
      }}
    >
      <p>{t.aSlotIsPlace}</p>
      <div className="field">
        <label htmlFor={field}>{t.numbers}</label>
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
          {slots === undefined ? t.numbersFrom1On(MAX_SLOTS) : slots.length === 0 ? t.noSlots : `${t.slotCount(slots.length)}.`}
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
      title={t.failSessionsOf(id)}
      name={count === undefined ? t.failThem : t.failSessions(count)}
      danger
      disabled={count === undefined || count === 0}
      onClose={onClose}
      act={async () => {
        const { sessions_affected } = await failSessions(id, t.theMachineIsLost)
        onDone(t.sessionsOfMarkedAs(sessions_affected, id))
      }}
    >
      <p>{t.forMachineThatIs(count === undefined ? t.liveSessions : t.liveSessionsOf(count))}</p>
      <p>{t.recoverMakesEachOf}</p>
      {dryRun.error !== null && <ProblemNote {...toProblem(dryRun.error)} onRetry={() => dryRun.refetch()} />}
    </ActionForm>
  )
}

function RemoveDialog({ machine: { machine_id: id }, onClose, onDone }: DialogProps) {
  const { remove } = useMachineActions()
  return (
    <ActionForm
      title={t.remove(id)}
      name={t.removeLabel}
      danger
      onClose={onClose}
      act={async () => {
        await remove(id)
        onDone(t.isRemoved(id))
      }}
    >
      <p>{t.removesMachineAndWhat}</p>
      <p>{t.aCollectorThatStill}</p>
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
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="submit" variant={danger ? 'danger' : 'primary'} disabled={disabled || busy}>
            {name}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
