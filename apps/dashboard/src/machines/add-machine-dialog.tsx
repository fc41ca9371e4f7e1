import { Suspense, useEffect, useState } from 'react'
import { useHubNow } from '../hub/hub-clock.ts'
import { type Invite, useArrival, useCreateInvite, useSignInLink } from '../hub/invite.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { formatElapsed } from '../ui/time-format.ts'
import { t } from '../words/machines.ts'
import './add-machine-dialog.css'

const QrCode = lazyPart(() => import('../ui/qr-code.tsx').then((file) => ({ default: file.QrCode })))

const kinds = [
  { value: 'computer', label: t.aComputer },
  { value: 'phone', label: t.aPhone },
] as const

interface AddMachineDialogProps {
  /** Codes, which make keys, are for those who have shown one. */
  readonly signedIn: boolean
  /** The machines that are there already. */
  readonly known: ReadonlySet<string>
  readonly onClose: () => void
}

/** The line to paste on another computer, or the code that opens the page on a phone; and whether it has arrived. */
export function AddMachineDialog({ signedIn, known, onClose }: AddMachineDialogProps) {
  const { mutate, data: invite, error, isPending } = useCreateInvite()
  const [kind, setKind] = useState<(typeof kinds)[number]['value']>('computer')
  // What is new is measured from here; the list goes on while the dialog is open.
  const [before] = useState(known)
  useEffect(() => {
    if (signedIn) mutate()
  }, [mutate, signedIn])
  return (
    <Dialog onClose={onClose} title={t.addMachine}>
      <div className="add-machine">
        <Segmented label={t.whatToAdd} value={kind} options={kinds} onChange={setKind} />
        {!signedIn && (
          <p className="add-note" role="note">
            {t.theCodeMakesKey(<code>npx signalbox open</code>, <code>npx signalbox machines invite</code>)}
          </p>
        )}
        {error !== null && <ProblemNote {...toProblem(error)} onRetry={() => mutate()} />}
        {kind === 'computer' && <p>{t.pasteThisLineOn(<code>npx signalbox connect --undo</code>)}</p>}
        {signedIn &&
          error === null &&
          (invite === undefined ? (
            <Skeleton height={60} label={t.creatingCode} />
          ) : kind === 'computer' ? (
            <ComputerSteps invite={invite} known={before} />
          ) : (
            <PhoneCode invite={invite} />
          ))}
      </div>
      <div className="dialog-actions">
        {kind === 'computer' && (
          <Button onClick={() => mutate()} disabled={isPending || !signedIn}>
            {t.newCode}
          </Button>
        )}
        <Button variant="primary" onClick={onClose}>
          {t.done}
        </Button>
      </div>
    </Dialog>
  )
}

function ComputerSteps({ invite, known }: { readonly invite: Invite; readonly known: ReadonlySet<string> }) {
  const { command, expires_at } = invite
  const [qr, setQr] = useState(false)
  if (command === undefined) return <p>{t.theCodeWasCreated}</p>
  return (
    <>
      <CopyLine text={command} label={t.theLineForOther} />
      <p>
        <Button aria-expanded={qr} onClick={() => setQr(!qr)}>
          {qr ? t.hideQrCode : t.showAsQrCode}
        </Button>
      </p>
      {qr && (
        <Suspense fallback={<Skeleton height={200} label={t.drawingCode} />}>
          <QrCode text={command} label={t.theLineForOtherMachine} />
          <p className="small muted">{t.aPhoneThatReads}</p>
        </Suspense>
      )}
      <AddressNote invite={invite} what={t.key} />
      <Steps key={command} expiresAt={expires_at} known={known} />
    </>
  )
}

/** From the code to the first contact, as it happens. */
function Steps({ expiresAt, known }: { readonly expiresAt: string; readonly known: ReadonlySet<string> }) {
  const [since] = useState(() => new Date(Date.parse(expiresAt) - CODE_TTL_MS).toISOString())
  const { machineId, machine } = useArrival(since, known)
  const left = Date.parse(expiresAt) - useHubNow(1_000)
  const { collector } = machine ?? {}
  const claudeCode = collector?.claude_code_versions?.[0]
  return (
    <ol className="add-steps small" aria-live="polite">
      <li data-done={machineId !== undefined || undefined}>
        <StepMark done={machineId !== undefined} waiting={left > 0} />
        {machineId !== undefined ? (
          <span>{t.hasUsedCode(<b className="breakable">{machineId}</b>)}</span>
        ) : left > 0 ? (
          <span>
            {/* Ages that count are not announced. */}
            {t.waitingForLineTo(<span aria-live="off">{t.within(<time dateTime={expiresAt}>{formatElapsed(left)}</time>)}</span>)}
          </span>
        ) : (
          <span>{t.itHasExpiredCreate}</span>
        )}
      </li>
      <li data-done={machine !== undefined || undefined}>
        <StepMark done={machine !== undefined} waiting={machineId !== undefined} />
        {collector === undefined ? (
          <span className={machineId === undefined ? 'muted' : undefined}>
            {machineId === undefined ? t.thenItsCollectorConnects : t.waitingForItsCollector}
          </span>
        ) : (
          <span>
            {t.connectedCollectorItIs(
              collector.version,
              collector.platform !== undefined && t.onPlatform(collector.platform),
              claudeCode !== undefined && t.claudeCode(claudeCode),
            )}
          </span>
        )}
      </li>
    </ol>
  )
}

function StepMark({ done, waiting }: { readonly done: boolean; readonly waiting: boolean }) {
  return (
    <span className="add-mark" aria-hidden="true">
      {done ? <Icon name="check" size={16} /> : <StatusIndicator color={waiting ? 'amber' : 'off'} pulsing={waiting} />}
    </span>
  )
}

/** A phone runs no Claude Code: it gets the page, signed in. */
function PhoneCode({ invite }: { readonly invite: Invite }) {
  const link = useSignInLink()
  const left = Date.parse(link.data?.expires_at ?? '') - useHubNow(1_000)
  if (link.error !== null) return <ProblemNote {...toProblem(link.error)} onRetry={() => link.refetch()} />
  if (link.data === undefined) return <Skeleton height={200} label={t.creatingCode} />
  return (
    <>
      <p>{t.readThisCodeWith}</p>
      {left > 0 ? (
        <Suspense fallback={<Skeleton height={200} label={t.drawingCode} />}>
          <QrCode text={`${invite.url}${link.data.path}`} label={t.aQrCodeThat} />
          <p className="small muted">{t.itWorksOnceWithin(<time dateTime={link.data.expires_at}>{formatElapsed(left)}</time>)}</p>
        </Suspense>
      ) : (
        <p>{t.itHasExpired(<Button onClick={() => link.refetch()}>{t.newCode}</Button>)}</p>
      )}
      <AddressNote invite={invite} what={t.signIn} />
    </>
  )
}

function AddressNote({ invite: { url, loopback }, what }: { readonly invite: Invite; readonly what: string }) {
  if (loopback) {
    return (
      <p className="small add-note" role="note">
        {t.theHubListensOn(<code>HOST=0.0.0.0</code>)}
      </p>
    )
  }
  if (!url.startsWith('http:')) return null
  return (
    <p className="small add-note" role="note">
      {t.overPlainHttpOthers(what)}
    </p>
  )
}

/** How long a code works, as the hub makes it; it was created this long before its end. */
const CODE_TTL_MS = 600_000
