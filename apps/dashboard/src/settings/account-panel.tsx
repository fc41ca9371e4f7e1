import type { WhoAmI } from '../hub/answer.ts'
import { useLogout } from '../hub/login.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/settings.ts'
import { Scopes } from './scopes.tsx'
import './account-panel.css'

/** The identity of this browser and its scopes. */
export function AccountPanel({ who }: { readonly who: WhoAmI }) {
  const logout = useLogout()
  return (
    <Panel title={t.account}>
      <div className="account">
        {who.bypass ? (
          <>
            <p>{t.noSignInIs}</p>
            <p className="small muted">{t.onceKeyExistsThis}</p>
            <CopyLine text="npx signalbox open" label={t.theCommandThatSigns} />
          </>
        ) : (
          <>
            <p>{t.signedInScopes(who.name !== undefined && <>{t.asName(<b className="breakable">{who.name}</b>)}</>)}</p>
            <Scopes scopes={who.scopes} />
          </>
        )}
        {who.by === 'cookie' && (
          <div>
            <Button onClick={() => logout.mutate()} disabled={logout.isPending}>
              {t.signOut}
            </Button>
          </div>
        )}
        {logout.error !== null && <ProblemNote {...toProblem(logout.error)} />}
      </div>
    </Panel>
  )
}
