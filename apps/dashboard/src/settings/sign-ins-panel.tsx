import { toProblem } from '../hub/problem.ts'
import { browserName } from '../hub/push-state.ts'
import { type SignIn, useEndOtherSignIns, useEndSignIn, useSignIns } from '../hub/sign-in.ts'
import { Button } from '../ui/button.tsx'
import { Ago } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/settings.ts'
import './keys-panel.css'

/** The browsers that are signed in, each with a button that signs it out. */
export function SignInsPanel() {
  const signIns = useSignIns()
  const end = useEndSignIn()
  const endOthers = useEndOtherSignIns()
  const error = signIns.error ?? end.error ?? endOthers.error
  const others = signIns.data?.filter(({ current }) => !current) ?? []
  return (
    <Panel
      title={t.signIns}
      aside={
        others.length > 0 && (
          <Button onClick={() => endOthers.mutate()} disabled={endOthers.isPending}>
            {t.signOutAllOthers}
          </Button>
        )
      }
    >
      {error !== null && <ProblemNote {...toProblem(error)} onRetry={() => signIns.refetch()} />}
      {signIns.data === undefined ? (
        signIns.error === null && <Skeleton height={60} label={t.loadingSignIns} />
      ) : signIns.data.length === 0 ? (
        <p className="muted">{t.noBrowserIsSigned}</p>
      ) : (
        <ul className="keys">
          {signIns.data.map((signIn) => (
            <SignInItem key={signIn.sign_in_id} signIn={signIn} onEnd={() => end.mutate(signIn.sign_in_id)} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function SignInItem({ signIn, onEnd }: { readonly signIn: SignIn; readonly onEnd: () => void }) {
  const zone = browserTimeZone()
  const { key_name, address, client, created_at, last_used_at, current } = signIn
  return (
    <li>
      <div className="key-name">
        <b className="breakable">{key_name}</b>
        <span className="small muted">{address}</span>
      </div>
      <span className="small muted breakable" title={client}>
        {client === undefined ? t.unknownBrowser : client.startsWith('Mozilla/') ? browserName(client) : client}
      </span>
      <p className="small muted">{t.usedSignedIn(<Ago at={last_used_at} zone={zone} />, <Ago at={created_at} zone={zone} />)}</p>
      {current ? (
        <span className="small muted key-action">{t.thisBrowser}</span>
      ) : (
        <Button className="key-action" onClick={onEnd} aria-label={t.signOutAt(key_name, address)}>
          {t.signOut}
        </Button>
      )}
    </li>
  )
}
