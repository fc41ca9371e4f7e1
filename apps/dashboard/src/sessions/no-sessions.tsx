import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import { collectorCommand } from '../ui/collector-command.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { hubUrl } from '../ui/hub-url.ts'

/** Shown while the hub has never had a session: what is happening, and how to get one. */
export function NoSessions() {
  const who = useWhoAmI()
  const key = who.data?.bypass === false ? ' -H "Authorization: Bearer $SIGNALBOX_API_KEY"' : ''
  const post = (path: string, body: object) =>
    `curl ${hubUrl}${path}${key} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
  const commands = [
    {
      label: 'Start the collector where you use Claude Code, then start claude anywhere on that machine',
      command: collectorCommand(),
      copyLabel: 'the command that starts the collector',
    },
    {
      label: 'Or create a session from a program of your own',
      command: post('/sessions', { project_id: 'engine', machine_id: 'laptop' }),
      copyLabel: 'the command that creates a session',
    },
    {
      label: 'Send a heartbeat, with its activity',
      command: post('/sessions/SESSION_ID/heartbeat', { activity: 'waiting', waiting_for: 'permission' }),
      copyLabel: 'the command that sends a heartbeat',
    },
    {
      label: 'Or start a demo with generated sessions, in a separate hub',
      command: 'npm run demo',
      copyLabel: 'the command that starts the demo',
    },
  ]
  return (
    <EmptyState title="No sessions yet" commands={commands} action={addMachine}>
      No machine has a collector yet. With one, every session of Claude Code there appears here by itself. A program can create sessions
      too, which stay live while it sends heartbeats. This page updates by itself.
    </EmptyState>
  )
}

const addMachine = (
  <Link to="/machines" className="button">
    Add a machine
  </Link>
)
