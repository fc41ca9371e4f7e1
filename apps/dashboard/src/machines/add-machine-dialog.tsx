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
import './add-machine-dialog.css'

const QrCode = lazyPart(() => import('../ui/qr-code.tsx').then((file) => ({ default: file.QrCode })))

const kinds = [
  { value: 'computer', label: 'A computer' },
  { value: 'phone', label: 'A phone' },
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
    <Dialog onClose={onClose} title="Add machine">
      <div className="add-machine">
        <Segmented label="What to add" value={kind} options={kinds} onChange={setKind} />
        {!signedIn && (
          <p className="add-note" role="note">
            The code makes a key, so this browser has to be signed in first: run <code>npx signalbox open</code> on the hub’s machine. Or
            run <code>npx signalbox machines invite</code> there.
          </p>
        )}
        {error !== null && <ProblemNote {...toProblem(error)} onRetry={() => mutate()} />}
        {kind === 'computer' && (
          <p>
            Paste this line on the other machine, in a checkout of Signalbox. It makes a key for that machine, installs the plugin for
            Claude Code, runs the collector as a service, and prints each step; <code>npx signalbox connect --undo</code> undoes all of it.
          </p>
        )}
        {signedIn &&
          error === null &&
          (invite === undefined ? (
            <Skeleton height={60} label="Creating the code" />
          ) : kind === 'computer' ? (
            <ComputerSteps invite={invite} known={before} />
          ) : (
            <PhoneCode invite={invite} />
          ))}
      </div>
      <div className="dialog-actions">
        {kind === 'computer' && (
          <Button onClick={() => mutate()} disabled={isPending || !signedIn}>
            New code
          </Button>
        )}
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}

function ComputerSteps({ invite, known }: { readonly invite: Invite; readonly known: ReadonlySet<string> }) {
  const { command, expires_at } = invite
  const [qr, setQr] = useState(false)
  if (command === undefined) return <p>The code was created, but the response was lost and it cannot be shown again. Create a new one.</p>
  return (
    <>
      <CopyLine text={command} label="the line for the other machine" />
      <p>
        <Button aria-expanded={qr} onClick={() => setQr(!qr)}>
          {qr ? 'Hide the QR code' : 'Show as QR code'}
        </Button>
      </p>
      {qr && (
        <Suspense fallback={<Skeleton height={200} label="Drawing the code" />}>
          <QrCode text={command} label="The line for the other machine as a QR code" />
          <p className="small muted">A phone that reads it has the line, to paste it into its own terminal or ssh client.</p>
        </Suspense>
      )}
      <AddressNote invite={invite} what="key" />
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
  return (
    <ol className="add-steps small" aria-live="polite">
      <li data-done={machineId !== undefined || undefined}>
        <StepMark done={machineId !== undefined} waiting={left > 0} />
        {machineId !== undefined ? (
          <span>
            <b className="breakable">{machineId}</b> has used the code.
          </span>
        ) : left > 0 ? (
          <span>
            {/* Ages that count are not announced. */}
            Waiting for the line to be run. It works once,{' '}
            <span aria-live="off">
              within <time dateTime={expiresAt}>{formatElapsed(left)}</time>.
            </span>
          </span>
        ) : (
          <span>It has expired. Create a new code.</span>
        )}
      </li>
      <li data-done={machine !== undefined || undefined}>
        <StepMark done={machine !== undefined} waiting={machineId !== undefined} />
        {collector === undefined ? (
          <span className={machineId === undefined ? 'muted' : undefined}>
            {machineId === undefined ? 'Then its collector connects.' : 'Waiting for its collector …'}
          </span>
        ) : (
          <span>
            Connected: collector {collector.version}
            {collector.platform !== undefined && ` on ${collector.platform}`}
            {(collector.claude_code_versions?.length ?? 0) > 0 && `, Claude Code ${collector.claude_code_versions?.[0]}`}. It is on this
            screen now.
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
  if (link.data === undefined) return <Skeleton height={200} label="Creating the code" />
  return (
    <>
      <p>
        Read this code with the phone’s camera. It opens this page there, signed in with the key of this browser; to sign it out again, see
        Sign-ins in Settings.
      </p>
      {left > 0 ? (
        <Suspense fallback={<Skeleton height={200} label="Drawing the code" />}>
          <QrCode text={`${invite.url}${link.data.path}`} label="A QR code that opens this page on a phone, signed in" />
          <p className="small muted">
            It works once, within <time dateTime={link.data.expires_at}>{formatElapsed(left)}</time>.
          </p>
        </Suspense>
      ) : (
        <p>
          It has expired. <Button onClick={() => link.refetch()}>New code</Button>
        </p>
      )}
      <AddressNote invite={invite} what="sign-in" />
    </>
  )
}

function AddressNote({ invite: { url, loopback }, what }: { readonly invite: Invite; readonly what: 'key' | 'sign-in' }) {
  if (loopback) {
    return (
      <p className="small add-note" role="note">
        The hub listens on this machine only, so another machine cannot reach it. Start it with <code>HOST=0.0.0.0</code>, open this page by
        the address of this machine, and create a new code.
      </p>
    )
  }
  if (!url.startsWith('http:')) return null
  return (
    <p className="small add-note" role="note">
      Over plain http others on the network can read the {what}. Use https, a VPN or an ssh tunnel where you do not trust it.
    </p>
  )
}

/** How long a code works, as the hub makes it; it was created this long before its end. */
const CODE_TTL_MS = 600_000
