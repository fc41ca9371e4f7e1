import { type FormEvent, useState } from 'react'
import { problemOf } from '../hub/problem.ts'
import { useLogin } from '../hub/who-am-i.ts'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Mark } from './mark.tsx'
import '../ui/field.css'
import './login.css'

/** Asks for a key and gives it to the hub for a cookie; the key itself is kept nowhere. */
export function Login() {
  const [key, setKey] = useState('')
  const login = useLogin()
  const failure = login.error === null ? undefined : problemOf(login.error)

  function submit(event: FormEvent): void {
    event.preventDefault()
    login.mutate(key.trim(), { onSettled: () => setKey('') })
  }

  return (
    <main className="login" id="main">
      <title>Sign in · Signalbox</title>
      <div className="login-card">
        <Mark size={40} />
        <h1>Signalbox</h1>
        <p className="quiet">This hub asks for a key. It is given to the hub once and stored nowhere in this browser.</p>
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
              // biome-ignore lint/a11y/noAutofocus: the only thing there is to do on this page
              autoFocus
            />
          </div>
          {failure !== undefined && <ProblemNote {...failure} />}
          <Button look="main" type="submit" disabled={login.isPending}>
            {login.isPending ? 'Signing in …' : 'Sign in'}
          </Button>
        </form>
        <div className="login-help" id="login-help">
          <p className="small quiet">No key yet? On the machine of the hub:</p>
          <CopyLine text="npx signalbox keys create browser" label="the command" />
        </div>
      </div>
    </main>
  )
}
