import type { BoardSession } from '../hub/answer.ts'
import { RecentMoment } from '../ui/moment.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/sessions.ts'
import { Age, WaitingTime } from './heartbeat-age.tsx'
import { stateSince, toSessionState } from './session-state.ts'
import './state-mark.css'

/** How long a session has been in its state: `for 40 s`, or `since 12:04` where the state of now is unknown. */
export function StateSince({ session }: { readonly session: BoardSession }) {
  const since = stateSince(session)
  if (since === undefined) return null
  const state = toSessionState(session)
  return (
    <span className="state-since" data-state={state}>
      {state === 'unseen'
        ? t.since(<RecentMoment at={since} zone={browserTimeZone()} />)
        : t.forTime(state === 'waiting' ? <WaitingTime since={since} /> : <Age at={since} />)}
    </span>
  )
}
