import { type ReactNode, useState } from 'react'
import { usePauseAlerts } from '../hub/alerts.ts'
import type { BoardSession, Scope, ToolCall } from '../hub/answer.ts'
import { useMachineActions } from '../hub/machine-action.ts'
import { type Problem, toProblem } from '../hub/problem.ts'
import { useSession } from '../hub/session.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import { actionTexts, mayDo, type SessionAction } from '../sessions/actions/session-action.ts'
import { useSessionControls } from '../sessions/actions/session-controls.tsx'
import { titleOf } from '../sessions/session-title.ts'
import { StateMark } from '../sessions/state-mark.tsx'
import { useBoard, useProjectNames } from '../sessions/use-board.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/ask.ts'

interface ProposalProps {
  readonly call: ToolCall
  /** The end of a pause of messages. */
  readonly until: string | undefined
}

/** An action as it was understood: what it would do and what not, and the button that asks once more. Nothing is done before. */
export function Proposal({ call: { tool, arguments: args }, until }: ProposalProps) {
  if (tool === 'session_act') return <SessionProposal id={String(args.session)} action={String(args.action)} />
  if (tool === 'machine_act') return <MachineProposal machine={String(args.machine)} action={args.action as MachineAction} />
  if (tool === 'alerts_pause' && until !== undefined) return <PauseProposal until={until} />
  if (tool === 'alerts_resume') return <ResumeProposal />
  return <p className="muted">{t.unknownCard}</p>
}

const sessionActions: Readonly<Record<string, SessionAction>> = {
  pause: 'pause',
  resume: 'resume',
  end: 'complete',
  recover: 'recover',
  mark_failed: 'fail',
  archive: 'archive',
}

function SessionProposal({ id, action: asked }: { readonly id: string; readonly action: string }) {
  const session = useSession(id)
  if (session.data === undefined) {
    return session.error === null ? (
      <Skeleton height={120} label={t.loading} />
    ) : (
      <ProblemNote {...toProblem(session.error)} onRetry={() => session.refetch()} />
    )
  }
  const action = sessionActions[asked]
  return action === undefined ? <p className="muted">{t.unknownCard}</p> : <SessionAct session={session.data} action={action} />
}

function SessionAct({ session, action }: { readonly session: BoardSession; readonly action: SessionAction }) {
  const board = useBoard()
  const names = useProjectNames([session])
  const controls = useSessionControls()
  const { name, confirm = [] } = actionTexts[action]
  const scope: Scope = action === 'archive' ? 'admin' : 'write'
  const isPossible = controls !== undefined && mayDo(action, session, controls)
  const [isAsked, setAsked] = useState(false)
  // What was asked for and cannot be asked for any more is done.
  const isDone = isAsked && !isPossible
  return (
    <ProposalPanel title={name} scope={scope} isDone={isDone}>
      <p>
        {t.sessionOnMachine(
          <Link to="/sessions/$id" params={{ id: session.session_id }}>
            {titleOf(session, { ...board, ...names })}
          </Link>,
          session.machine_id,
        )}{' '}
        <StateMark session={session} />
      </p>
      {confirm.map((line) => (
        <p key={line} className="small">
          {line}
        </p>
      ))}
      {isPossible ? (
        <p>
          <Button
            variant="primary"
            onClick={() => {
              setAsked(true)
              controls.start(action, [session])
            }}
          >
            {confirm.length === 0 ? name : t.actNow(name)}
          </Button>
        </p>
      ) : (
        !isDone && <p className="muted">{t.notPossibleNow}</p>
      )}
    </ProposalPanel>
  )
}

type MachineAction = 'maintenance' | 'online' | 'offline'

function MachineProposal({ machine, action }: { readonly machine: string; readonly action: MachineAction }) {
  const { setStatus } = useMachineActions()
  const lines = [t.marksTheMachine(machine), action === 'online' ? t.onlineAgain : t.noNewSessions]
  return (
    <ConfirmedAct
      name={`${t.machineActions[action]}: ${machine}`}
      button={t.machineActions[action]}
      lines={lines}
      scope="write"
      run={() => setStatus(machine, action)}
    />
  )
}

function PauseProposal({ until }: { readonly until: string }) {
  const { mutateAsync } = usePauseAlerts()
  return (
    <ConfirmedAct
      name={t.pauseMessages}
      button={t.pauseMessages}
      lines={[t.holdsAllMessages(<Moment at={until} zone={browserTimeZone()} />), t.alertsStillOpen]}
      scope="admin"
      run={() => mutateAsync({ until })}
    />
  )
}

function ResumeProposal() {
  const { mutateAsync } = usePauseAlerts()
  return (
    <ConfirmedAct
      name={t.resumeMessages}
      button={t.resumeMessages}
      lines={[t.messagesGoOutAgain]}
      scope="admin"
      run={() => mutateAsync(undefined)}
    />
  )
}

interface ConfirmedActProps {
  readonly name: string
  readonly button: string
  readonly lines: readonly ReactNode[]
  readonly scope: Scope
  readonly run: () => Promise<unknown>
}

/** An action with a confirmation of its own. */
function ConfirmedAct({ name, button, lines, scope, run }: ConfirmedActProps) {
  const [step, setStep] = useState<'proposed' | 'asked' | 'done'>('proposed')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const texts = lines.map((line, index) => (
    // They never change their order.
    // biome-ignore lint/suspicious/noArrayIndexKey: they have no name
    <p key={index}>{line}</p>
  ))
  async function submit(): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      await run()
      setStep('done')
    } catch (error) {
      setProblem(toProblem(error))
    }
    setBusy(false)
  }
  return (
    <ProposalPanel title={name} scope={scope} isDone={step === 'done'}>
      {texts}
      {step !== 'done' && (
        <p>
          <Button variant="primary" onClick={() => setStep('asked')}>
            {t.actNow(button)}
          </Button>
        </p>
      )}
      {step === 'asked' && (
        <Dialog onClose={() => setStep('proposed')} title={`${name}?`}>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              void submit()
            }}
          >
            {texts}
            {problem !== undefined && <ProblemNote {...problem} />}
            <div className="dialog-actions">
              <Button onClick={() => setStep('proposed')}>{t.cancel}</Button>
              <Button type="submit" variant="primary" disabled={busy}>
                {button}
              </Button>
            </div>
          </form>
        </Dialog>
      )}
    </ProposalPanel>
  )
}

interface ProposalPanelProps {
  readonly title: string
  readonly scope: Scope
  readonly isDone?: boolean
  readonly children: ReactNode
}

/** Says that nothing is done yet, and to a key without the scope how to go on. */
function ProposalPanel({ title, scope, isDone = false, children }: ProposalPanelProps) {
  const scopes = useWhoAmI().data?.scopes
  return (
    <Panel title={title} className="ask-card ask-proposal" aside={<span className="small muted">{t.proposal}</span>}>
      {scopes !== undefined && !scopes.includes(scope) ? (
        <p>
          {t.needsScope(
            scope,
            <Link to="/settings" hash="account">
              {t.screenNames.settings}
            </Link>,
          )}
        </p>
      ) : (
        <>
          {children}
          <p className="small muted" role="status">
            {isDone ? t.done : t.nothingIsDoneYet}
          </p>
        </>
      )}
    </Panel>
  )
}
