import { isUnauthorized } from '../hub/query-client.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Login } from '../shell/login.tsx'
import { LimitsCard } from './limits-card.tsx'
import './widget.css'

/** The card alone, for a corner of another page, a phone or a wall. */
export function Widget() {
  const who = useWhoAmI()
  if (isUnauthorized(who.error)) return <Login />
  return (
    <main className="widget">
      <title>Claude plan · Signalbox</title>
      <h1 className="unseen">Claude plan limits</h1>
      <LimitsCard />
    </main>
  )
}
