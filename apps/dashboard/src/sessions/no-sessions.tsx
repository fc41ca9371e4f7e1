import { useWhoAmI } from '../hub/who-am-i.ts'
import { CopyLine } from '../ui/copy-line.tsx'
import '../ui/waiting-for-data.css'

/** Nothing has ever been told of a session: how to tell of one. */
export function NoSessions() {
  const who = useWhoAmI()
  const key = who.data?.bypass === false ? ' -H "Authorization: Bearer $SIGNALBOX_API_KEY"' : ''
  const post = (path: string, body: string) => `curl ${location.origin}${path}${key} -H 'Content-Type: application/json' -d '${body}'`
  return (
    <section className="waiting" aria-labelledby="no-sessions-title">
      <svg className="waiting-line" viewBox="0 0 320 48" aria-hidden="true">
        <path d="M0 24h320" />
        <circle cx="40" cy="24" r="6" />
        <circle cx="160" cy="24" r="6" />
        <circle cx="280" cy="24" r="6" />
      </svg>
      <h2 id="no-sessions-title">No session yet</h2>
      <p className="quiet">
        A session is on this board as soon as a program tells the hub of it, and lives as long as it beats. The board fills by itself.
      </p>
      <dl>
        <div>
          <dt>Begin a session</dt>
          <dd>
            <CopyLine text={post('/sessions', '{"project_id":"engine","machine_id":"laptop"}')} label="the command that begins a session" />
          </dd>
        </div>
        <div>
          <dt>Let it beat: say that it works, or waits for a permission</dt>
          <dd>
            <CopyLine
              text={post('/sessions/SESSION_ID/heartbeat', '{"activity":"waiting","waiting_for":"permission"}')}
              label="the command that lets a session beat"
            />
          </dd>
        </div>
        <div>
          <dt>Or look at an invented fleet, in a hub of its own</dt>
          <dd>
            <CopyLine text="npm run demo" label="the command that starts the demo" />
          </dd>
        </div>
      </dl>
    </section>
  )
}
