import { useEffect } from 'react'
import { useHubNow } from '../hub/hub-clock.ts'
import { type Invite, useCreateInvite } from '../hub/invite.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { formatElapsed } from '../ui/time-format.ts'

/** Creates an invite, and shows the line to paste on the other machine and until when it works. */
export function ConnectDialog({
  signedIn,
  onClose,
}: {
  /** Codes, which make keys, are for those who have shown one. */
  readonly signedIn: boolean
  readonly onClose: () => void
}) {
  const { mutate, data, error, isPending } = useCreateInvite()
  useEffect(() => {
    if (signedIn) mutate()
  }, [mutate, signedIn])
  return (
    <Dialog onClose={onClose} title="Connect a machine">
      <div className="connect">
        <p>
          Paste this line on the other machine, in a checkout of Signalbox. It makes a key for that machine, installs the plugin for Claude
          Code, runs the collector as a service, and prints each step; <code>npx signalbox connect --undo</code> undoes all of it.
        </p>
        {error !== null && <ProblemNote {...toProblem(error)} onRetry={() => mutate()} />}
        {signedIn ? (
          data === undefined ? (
            error === null && <Skeleton height={60} label="Creating the code" />
          ) : (
            <InviteLine invite={data} />
          )
        ) : (
          <p className="connect-note" role="note">
            The code makes a key, so this browser has to be signed in first: run <code>npx signalbox open</code> on the hub’s machine. Or
            run <code>npx signalbox machines invite</code> there.
          </p>
        )}
      </div>
      <div className="dialog-actions">
        <Button onClick={() => mutate()} disabled={isPending || !signedIn}>
          New code
        </Button>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}

function InviteLine({ invite: { command, url, expires_at, loopback } }: { readonly invite: Invite }) {
  const left = Date.parse(expires_at) - useHubNow(1_000)
  if (command === undefined) return <p>The code was created, but the response was lost and it cannot be shown again. Create a new one.</p>
  return (
    <>
      <CopyLine text={command} label="the line for the other machine" />
      {loopback ? (
        <p className="small connect-note" role="note">
          The hub listens on this machine only, so another machine cannot reach it. Start it with <code>HOST=0.0.0.0</code>, open this page
          by the address of this machine, and create a new code.
        </p>
      ) : (
        url.startsWith('http:') && (
          <p className="small connect-note" role="note">
            Over plain http others on the network can read the key. Use https, a VPN or an ssh tunnel where you do not trust it.
          </p>
        )
      )}
      <p className="small muted">
        {left > 0 ? (
          <>
            It works once, within <time dateTime={expires_at}>{formatElapsed(left)}</time>. The machine appears on this screen by itself.
          </>
        ) : (
          'It has expired. Create a new code.'
        )}
      </p>
    </>
  )
}
