import { type FormEvent, useState } from 'react'
import { useLogin } from '../hub/login.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { isOnLoopback } from '../ui/collector-command.ts'
import { CopyLine } from '../ui/copy-line.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
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
      <title>Sign in · Signalbox</title>
      <div className="login-card">
        <Logo size={40} />
        <h1>Signalbox</h1>
        <p className="muted">Sign in with an API key of this hub. The key is not stored in this browser.</p>
        <form onSubmit={submit} className="login-form">
          <div className="field">
            <label htmlFor="login-key">Key</label>
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
              This page came over plain http: others on the network can read the key and what the page shows.
            </p>
          )}
          {failure !== undefined && <ProblemNote {...failure} />}
          <Button variant="primary" type="submit" disabled={login.isPending}>
            {login.isPending ? 'Signing in …' : 'Sign in'}
          </Button>
        </form>
        <div className="login-help" id="login-help">
          <p className="small muted">On the hub's own machine you need no key. This opens the page with a link that works once:</p>
          <CopyLine text="npx signalbox open" label="the command that opens the page" />
          <p className="small muted">For a browser on another machine, create a key on the hub's machine, and paste it here:</p>
          <CopyLine text="npx signalbox keys create browser" label="the command that creates a key" />
        </div>
      </div>
    </main>
  )
}
