import type { WhoAmI } from '../hub/answer.ts'
import { problemOf } from '../hub/problem.ts'
import { useLogout } from '../hub/who-am-i.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Scopes } from './scopes.tsx'
import './who-panel.css'

/** Whom the hub takes this browser for. */
export function WhoPanel({ who }: { readonly who: WhoAmI }) {
  const logout = useLogout()
  return (
    <Panel title="Who am I">
      <div className="who">
        {who.bypass ? (
          <>
            <p>No key is asked for: there is none yet, and the hub listens to this machine alone.</p>
            <p className="small quiet">As soon as a key exists, this page asks for one. To make the first:</p>
            <CopyLine text="npx signalbox keys create me" label="the command that makes a key" />
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
              . The page may
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
        {logout.error !== null && <ProblemNote {...problemOf(logout.error)} />}
      </div>
    </Panel>
  )
}
