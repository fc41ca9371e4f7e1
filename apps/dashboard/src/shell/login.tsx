import { type FormEvent, useState } from 'react'
import { useLogin } from '../hub/login.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { isOnLoopback } from '../ui/collector-command.ts'
import { CopyLine } from '../ui/copy-line.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/login.ts'
import { Logo } from './logo.tsx'
import '../ui/field.css'
import './login.css'

/** Sign-in form: exchanges an API key for a cookie. The key itself is stored nowhere. */
export function Login() {
  const [key, setKey] = useState('')
  const login = useLogin()
  const failure = login.error === null ? undefined : toProblem(login.error)

  function submit(event: FormEvent): void {
    event.preventDefault()
    login.mutate(key.trim(), { onSettled: () => setKey('') })
  }

  return (
    <main className="login" id="main">
      <title>{t.signInSignalbox}</title>
      <div className="login-card">
        <Logo size={40} />
        <h1>{t.signalbox}</h1>
        <p className="muted">{t.signInWithApi}</p>
        <form onSubmit={submit} className="login-form">
          <div className="field">
            <label htmlFor="login-key">{t.key}</label>
            <input
              id="login-key"
              className="input"
              type="password"
              autoComplete="current-password"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={key}
              onChange={(event) => setKey(event.target.value)}
              aria-describedby="login-help"
              // biome-ignore lint/a11y/noAutofocus: the form is the only content of this page
              autoFocus
            />
          </div>
          {location.protocol === 'http:' && !isOnLoopback && (
            <p className="small" role="note">
              {t.thisPageCameOver}
            </p>
          )}
          {failure !== undefined && <ProblemNote {...failure} />}
          <Button variant="primary" type="submit" disabled={login.isPending}>
            {login.isPending ? t.signingIn : t.signIn}
          </Button>
        </form>
        <div className="login-help" id="login-help">
          <p className="small muted">{t.onHubsOwnMachine}</p>
          <CopyLine text="npx signalbox open" label={t.theCommandThatOpens} />
          <p className="small muted">{t.forBrowserOnAnother}</p>
          <CopyLine text="npx signalbox keys create browser" label={t.theCommandThatCreates} />
        </div>
      </div>
    </main>
  )
}
