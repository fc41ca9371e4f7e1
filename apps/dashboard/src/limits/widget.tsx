import { isUnauthorized } from '../hub/query-client.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Login } from '../shell/login.tsx'
import { LimitsCards } from './limits-cards.tsx'
import './widget.css'

/** The cards alone, or with `?account=` one of them, for embedding, a phone or a wall display. */
export function Widget() {
  const who = useWhoAmI()
  if (isUnauthorized(who.error)) return <Login />
  return (
    <main className="widget">
      <title>Claude plan · Signalbox</title>
      <h1 className="visually-hidden">Claude plan limits</h1>
      <LimitsCards only={new URLSearchParams(location.search).get('account') ?? undefined} />
    </main>
  )
}
