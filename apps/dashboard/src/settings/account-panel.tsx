import type { WhoAmI } from '../hub/answer.ts'
import { useLogout } from '../hub/login.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Scopes } from './scopes.tsx'
import './account-panel.css'

/** The identity of this browser and its scopes. */
export function AccountPanel({ who }: { readonly who: WhoAmI }) {
  const logout = useLogout()
  return (
    <Panel title="Account">
      <div className="account">
        {who.bypass ? (
          <>
            <p>
              No sign-in is required: no API key exists yet, and the hub lets in programs of its own user on its own machine, and no one
              else.
            </p>
            <p className="small muted">Once a key exists, this page requires a sign-in. Sign this browser in with:</p>
            <CopyLine text="npx signalbox open" label="the command that signs a browser in" />
          </>
        ) : (
          <>
            <p>
              Signed in
              {who.name !== undefined && (
                <>
                  {' '}
                  as <b className="breakable">{who.name}</b>
                </>
              )}
              . Scopes:
            </p>
            <Scopes scopes={who.scopes} />
          </>
        )}
        {who.by === 'cookie' && (
          <div>
            <Button onClick={() => logout.mutate()} disabled={logout.isPending}>
              Sign out
            </Button>
          </div>
        )}
        {logout.error !== null && <ProblemNote {...toProblem(logout.error)} />}
      </div>
    </Panel>
  )
}
